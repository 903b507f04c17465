package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.ImageSignature;
import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds what signs an image in an image layout: what its tag names, and whatever refers to the image as its subject; the same of
 * every index of the layout that leads to it.
 */
public final class LayoutSignatures {

    /** How many bytes all indexes of a layout may have: each image that is for several platforms has one of a few thousand. */
    private static final long MAX_INDEXES = 16 << 20;

    /** How many bytes the payloads and documents of the signatures of one image may have: most have a few hundred. */
    private static final long MAX_SIGNATURES = 8 << 20;

    private static final int MAX_SIGNING = 1000;

    private final DocumentReader files;
    private final List<Descriptor> entries;
    private final Set<Digest> signing = new HashSet<>();
    private final Map<Digest, byte[]> signatures = new HashMap<>();
    private long signatureBytes;

    private LayoutSignatures(DocumentReader files, List<Descriptor> entries) {
        this.files = files;
        this.entries = entries;
    }

    /** The signatures of the image with this manifest; none where the archive is no layout. */
    public static Signatures read(ImageFiles files, Digest image) throws IOException {
        return read(new DocumentReader(files, Long.MAX_VALUE), image);
    }

    static Signatures read(DocumentReader files, Digest image) throws IOException {
        ImageFiles.ImageFile index = files.find("index.json");
        if (index == null) {
            return Signatures.NONE;
        }
        List<Descriptor> entries =
                Index.parse(index.what(), files.read(index), null).manifests();
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
        Set<String> tags = new HashSet<>();
        signed.forEach(digest -> tags.add(Signatures.tag(digest)));
        Map<Digest, Boolean> asked = new HashMap<>();
        for (Descriptor entry : candidates) {
            boolean signs = MediaTypes.isManifest(entry.mediaType())
                    && (tags.contains(entry.annotations().getOrDefault(Descriptor.REF_NAME, ""))
                            || refers(entry, signed, asked));
            if (signs && signing.add(entry.digest())) {
                found = found.and(Signatures.read(entry, this::signature));
                if (signing.size() > MAX_SIGNING) {
                    throw new IOException("manifest " + entry.digest() + ": more than " + MAX_SIGNING
                            + " manifests of signatures of one image");
                }
            }
        }
        return found;
    }

    /** The indexes of the layout that can be read, and those in them. */
    private List<ImageSource.Document> indexes() throws IOException {
        Map<Digest, ImageSource.Document> found = new LinkedHashMap<>();
        Deque<Descriptor> next = new ArrayDeque<>(entries);
        Set<Digest> seen = new HashSet<>();
        long size = 0;
        while (!next.isEmpty()) {
            Descriptor entry = next.pop();
            if (MediaTypes.isIndex(entry.mediaType()) && !found.containsKey(entry.digest())) {
                byte[] bytes = seen.add(entry.digest()) ? readable(entry) : null;
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

    /** Whether a manifest refers to what is signed; each is read once, by however many names it is listed. */
    private boolean refers(Descriptor entry, Collection<Digest> signed, Map<Digest, Boolean> asked) throws IOException {
        Boolean known = asked.get(entry.digest());
        if (known == null) {
            byte[] bytes = readable(entry);
            known = bytes != null && refers("manifest " + entry.digest(), bytes, signed);
            asked.put(entry.digest(), known);
        }
        return known;
    }

    private static boolean refers(String document, byte[] bytes, Collection<Digest> signed) throws IOException {
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
            return files.read(descriptor);
        } catch (MalformedLayerException | DigestMismatchException e) {
            return null;
        }
    }

    /** A document of the signatures: by however many it is named, it is in memory once. */
    private byte @Nullable [] signature(Descriptor descriptor) throws IOException {
        byte[] known = signatures.get(descriptor.digest());
        if (known != null && known.length == descriptor.size()) {
            return known;
        }
        byte[] bytes = files.read(descriptor);
        if (bytes != null) {
            signatureBytes += bytes.length;
            if (signatureBytes > MAX_SIGNATURES) {
                throw new IOException("blob " + descriptor.digest() + ": with it, the signatures of one image have "
                        + signatureBytes + " bytes; " + MAX_SIGNATURES + " are allowed");
            }
            signatures.put(descriptor.digest(), bytes);
        }
        return bytes;
    }
}
