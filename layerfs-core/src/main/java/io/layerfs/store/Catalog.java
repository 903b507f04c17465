package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageConfig;
import io.layerfs.oci.Json;
import io.layerfs.oci.Manifest;
import io.layerfs.oci.MediaTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which images a store has, by which names, and what their documents say. Safe for many threads and processes. */
public final class Catalog {

    private final StorePaths paths;
    private final References references;

    Catalog(StorePaths paths, References references) {
        this.paths = paths;
        this.references = references;
    }

    /** All images, each as often as it has names. */
    public List<Descriptor> images() throws IOException {
        return references.list().stream().filter(i -> !References.isSaying(i)).toList();
    }

    /** The same, with what is said of images: signatures. */
    public List<Descriptor> references() throws IOException {
        return references.list();
    }

    /** The image that {@code reference} means. */
    public Descriptor find(String reference) throws IOException {
        Descriptor image = references.find(reference);
        if (image == null) {
            image = unlisted(reference);
        }
        if (image == null) {
            throw new NoSuchFileException(paths.root().toString(), null, "no image '" + reference + "' in this store");
        }
        return image;
    }

    /** The image whose manifest has this digest. */
    public Descriptor find(Digest image) throws IOException {
        return find(image.toString());
    }

    /** Whether an image is in the list of images. */
    public boolean isListed(Digest image) throws IOException {
        return references.find(image.toString()) != null;
    }

    /** The image of this digest that was removed, and all of which is still there: who uses it may go on. */
    private @Nullable Descriptor unlisted(String digest) throws IOException {
        if (!digest.startsWith("sha256:") || digest.length() != "sha256:".length() + 64) {
            return null;
        }
        try {
            Digest manifest = Digest.parse(digest);
            Needs needs = Needs.none();
            needs.addDocument(paths, manifest);
            byte[] bytes = Files.readAllBytes(paths.blob(manifest));
            Manifest.parse("manifest " + digest, bytes, null);
            String own = Json.parse(digest, bytes).string("mediaType");
            boolean whole = needs.blobs().stream().allMatch(blob -> Files.exists(paths.blob(blob)));
            String mediaType = own == null ? MediaTypes.MANIFEST : own;
            return whole ? new Descriptor(mediaType, manifest, bytes.length, null, Map.of()) : null;
        } catch (NoSuchFileException | MalformedLayerException | IllegalArgumentException e) {
            return null; // no image, or not all of one
        }
    }

    /** The documents of an image. */
    public Documents documents(Descriptor image) throws IOException {
        byte[] bytes = read(image);
        Manifest manifest = Manifest.parse("manifest " + image.digest(), bytes, image.mediaType());
        byte[] config = read(manifest.config());
        String what = "config " + manifest.config().digest();
        return new Documents(image, manifest, config, ImageConfig.parse(what, config));
    }

    /** The documents of the image whose manifest has this digest. */
    public Documents documents(Digest image) throws IOException {
        return documents(find(image));
    }

    private byte[] read(Descriptor descriptor) throws IOException {
        return Documents.read(paths.blob(descriptor.digest()), descriptor);
    }

    /** Names an image. */
    public void tag(Descriptor image, String name) throws IOException {
        References.check(name);
        references.put(image.named(name));
    }

    /** Removes a name. */
    public boolean untag(String name) throws IOException {
        return references.remove(name);
    }

    /** Takes an image, with all its names, from the list of images; answers whether it was there. */
    public boolean remove(Digest image) throws IOException {
        return references.removeImages(Set.of(image));
    }

    /** Takes a name from an image, and the image from the list with the last one; or the image, by its digest. */
    public boolean remove(String reference) throws IOException {
        return references.removeReference(reference);
    }
}
