package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.ImageSignature;
import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds what signs an image in an image layout: what its tag names, and whatever refers to the image as its subject; the same of
 * every index of the layout that leads to it.
 */
public final class LayoutSignatures {

    /** How many bytes all indexes of a layout may have: each image that is for several platforms has one of a few thousand. */
    private static final long MAX_INDEXES = 64 << 20;

    private final ImageFiles files;
    private final List<Descriptor> entries;

    private LayoutSignatures(ImageFiles files, List<Descriptor> entries) {
        this.files = files;
        this.entries = entries;
    }

    /** The signatures of the image with this manifest; none where the archive is no layout. */
    public static Signatures read(ImageFiles files, Digest image) throws IOException {
        ImageFiles.ImageFile index = files.find("index.json");
        if (index == null) {
            return Signatures.NONE;
        }
        List<Descriptor> entries =
                Index.parse(index.what(), index.readDocument(), null).manifests();
        return new LayoutSignatures(files, entries).find(image);
    }

    private Signatures find(Digest image) throws IOException {
        Signatures indexes = new Signatures(List.of(), indexes());
        List<Digest> signed = indexes.digests(image);
        List<ImageSource.Document> leading = indexes.indexes().stream()
                .filter(i -> signed.contains(i.descriptor().digest()))
                .toList();
        Signatures found = new Signatures(List.of(), leading);
        List<Descriptor> candidates = new ArrayList<>(entries);
        for (ImageSource.Document index : indexes.indexes()) {
            if (lists(index.descriptor(), signed)) {
                candidates.addAll(manifests(index));
            }
        }
        for (Descriptor entry : candidates) {
            if (signs(entry, signed)) {
                found = found.and(Signatures.read(entry, this::bytes));
            }
        }
        return found;
    }

    /** The indexes of the layout that can be read, and those in them. */
    private List<ImageSource.Document> indexes() throws IOException {
        Map<Digest, ImageSource.Document> found = new LinkedHashMap<>();
        Deque<Descriptor> next = new ArrayDeque<>(entries);
        long size = 0;
        while (!next.isEmpty()) {
            Descriptor entry = next.pop();
            if (MediaTypes.isIndex(entry.mediaType()) && !found.containsKey(entry.digest())) {
                byte[] bytes = readable(entry);
                size += bytes == null ? 0 : bytes.length;
                if (size > MAX_INDEXES) {
                    throw new MalformedLayerException(
                            "index " + entry.digest() + ": with it, the indexes of the layout have " + size
                                    + " bytes; at most " + MAX_INDEXES + " are read");
                }
                if (bytes != null && isIndex(entry, bytes)) {
                    ImageSource.Document index = new ImageSource.Document(entry, bytes);
                    found.put(entry.digest(), index);
                    next.addAll(manifests(index));
                }
            }
        }
        return List.copyOf(found.values());
    }

    private static boolean isIndex(Descriptor entry, byte[] bytes) throws IOException {
        try {
            manifests(new ImageSource.Document(entry, bytes));
            return true;
        } catch (MalformedLayerException e) {
            return false; // it leads nowhere
        }
    }

    private static List<Descriptor> manifests(ImageSource.Document index) throws IOException {
        Descriptor descriptor = index.descriptor();
        return Index.parse("index " + descriptor.digest(), index.bytes(), descriptor.mediaType())
                .manifests();
    }

    /** Whether this is the list of what refers to an image, as registries without a referrers API keep it. */
    private static boolean lists(Descriptor index, List<Digest> signed) {
        String name = index.annotations().get(Descriptor.REF_NAME);
        return signed.stream().anyMatch(d -> Signatures.tag(d).equals(name + ".sig"));
    }

    private boolean signs(Descriptor entry, List<Digest> signed) throws IOException {
        if (!MediaTypes.isManifest(entry.mediaType())) {
            return false;
        }
        String name = entry.annotations().get(Descriptor.REF_NAME);
        if (signed.stream().anyMatch(d -> Signatures.tag(d).equals(name))) {
            return true;
        }
        byte[] bytes = readable(entry);
        return bytes != null && refers("manifest " + entry.digest(), bytes, signed);
    }

    private static boolean refers(String document, byte[] bytes, List<Digest> signed) throws IOException {
        try {
            Json json = Json.parse(document, bytes);
            Json subject = json.object("subject");
            if (subject == null || !signed.contains(subject.requireDigest("digest"))) {
                return false;
            }
            for (Json layer : json.objects("layers")) {
                if (ImageSignature.MEDIA_TYPE.equals(layer.string("mediaType"))) {
                    return true;
                }
            }
            return false;
        } catch (MalformedLayerException e) {
            return false; // whatever it is, it refers to nothing
        }
    }

    /** The bytes of what may be of no concern here: null where they are missing, or wrong. */
    private byte @Nullable [] readable(Descriptor descriptor) throws IOException {
        try {
            return bytes(descriptor);
        } catch (MalformedLayerException | DigestMismatchException e) {
            return null;
        }
    }

    private byte @Nullable [] bytes(Descriptor descriptor) throws IOException {
        Digest digest = descriptor.digest();
        ImageFiles.ImageFile file = files.find("blobs/" + digest.algorithm() + "/" + digest.encoded());
        if (file == null) {
            return null;
        }
        byte[] bytes = file.readDocument();
        descriptor.check(file.what(), bytes);
        return bytes;
    }
}
