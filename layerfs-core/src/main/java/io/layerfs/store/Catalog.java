package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageConfig;
import io.layerfs.oci.ImageName;
import io.layerfs.oci.Json;
import io.layerfs.oci.LayoutIndex;
import io.layerfs.oci.Manifest;
import io.layerfs.oci.MediaTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which images a store has, by which names, and what their documents say. Safe for many threads and processes. */
public final class Catalog {

    private final StorePaths paths;
    private final References references;
    private final StoredSignatures signatures;

    Catalog(StorePaths paths, References references, StoredSignatures signatures) {
        this.paths = paths;
        this.references = references;
        this.signatures = signatures;
    }

    /** All images, each as often as it has names. */
    public List<Descriptor> images() throws IOException {
        return references.list().stream().filter(i -> !i.isStatement()).toList();
    }

    /** The same, with what is said of images: signatures. */
    public List<Descriptor> references() throws IOException {
        return references.list();
    }

    /** The whole list, with what others wrote into it. */
    LayoutIndex index() throws IOException {
        return references.index();
    }

    /** The images with their names, those that an image can have; each once, in the order in which they came. */
    public Map<Descriptor, List<String>> named() throws IOException {
        Map<Digest, Descriptor> first = new LinkedHashMap<>();
        Map<Digest, TreeSet<String>> names = new HashMap<>();
        for (Descriptor entry : images()) {
            first.putIfAbsent(entry.digest(), entry);
            String name = entry.name();
            if (name != null && ImageName.refusal(name) == null) {
                names.computeIfAbsent(entry.digest(), digest -> new TreeSet<>()).add(name);
            }
        }
        Map<Descriptor, List<String>> all = new LinkedHashMap<>();
        for (Descriptor entry : first.values()) {
            all.put(asItIs(entry), List.copyOf(names.getOrDefault(entry.digest(), new TreeSet<>())));
        }
        return all;
    }

    /** The names of one image, sorted: those that an image can have. */
    public List<String> names(Digest image) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (Descriptor entry : images()) {
            String name = entry.name();
            if (name != null && entry.digest().equals(image) && ImageName.refusal(name) == null) {
                names.add(name);
            }
        }
        return List.copyOf(names);
    }

    /** The image that {@code reference} means, as {@link ImageQuery} says. */
    public Descriptor find(String reference) throws IOException {
        return find(ImageQuery.parse(reference), reference);
    }

    /** The image whose manifest has this digest. */
    public Descriptor find(Digest image) throws IOException {
        return find(ImageQuery.of(image), image.toString());
    }

    private Descriptor find(ImageQuery query, String reference) throws IOException {
        Descriptor image = references.find(query);
        if (image == null) {
            image = unlisted(query.digest());
        }
        if (image == null) {
            image = query.named();
        }
        if (image == null) {
            throw new NoSuchFileException(
                    paths.root().toString(), null, "no image '" + ImageName.shown(reference) + "' in this store");
        }
        return asItIs(image);
    }

    /** Whether an image is in the list of images. */
    public boolean isListed(Digest image) throws IOException {
        return references.find(ImageQuery.of(image)) != null;
    }

    /** The image of this digest that was removed, and all of which is still there: who uses it may go on. */
    private @Nullable Descriptor unlisted(@Nullable Digest manifest) throws IOException {
        if (manifest == null) {
            return null;
        }
        try {
            Needs needs = Needs.none();
            needs.addDocument(paths, manifest);
            byte[] bytes = Files.readAllBytes(paths.blob(manifest));
            Manifest.parse("manifest " + manifest, bytes, null);
            boolean whole = needs.blobs().stream().allMatch(blob -> Files.exists(paths.blob(blob)));
            return whole ? new Descriptor(MediaTypes.MANIFEST, manifest, bytes.length, null, Map.of()) : null;
        } catch (NoSuchFileException | MalformedLayerException e) {
            return null; // no image, or not all of one
        }
    }

    /**
     * The descriptor of a blob with what the blob itself says of its type and size: its digest alone decides what it is, and
     * entries that others wrote may differ in the rest. The same where it cannot be read.
     */
    private Descriptor asItIs(Descriptor entry) throws IOException {
        Path file = paths.blob(entry.digest());
        try {
            long size = Files.size(file);
            if (size > Json.MAX_BYTES) {
                return entry;
            }
            String own = Json.parse(entry.digest().toString(), Files.readAllBytes(file))
                    .string("mediaType");
            String mediaType = own != null
                    ? own
                    : MediaTypes.isManifest(entry.mediaType()) ? entry.mediaType() : MediaTypes.MANIFEST;
            return new Descriptor(mediaType, entry.digest(), size, entry.platform(), entry.annotations());
        } catch (NoSuchFileException | MalformedLayerException e) {
            return entry; // whoever reads it says what is wrong
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

    /**
     * Names an image.
     *
     * @throws IllegalArgumentException where it is no {@link ImageName}, or one with the digest of something else
     */
    public void tag(Descriptor image, String name) throws IOException {
        ImageName wanted = new ImageName(name);
        if (wanted.digest() != null) {
            wanted.requireTrue(signatures.of(image.digest()).digests(image.digest()));
        }
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
