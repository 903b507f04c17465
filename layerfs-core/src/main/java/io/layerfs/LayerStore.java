package io.layerfs;

import io.layerfs.host.HostExport;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.Signatures;
import io.layerfs.store.Documents;
import io.layerfs.store.Hold;
import io.layerfs.store.Store;
import io.layerfs.tar.LayerTarWriter;
import io.layerfs.union.Difference;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where layers and images lie: a directory that is a valid OCI image layout.
 *
 * <p>A layer is kept as its uncompressed tar, verbatim, under its diff id; what came compressed is kept as it came, too, so
 * that the manifest stays true. Whatever is stored was verified, is stored once, and survives a crash: files are written
 * aside, synced, renamed into place, and named in {@code index.json} last. An import that fails leaves the store as it was.
 * The subdirectory {@code layerfs} holds what is derived, and may be deleted at any time that nobody uses the store.
 *
 * <p>Nothing is deleted but by {@link #gc}, which leaves what has a name or is in use: see there.
 *
 * <p>Safe for use by many threads, and by many processes at once. Close it when it is not used any more; layers and views
 * that it gave can be used further.
 */
public final class LayerStore implements AutoCloseable {

    private final Store store;
    private final StoredImages images;

    private LayerStore(Store store) {
        this.store = store;
        this.images = new StoredImages(store);
    }

    /** Opens the store in {@code directory}; where there is nothing, makes one that only its owner can enter. */
    public static LayerStore open(Path directory) throws IOException {
        return new LayerStore(Store.open(directory));
    }

    /** The directory that it is, without symbolic links in its path. */
    public Path directory() {
        return store.directory();
    }

    /**
     * Imports an image: an OCI image layout (directory or tar), what {@code docker save} writes, a single layer's tar (plain,
     * gzip, zstd, xz or bzip2), or a directory of the host, which becomes an image of one layer. What it is is told by all that
     * it holds. A pipe or a device is read to its end.
     *
     * @throws MalformedLayerException where it is not well-formed, naming the blob, the entry, the offset and the reason
     * @throws DigestMismatchException where bytes are not what their digest or size promises
     * @throws UntrustedImageException where the policy of {@code options} refuses it
     * @throws IllegalArgumentException where the tag of {@code options} is no name that an image can have
     */
    public Image importImage(Path source, ImportOptions options) throws IOException {
        try (Hold hold = store.hold()) {
            return image(store.importImage(source, options, hold));
        }
    }

    /**
     * The same from a stream, of anything but a directory: it is kept in the store until it is known what it is.
     *
     * @param in is read to its end, and stays open
     */
    public Image importImage(InputStream in, ImportOptions options) throws IOException {
        try (Hold hold = store.hold()) {
            return image(store.importImage(in, "the stream", options, hold));
        }
    }

    /**
     * Adds a layer from its tar, plain or compressed. It is not collected before it is in an image that this store made, or
     * this store is closed, or the process ends.
     *
     * @param tar is read to its end, and stays open
     */
    public Layer add(InputStream tar) throws IOException {
        return layer(store.added().add("layer", tar, ImportOptions.DEFAULT.maxLayerSize()));
    }

    /** {@link #add(Changeset, LayerOptions)} with {@link LayerOptions#EXACT}. */
    public Layer add(Changeset changes) throws IOException {
        return add(changes, LayerOptions.EXACT);
    }

    /** Adds what {@code changes} says as a layer, in the canonical form of its tar: the same changes give the same layer. */
    public Layer add(Changeset changes, LayerOptions options) throws IOException {
        return layer(store.added().add(out -> LayerTarWriter.write(changes, out, options::apply)));
    }

    /** {@link #commit(Image, Changeset, LayerOptions, History, String)} with {@link LayerOptions#EXACT}. */
    public Image commit(Image base, Changeset changes, History history, @Nullable String tag) throws IOException {
        return commit(base, changes, LayerOptions.EXACT, history, tag);
    }

    /**
     * Makes an image of another and a further layer on top, which says {@code changes}: as {@link #add(Changeset,
     * LayerOptions)} and {@link #plus} do, but in one, which takes a disk about half of the time. What is committed survives a
     * crash of the machine.
     *
     * @param history what is said of the layer
     * @param tag its name, which is taken from the image that had it; null for none
     */
    public Image commit(Image base, Changeset changes, LayerOptions options, History history, @Nullable String tag)
            throws IOException {
        try (Hold hold = holding(base)) {
            return algebra(hold).commit(base, out -> LayerTarWriter.write(changes, out, options::apply), history, tag);
        }
    }

    /**
     * Makes an image of another and a further layer on top. Its config is that of {@code base}, but for the layer.
     *
     * @param history what is said of the layer
     * @param tag its name, which is taken from the image that had it; null for none
     */
    public Image plus(Image base, Layer layer, History history, @Nullable String tag) throws IOException {
        try (Hold hold = holding(base)) {
            hold.addBlobs(List.of(layer.diffId()));
            return algebra(hold).plus(base, layer, history, tag);
        }
    }

    /**
     * Makes an image of another, further layers on top, and another config, of which what it says of layers and their history
     * does not count: that is made of the base's and of what is added.
     *
     * @param base null for none: the layers are all that there is
     * @param layers the lowest first
     * @param histories what is said of each
     * @param config an image's config as JSON (image-spec, config.md)
     * @param tag its name, which is taken from the image that had it; null for none
     * @throws MalformedLayerException where the config is none
     */
    public Image derive(
            @Nullable Image base, List<Layer> layers, List<History> histories, byte[] config, @Nullable String tag)
            throws IOException {
        try (Hold hold = base == null ? holding() : holding(base)) {
            hold.addBlobs(layers.stream().map(Layer::diffId).toList());
            return algebra(hold).derive(base, layers, histories, config, tag);
        }
    }

    /**
     * Makes an image that shows the same, in which one layer stands for all from the {@code kept}th on.
     *
     * @param kept how many layers stay, from the base
     */
    public Image squash(Image image, int kept, History history, @Nullable String tag) throws IOException {
        try (Hold hold = holding(image)) {
            return algebra(hold).squash(image, kept, history, tag);
        }
    }

    /** What must be said on top of one image to see another. */
    public Changeset diff(Image from, Image to) throws IOException {
        return Difference.between(view(from), view(to));
    }

    /**
     * Puts the layers that an image has on top of {@code oldBase} onto {@code newBase}. The config is that of the image.
     *
     * @throws IllegalArgumentException where the image does not begin with the layers of {@code oldBase}
     */
    public Rebased rebase(Image image, Image oldBase, Image newBase, @Nullable String tag) throws IOException {
        try (Hold hold = holding(image, oldBase, newBase)) {
            return algebra(hold).rebase(image, oldBase, newBase, tag);
        }
    }

    /**
     * Writes what is seen into a directory of the host, which must be empty or absent. Nothing is written outside of it,
     * whatever the names and links in the view.
     */
    public void export(View view, Path directory, ExportPolicy policy) throws IOException {
        HostExport.write(view, directory, policy);
    }

    /** Writes what is seen as one tar, in the canonical form of a layer; {@code out} stays open. */
    public void exportTar(View view, OutputStream out, LayerOptions options) throws IOException {
        Changeset all = Difference.between(store.trees().view(List.of()), view);
        LayerTarWriter.write(all, out, options::apply);
    }

    private ImageAlgebra algebra(Hold hold) {
        return new ImageAlgebra(this, store, hold);
    }

    private Hold holding(Image... images) throws IOException {
        Hold hold = store.hold();
        try {
            for (Image image : images) {
                hold.addImage(image.digest(), image.diffIds());
            }
            return hold;
        } catch (IOException | RuntimeException | Error e) {
            hold.close();
            throw e;
        }
    }

    /** {@link #save(List, Path, SaveOptions)} of one image. */
    public void save(Image image, Path target, SaveOptions options) throws IOException {
        save(List.of(image), target, options);
    }

    /**
     * Saves images for other tools: as an OCI image layout (directory or tar), as what {@code docker load} reads, or as one tar
     * that is both. The same images give the same bytes.
     *
     * <p>Every byte is hashed on its way out. The target is seen when it is whole, or not at all; to a layout that is there,
     * images are added, and take the names that they have from those that had them. A pipe or a device is written into.
     *
     * @param images at least one, each with the names of {@code options} if they are given, which then is only one
     * @throws java.nio.file.FileAlreadyExistsException where there is something at {@code target}, unless it is an archive that
     *     {@code options} allow to replace, or, for a directory, an OCI image layout or empty
     * @throws DigestMismatchException where the store is damaged
     * @throws IllegalArgumentException where no image can have a name of {@code options}, or, if Docker is to read it, where an
     *     image has a name that Docker does not allow
     */
    public void save(List<Image> images, Path target, SaveOptions options) throws IOException {
        requireSavable(images, options);
        try (Hold hold = holding(images.toArray(new Image[0]))) {
            store.save(images, target, options);
        }
    }

    /**
     * The same to a stream, which stays open: not as a directory, and not read back. Where it ends in an exception, what was written
     * has no index, and is no archive.
     */
    public void save(List<Image> images, OutputStream out, SaveOptions options) throws IOException {
        requireSavable(images, options);
        try (Hold hold = holding(images.toArray(new Image[0]))) {
            store.save(images, out, options);
        }
    }

    private static void requireSavable(List<Image> images, SaveOptions options) {
        if (images.isEmpty() || (images.size() > 1 && !options.names().isEmpty())) {
            throw new IllegalArgumentException(images.isEmpty() ? "no image to save" : "names are for one image");
        }
    }

    /**
     * Makes an image of layers that are in this store. It has no name yet; the same layers give the same image.
     *
     * @param baseFirst at least one
     * @throws NoSuchFileException where one is not in this store
     * @throws IllegalArgumentException where there is none
     */
    public Image createImage(List<Layer> baseFirst, Platform platform) throws IOException {
        if (baseFirst.isEmpty()) {
            throw new IllegalArgumentException("an image has at least one layer");
        }
        List<Digest> diffIds = baseFirst.stream().map(Layer::diffId).toList();
        try (Hold hold = store.hold()) {
            return image(store.createImage(diffIds, platform, hold));
        }
    }

    /**
     * The layer with this diff id.
     *
     * @throws NoSuchFileException where the store has none
     */
    public Layer layer(Digest diffId) throws IOException {
        return images.layer(diffId);
    }

    /**
     * The image that {@code reference} means: one of its tags, its digest, or the start of its digest's hex digits, at
     * least four. A whole digest, also behind a tag's {@code @}, is never looked for among tags. An image that was removed is known by
     * its whole digest for as long as all of it is there.
     *
     * @throws NoSuchFileException where there is none
     * @throws IOException where it could be any of several: the start of several digests, or of one and the tag of another
     */
    public Image image(String reference) throws IOException {
        return images.find(reference);
    }

    /**
     * The image whose manifest has this digest.
     *
     * @throws NoSuchFileException where there is none
     */
    public Image image(Digest manifest) throws IOException {
        return images.find(manifest.toString());
    }

    /** All images that can be read, in the order in which they came. */
    public List<Image> images() throws IOException {
        return images(damaged -> {});
    }

    /**
     * All images that can be read, in the order in which they came.
     *
     * @param damaged is told of those of which something is missing or damaged
     */
    public List<Image> images(Consumer<DamagedImage> damaged) throws IOException {
        return images.all(damaged);
    }

    Image image(Descriptor descriptor) throws IOException {
        return images.image(descriptor);
    }

    /**
     * Names an image; the name is taken from the image that had it.
     *
     * @throws IllegalArgumentException where it is no name that an image can have
     */
    public void tag(Image image, String name) throws IOException {
        try (Hold hold = store.hold()) {
            hold.addImage(image.digest());
            store.catalog().tag(store.catalog().find(image.digest()), name);
        }
    }

    /** Removes a name, and answers whether there was one. The image stays, if need be without a name. */
    public boolean untag(String name) throws IOException {
        return store.catalog().untag(name);
    }

    /** What claims to sign an image, as it lies in this store: what was imported with the image, and what was added. */
    public List<ImageSignature> signatures(Image image) throws IOException {
        return store.signatures().of(image.digest()).all();
    }

    /**
     * Adds a signature to those of an image, in the form that other tools look for: a manifest named after the digest of the
     * image.
     *
     * @param replaced tells of each that is there whether the new one takes its place
     */
    public void addSignature(Image image, ImageSignature signature, Predicate<ImageSignature> replaced)
            throws IOException {
        Signatures added = new Signatures(List.of(signature), List.of());
        try (Hold hold = holding(image)) {
            store.signatures()
                    .change(
                            store.catalog().find(image.digest()),
                            known -> known.without(replaced).plus(added));
        }
    }

    /**
     * Asks a policy whether an image may be shown. Every backend does so before it shows anything.
     *
     * @throws UntrustedImageException where the policy refuses it, and where the image is not as this store has it
     */
    public void admit(Image image, ImagePolicy policy) throws IOException {
        if (policy == ImagePolicy.ANY) {
            return;
        }
        Documents documents = store.catalog().documents(image.digest());
        if (!documents.parsedConfig().diffIds().equals(image.diffIds())) {
            throw new UntrustedImageException("image " + image + ": its layers are not those of its manifest");
        }
        store.signatures().check(policy, image.tags(), image.digest(), Signatures.NONE);
    }

    /**
     * Removes an image with all its names, and answers whether it was there. Its files go with the next {@linkplain #gc
     * collection} that finds nothing else that needs them: mounts, views and leases go on.
     */
    public boolean remove(Image image) throws IOException {
        return store.catalog().remove(image.digest());
    }

    /**
     * The same for what {@code reference} means, as in {@link #image}; but a tag is taken alone as long as the image has
     * another. Works for an image that cannot be read, too.
     */
    public boolean remove(String reference) throws IOException {
        return store.catalog().remove(reference);
    }

    /**
     * Keeps all images and layers that this store gives or makes from now on, until the lease is closed: however long it takes
     * to make use of them. The caller closes it; the end of the process does, too.
     */
    public Lease lease() {
        return images.lease();
    }

    /**
     * Keeps one image, until the lease is closed.
     *
     * @throws NoSuchFileException where it is gone
     */
    public Lease lease(Image image) throws IOException {
        Hold hold = holding(image);
        try {
            store.catalog().find(image.digest());
            return new Lease(hold, lease -> {});
        } catch (IOException | RuntimeException | Error e) {
            hold.close();
            throw e;
        }
    }

    /**
     * Collects garbage: removes what nothing needs. Needed are the images that have a name, and those without one unless
     * {@code options} says otherwise; what these refer to, and what says something of them, as signatures do; writable views
     * that have names, with what they are made of; and what a living process uses: its mounts, its writable views, its
     * {@linkplain #lease leases}, its imports, and the layers that it {@linkplain #add added} and that are in no image yet.
     * How a process ends makes no difference.
     *
     * <p>Safe at any time, beside any other use, in this process and in others; two collections, too. If it is cut short, the
     * store is sound, and the next one goes on. A {@link View} is not among what is needed: where its image is removed and
     * collected, files of it that were never read may be found missing. Who must not see that takes a lease, or a mount.
     *
     * @throws IOException where a document of an image is damaged or missing, so that what it needs is not known: then
     *     nothing is removed
     */
    public GcReport gc(GcOptions options) throws IOException {
        return store.collect(options);
    }

    /** What images and layers cost, what they share, and what could be removed. Takes time by the number of files. */
    public StoreUsage usage() throws IOException {
        return store.usage();
    }

    /** What is seen of an image. Takes no time that depends on its size, once its merged index is there. */
    public View view(Image image) throws IOException {
        store.used(image.digest());
        return store.trees().view(image.diffIds());
    }

    /**
     * What is seen of an image, to be written, until it is closed: then what was changed is gone. The caller closes it.
     *
     * @param quota how many bytes the data of changed files may take
     */
    public WritableView writable(Image image, long quota) throws IOException {
        store.used(image.digest());
        return store.writable(image.digest(), image.diffIds(), quota);
    }

    /**
     * What is seen of an image, to be written; what is changed survives under {@code name}, in this store, until it is
     * {@linkplain #dropView dropped}. What was done survives the end of the process, and, once {@linkplain
     * WritableView#force forced}, that of the machine. The caller closes it.
     *
     * @param name up to 128 letters and digits with one of {@code -._} between
     * @param quota how many bytes the data of changed files may take
     * @throws java.nio.file.FileAlreadyExistsException where there is one of that name
     * @throws IllegalArgumentException where a view cannot have that name
     */
    public WritableView createView(String name, Image image, long quota) throws IOException {
        store.used(image.digest());
        return store.views().create(name, image.digest(), image.diffIds(), quota);
    }

    /**
     * The writable view of that name, as it was left. The caller closes it.
     *
     * @throws NoSuchFileException where there is none
     * @throws java.nio.file.FileSystemException where it is open, here or in another process
     */
    public WritableView openView(String name) throws IOException {
        return store.views().open(name);
    }

    /** The writable views that have names, sorted. */
    public List<ViewInfo> views() throws IOException {
        return store.views().list();
    }

    /**
     * Removes a writable view and all that was changed in it. Answers whether there was one.
     *
     * @throws java.nio.file.FileSystemException where it is open, here or in another process
     */
    public boolean dropView(String name) throws IOException {
        return store.views().drop(name);
    }

    /**
     * Hashes every blob, checks every image's documents, and builds every index anew. Nothing but indexes is changed.
     *
     * @param listener told of the progress
     */
    public Verification verify(ProgressListener listener) throws IOException {
        return store.verify(listener);
    }

    /** Releases the store's locks; idempotent. Leases, mounts and views that it gave stay. */
    @Override
    public void close() throws IOException {
        store.close();
    }
}
