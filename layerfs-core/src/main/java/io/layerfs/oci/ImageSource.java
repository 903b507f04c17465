package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image as it was found somewhere: its documents, checked, and where its layers' bytes are.
 *
 * @param manifest the document as it came; null where the archive has none, and one is to be made
 * @param config the document as it came
 * @param layers base first
 * @param references the names that the archive gives it
 * @param signatures what lies beside it there
 */
public record ImageSource(
        @Nullable Document manifest,
        Document config,
        ImageConfig parsed,
        List<Layer> layers,
        List<String> references,
        Signatures signatures) {

    /** One beside which nothing lies. */
    public ImageSource(
            @Nullable Document manifest,
            Document config,
            ImageConfig parsed,
            List<Layer> layers,
            List<String> references) {
        this(manifest, config, parsed, layers, references, Signatures.NONE);
    }

    /** The same, with these signatures. */
    public ImageSource with(Signatures found) {
        return new ImageSource(manifest, config, parsed, layers, references, found);
    }

    /** A document with its descriptor. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Document(Descriptor descriptor, byte[] bytes) {}

    /**
     * A layer that is to be read.
     *
     * @param descriptor what the manifest says of it; null where there is no manifest
     * @param diffId what the config says of it
     */
    public record Layer(BlobSource blob, @Nullable Descriptor descriptor, Digest diffId) {}

    /**
     * Finds the image that is wanted among those of an archive; null where the files are none: neither a layout nor what Docker
     * saves, which is told by what they hold.
     *
     * @param limit bytes of documents that may be read
     * @param wanted what it must be made for; null for this machine, or whatever the only image is for
     * @param reference which one is wanted, by its name there
     */
    public static @Nullable ImageSource find(
            String archive, ImageFiles files, long limit, @Nullable Platform wanted, @Nullable String reference)
            throws IOException {
        DocumentReader documents = new DocumentReader(files, limit);
        boolean isLayout = OciLayout.isOne(documents);
        List<Json> saved = DockerArchive.entries(documents, isLayout);
        if (!isLayout && saved.isEmpty()) {
            OtherForms.refuse(archive, documents);
            return null;
        }
        DockerArchive docker = new DockerArchive(archive, documents, saved, wanted);
        ImageSource image = isLayout
                ? inLayout(new OciLayout(archive, documents, wanted), docker, wanted, reference)
                : docker.require(reference);
        Document manifest = image.manifest;
        return manifest == null
                ? image
                : image.with(
                        LayoutSignatures.read(documents, manifest.descriptor().digest()));
    }

    /** What both descriptions of an archive mean, if it has two; where Docker's has nothing for the platform, the layout's. */
    private static ImageSource inLayout(
            OciLayout layout, DockerArchive docker, @Nullable Platform wanted, @Nullable String reference)
            throws IOException {
        ImageSource saved = docker.find(reference);
        if (saved == null) {
            return layout.read(reference);
        }
        Platform platform = wanted == null ? Platform.host() : wanted;
        if (!platform.accepts(saved.parsed.platform())) {
            try {
                ImageSource other = layout.read(reference);
                return saved.references.isEmpty() ? other : other.called(saved.references);
            } catch (MalformedLayerException e) {
                return layout.withManifest(saved); // nothing else is there; whether it will do is asked later
            }
        }
        return layout.withManifest(saved);
    }

    /** The same, with these names. */
    private ImageSource called(List<String> names) {
        return new ImageSource(manifest, config, parsed, layers, names, signatures);
    }

    /** The same, which must be made for {@code wanted}, where that is said. */
    public ImageSource require(String where, @Nullable Platform wanted) throws MalformedLayerException {
        Platform made = parsed.platform();
        // a config seldom has the variant, which the index that led to it has
        boolean fits = wanted == null
                || new Platform(wanted.os(), wanted.architecture(), made.variant() == null ? null : wanted.variant())
                        .accepts(made);
        if (!fits) {
            throw new MalformedLayerException(where + ": its image is made for " + made + ", not for " + wanted);
        }
        return this;
    }

    /** Pairs the layers of a manifest with the diff ids of a config. */
    static List<Layer> pair(
            String document,
            ImageConfig config,
            List<? extends BlobSource> blobs,
            @Nullable List<Descriptor> descriptors)
            throws MalformedLayerException {
        List<Digest> diffIds = config.diffIds();
        if (blobs.size() != diffIds.size()) {
            throw new MalformedLayerException(
                    document + ": " + blobs.size() + " layers; the config has " + diffIds.size() + " diff ids");
        }
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < diffIds.size(); i++) {
            layers.add(new Layer(blobs.get(i), descriptors == null ? null : descriptors.get(i), diffIds.get(i)));
        }
        return layers;
    }
}
