package io.layerfs.oci;

import io.layerfs.DigestMismatchException;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the image that a descriptor means: the manifest that it names, or the first that fits a platform in the index that it
 * names; the config; where the layers are. Every document is checked against its descriptor before it is read.
 */
public final class ImageResolver {

    private static final int MAX_NESTING = 8;

    /** Bytes of all indexes that lead to one image, which are kept with it. */
    private static final long MAX_INDEXES = 8 << 20;

    private final String where;
    private final Blobs blobs;
    private final Platform platform;

    /** Blobs by what names them. */
    @FunctionalInterface
    public interface Blobs {

        /** The blob; an {@code IOException} where it is known to be absent. */
        BlobSource find(Descriptor descriptor) throws IOException;

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
        this.where = where;
        this.blobs = blobs;
        this.platform = platform;
    }

    /** The image that {@code named} means, which is called {@code references} there. */
    public ImageSource resolve(Descriptor named, List<String> references) throws IOException {
        List<ImageSource.Document> indexes = new ArrayList<>();
        ImageSource image = image(document(manifest(named, indexes)), references);
        return image.with(new Signatures(List.of(), indexes));
    }

    /** The manifest that this names, or the first that fits the platform in the index that it names. */
    private Descriptor manifest(Descriptor named, List<ImageSource.Document> indexes) throws IOException {
        if (!MediaTypes.isIndex(named.mediaType())) {
            return named;
        }
        if (indexes.size() == MAX_NESTING) {
            throw new MalformedLayerException(where + ": indexes nested more than " + MAX_NESTING + " deep");
        }
        ImageSource.Document document = document(named);
        String what = where + ": index " + named.digest();
        List<Descriptor> all =
                Index.parse(what, document.bytes(), named.mediaType()).manifests();
        List<Descriptor> fitting =
                fitting(all.stream().filter(d -> !d.isAttestation()).toList());
        if (fitting.isEmpty()) {
            throw new MalformedLayerException(what + ": nothing for " + platform + " among "
                    + Few.of(all.stream().map(Descriptor::platform).toList()));
        }
        indexes.add(document);
        long size = indexes.stream().mapToLong(index -> index.bytes().length).sum();
        if (size > MAX_INDEXES) {
            throw new MalformedLayerException(what + ": with it, the indexes that lead to the image have " + size
                    + " bytes; " + MAX_INDEXES + " are allowed");
        }
        return manifest(fitting.get(0), indexes);
    }

    /** Those that say nothing else than that they are for the platform. */
    List<Descriptor> fitting(List<Descriptor> images) {
        return images.stream()
                .filter(i -> i.platform() == null || platform.accepts(i.platform()))
                .toList();
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
