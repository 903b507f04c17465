package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the image that a descriptor means: the manifest that it names, or the best for a platform in the index that it names,
 * and in those that this names in turn; the config; where the layers are. Every document is checked against its descriptor before it is read.
 */
public final class ImageResolver {

    private static final int MAX_NESTING = 8;

    /** Bytes of all indexes that lead to one image, which are kept with it. */
    private static final long MAX_INDEXES = 8 << 20;

    /** How many of those that do not fit are remembered, for the message. */
    private static final int MAX_OFFERED = 1000;

    private final String where;
    private final Blobs blobs;
    private final Platform platform;
    private final boolean orOnly;
    /** By the digests of manifests, and of configs, whether they are of the platform: each is read once. */
    private final Map<Digest, Boolean> known = new HashMap<>();

    /** Blobs by what names them. */
    @FunctionalInterface
    public interface Blobs {

        /** The blob; an {@code IOException} where it is known to be absent. */
        BlobSource find(Descriptor descriptor) throws IOException;

        /** Whether the blob may be had; where nobody knows before it is asked for, it may. */
        default boolean has(Descriptor descriptor) throws IOException {
            return true;
        }

        /** All bytes of a blob that was found, which are what its descriptor says. */
        default byte[] document(Descriptor descriptor, BlobSource blob) throws IOException {
            byte[] bytes = blob.readDocument();
            descriptor.check(blob.what(), bytes);
            return bytes;
        }
    }

    /**
     * Of images in one place.
     *
     * @param where that place, for messages
     * @param platform what the image must be made for, where there is a choice
     */
    public ImageResolver(String where, Blobs blobs, Platform platform) {
        this(where, blobs, platform, false);
    }

    /** The same; {@code orOnly} where the only image that is there will do, too, whatever it is made for. */
    ImageResolver(String where, Blobs blobs, Platform platform, boolean orOnly) {
        this.where = where;
        this.blobs = blobs;
        this.platform = platform;
        this.orOnly = orOnly;
    }

    /** The image that {@code named} means, which is called {@code references} there. */
    public ImageSource resolve(Descriptor named, List<String> references) throws IOException {
        List<ImageSource.Document> indexes = new ArrayList<>();
        ImageSource image = image(document(manifest(named, indexes)), references);
        return image.with(new Signatures(List.of(), indexes));
    }

    /** The manifest that this names, or the best for the platform in the index that it names. */
    private Descriptor manifest(Descriptor named, List<ImageSource.Document> indexes) throws IOException {
        if (!MediaTypes.isIndex(named.mediaType())) {
            return named;
        }
        Set<Digest> searched = new HashSet<>();
        List<Descriptor> offered = new ArrayList<>();
        Descriptor found = search(named, indexes, searched, offered);
        if (found == null && orOnly) {
            found = only(offered);
        }
        if (found == null) {
            List<String> offers = new ArrayList<>();
            for (Descriptor each : offered) {
                offers.add(each.platform() + (blobs.has(each) ? "" : ", which is not there"));
            }
            throw new MalformedLayerException(
                    where + ": index " + named.digest() + ": nothing for " + platform + " among " + Few.of(offers));
        }
        return found;
    }

    private @Nullable Descriptor only(List<Descriptor> offered) throws IOException {
        Descriptor only = null;
        for (Descriptor each : offered) {
            if (MediaTypes.isManifest(each.mediaType()) && !each.isAttestation() && blobs.has(each)) {
                if (only != null && !only.digest().equals(each.digest())) {
                    return null;
                }
                only = each;
            }
        }
        return only;
    }

    /**
     * The best for the platform in an index and those that it names; null where there is none.
     *
     * @param indexes those that lead here; then, where something was found, those that lead to it
     * @param searched each index is looked at once, however often it is named
     */
    private @Nullable Descriptor search(
            Descriptor index, List<ImageSource.Document> indexes, Set<Digest> searched, List<Descriptor> offered)
            throws IOException {
        if (!searched.add(index.digest())) {
            return null;
        }
        if (indexes.size() == MAX_NESTING) {
            throw new MalformedLayerException(where + ": indexes nested more than " + MAX_NESTING + " deep");
        }
        String what = where + ": index " + index.digest();
        ImageSource.Document document = document(index);
        indexes.add(document);
        long size = indexes.stream().mapToLong(each -> each.bytes().length).sum();
        if (size > MAX_INDEXES) {
            throw new MalformedLayerException(what + ": with it, the indexes that lead to the image have " + size
                    + " bytes; " + MAX_INDEXES + " are allowed");
        }
        List<Descriptor> all =
                Index.parse(what, document.bytes(), index.mediaType()).manifests();
        offered.addAll(all.subList(0, Math.min(all.size(), Math.max(0, MAX_OFFERED - offered.size()))));
        for (Descriptor entry :
                fitting(all.stream().filter(d -> !d.isAttestation()).toList())) {
            if (!blobs.has(entry)) {
                continue; // an archive may have some of what its index names
            }
            if (MediaTypes.isIndex(entry.mediaType())) {
                Descriptor found = search(entry, indexes, searched, offered);
                if (found != null) {
                    return found;
                }
            } else if (entry.platform() != null || all.size() == 1 || isForPlatform(entry)) {
                return entry;
            }
        }
        indexes.remove(indexes.size() - 1);
        return null;
    }

    /** Those that do not say that they are for another platform; the best first, and what says nothing last. */
    List<Descriptor> fitting(List<Descriptor> images) {
        List<Platform> bestFirst = platform.preferences();
        return images.stream()
                .filter(i -> i.platform() == null || rank(i, bestFirst) >= 0)
                .sorted(Comparator.comparingInt(i -> i.platform() == null ? bestFirst.size() : rank(i, bestFirst)))
                .toList();
    }

    private static int rank(Descriptor image, List<Platform> bestFirst) {
        Platform made = image.platform();
        return made == null ? -1 : bestFirst.indexOf(made.normalized());
    }

    /** Whether a manifest of which the index does not say what it is for is that of an image for the platform. */
    private boolean isForPlatform(Descriptor manifest) throws IOException {
        Boolean answer = MediaTypes.isManifest(manifest.mediaType()) ? known.get(manifest.digest()) : Boolean.FALSE;
        if (answer == null) {
            answer = isMadeForPlatform(manifest);
            known.put(manifest.digest(), answer);
        }
        return answer;
    }

    private boolean isMadeForPlatform(Descriptor manifest) throws IOException {
        String what = where + ": manifest " + manifest.digest();
        Json config = Json.parse(what, document(manifest).bytes()).object("config");
        String type = config == null ? null : config.string("mediaType");
        if (config == null || type == null || !MediaTypes.isConfig(type)) {
            return false;
        }
        Descriptor named = Descriptor.parse(config);
        Boolean answer = known.get(named.digest());
        if (answer == null) {
            byte[] bytes = document(named).bytes();
            answer = platform.accepts(ImageConfig.parse(where + ": config " + named.digest(), bytes)
                    .platform());
            known.put(named.digest(), answer);
        }
        return answer;
    }

    /** The image of a manifest. */
    ImageSource image(ImageSource.Document document, List<String> references) throws IOException {
        Manifest manifest = parse(document);
        ImageSource.Document config = document(manifest.config());
        ImageConfig parsed =
                ImageConfig.parse(where + ": config " + config.descriptor().digest(), config.bytes());
        List<BlobSource> layers = new ArrayList<>();
        for (Descriptor layer : manifest.layers()) {
            layers.add(find(layer));
        }
        String what = where + ": manifest " + document.descriptor().digest();
        return new ImageSource(
                document, config, parsed, ImageSource.pair(what, parsed, layers, manifest.layers()), references);
    }

    /** The document as a manifest. */
    Manifest parse(ImageSource.Document document) throws IOException {
        Descriptor descriptor = document.descriptor();
        return Manifest.parse(where + ": manifest " + descriptor.digest(), document.bytes(), descriptor.mediaType());
    }

    /** A document, checked against its descriptor. */
    ImageSource.Document document(Descriptor descriptor) throws IOException {
        return new ImageSource.Document(descriptor, blobs.document(descriptor, find(descriptor)));
    }

    private BlobSource find(Descriptor descriptor) throws IOException {
        BlobSource blob = blobs.find(descriptor);
        if (blob.size() != descriptor.size()) {
            throw new DigestMismatchException(blob.what() + ": " + blob.size() + " bytes; the descriptor of "
                    + descriptor.digest() + " says " + descriptor.size());
        }
        return blob;
    }
}
