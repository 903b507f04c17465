package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.GcOptions;
import io.layerfs.GcReport;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerCompression;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.SaveOptions;
import io.layerfs.StoreUsage;
import io.layerfs.Verification;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.blob.NamedFiles;
import io.layerfs.host.Durable;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageFiles;
import io.layerfs.oci.ImageName;
import io.layerfs.oci.ImageSource;
import io.layerfs.oci.OutgoingImage;
import io.layerfs.upper.ScratchDirectory;
import io.layerfs.upper.UpperView;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A store's directory: what {@code LayerStore} is made of. Safe for many threads and processes. */
public final class Store implements AutoCloseable {

    private final StorePaths paths;
    private final StoreLocks locks;
    private final References references;
    private final Catalog catalog;
    private final AddedLayers added;
    private final Indexes indexes;
    private final LayerTrees trees;
    private final Views views;
    private final LastUse lastUse;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Store(StorePaths paths, StoreLocks locks) {
        this.paths = paths;
        this.locks = locks;
        this.references = new References(paths, locks);
        this.catalog = new Catalog(paths, references, signatures());
        this.added = new AddedLayers(paths, locks);
        this.indexes = new Indexes(paths, locks);
        this.trees = new LayerTrees(paths, indexes);
        this.views = new Views(paths, trees::mergedView, this::newScratch, this::hold);
        this.lastUse = new LastUse(paths);
    }

    /** Opens the store in {@code directory}, or makes one there; removes, once for each process, what dead ones left unfinished. */
    public static Store open(Path directory) throws IOException {
        createPrivate(directory);
        StorePaths paths = new StorePaths(directory.toRealPath());
        StoreOwner.require(paths.root());
        makeDerived(paths);
        StoreLocks locks = StoreLocks.open(paths.lock());
        boolean opened = false;
        try {
            Store store = new Store(paths, locks);
            locks.once(() -> {
                Durable.makeDirectories(paths.temporary());
                store.references.initialize();
                ProcessArea.clean(paths.temporary(), locks);
                ProcessArea.clean(paths.holds(), locks);
            });
            opened = true;
            return store;
        } finally {
            if (!opened) {
                locks.close();
            }
        }
    }

    /** Not in an image layout that this process can only read, which is no less of use. */
    private static void makeDerived(StorePaths paths) throws IOException {
        try {
            Durable.makeDirectories(paths.derived());
        } catch (IOException e) {
            if (!NamedFiles.exists(paths.marker()) || Files.isWritable(paths.root())) {
                throw e;
            }
        }
    }

    private static void createPrivate(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            Durable.createDirectories(parent);
        }
        try {
            Durable.createOwnDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            } // else another process made it in this very moment
        }
    }

    /** The directory, without symbolic links in its path. */
    public Path directory() {
        return paths.root();
    }

    /** The images, by their names. */
    public Catalog catalog() {
        return catalog;
    }

    /** The layers that are added one by one. */
    public AddedLayers added() {
        return added;
    }

    /** What layers say, and what is seen of them. */
    public LayerTrees trees() {
        return trees;
    }

    /** Something that keeps what it is given from being collected; the caller closes it. */
    public Hold hold() {
        return Hold.open(paths, locks);
    }

    /** Imports what {@code source} holds; {@code hold} is given what the image needs. */
    public Descriptor importImage(Path source, ImportOptions options, Hold hold) throws IOException {
        ImageName.check(options.tag());
        return ImageImport.run(paths, locks, references, sources -> sources.open(source), options, hold);
    }

    /**
     * Imports an image from a stream, which is read to its end.
     *
     * @param what it is, for messages
     */
    public Descriptor importImage(InputStream in, String what, ImportOptions options, Hold hold) throws IOException {
        ImageName.check(options.tag());
        return ImageImport.run(paths, locks, references, sources -> sources.open(in, what), options, hold);
    }

    /**
     * Imports an image that lies elsewhere, by one pass over the bytes of each layer that is not here; {@code hold} is given
     * what the image needs.
     *
     * @param atOnce how many layers are read at the same time
     * @param hold is given what the image needs
     */
    public Descriptor importImage(ImageSource source, ImportOptions options, int atOnce, Hold hold) throws IOException {
        ImageName.check(options.tag());
        return ImageImport.run(paths, locks, references, source, options, atOnce, hold);
    }

    /** Makes images of others. */
    public DerivedImages derivedImages(Hold hold) {
        return new DerivedImages(paths, locks, references, hold, added::settled);
    }

    /** Makes an image of layers that are here, base first. */
    public Descriptor createImage(List<Digest> diffIds, Platform platform, Hold hold) throws IOException {
        hold.addBlobs(diffIds);
        List<ImageSource.Layer> layers = new ArrayList<>();
        for (Digest diffId : diffIds) {
            Path tar = tar(diffId);
            if (tar == null) {
                throw new NoSuchFileException(diffId.toString(), null, "no layer of this diff id in the store");
            }
            ImageFiles.ImageFile file = new ImageFiles.ImageFile(diffId.toString(), tar, 0, Files.size(tar));
            layers.add(new ImageSource.Layer(file, null, diffId));
        }
        ImportOptions options = ImportOptions.DEFAULT
                .withPlatform(platform)
                .withMaxLayerSize(Long.MAX_VALUE)
                .withMaxImageSize(Long.MAX_VALUE);
        Descriptor made = ImageImport.run(
                paths, locks, references, Sources.plain(platform, layers), options, Work.PROCESSORS, hold);
        added.settled(diffIds);
        return made;
    }

    /** The tar of a layer; null where there is none of that name. */
    public @Nullable Path tar(Digest diffId) {
        Path tar = paths.blob(diffId);
        return Files.isRegularFile(tar) ? tar : null;
    }

    /** A directory of its own for one mount of the kernel, in the store; deleted when it is closed. */
    public MountArea newMountArea() throws IOException {
        return MountArea.create(paths, locks);
    }

    /** Gives what dead processes left of their mounts to {@code ending}, and then deletes it. */
    public void cleanMountAreas(MountArea.Ending ending) throws IOException {
        MountArea.clean(paths, locks, ending);
    }

    /** Where something is unpacked in some form; it need not be there. */
    public Path unpacked(Digest name, String form) {
        return paths.unpacked(name, form);
    }

    /** Makes a directory, in {@code making}, that is seen at {@code target} when it is whole; nothing where it is there. */
    public void publishDirectory(Path target, Publishing making) throws IOException {
        locks.requireWritable();
        try (StoreLocks.Held held = locks.lock("unpacked " + target.getFileName())) {
            if (Files.isDirectory(target)) {
                return;
            }
            try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
                Path directory = Files.createDirectory(temp.newPath(".unpacked"));
                making.make(directory);
                Durable.publish(directory, target);
            }
        }
    }

    /** Fills a directory. */
    public interface Publishing {
        void make(Path directory) throws IOException;
    }

    /** What is seen of a stack of layers, to be written until it is closed. */
    public WritableView writable(Digest image, List<Digest> diffIds, long quota) throws IOException {
        Hold hold = hold();
        try {
            hold.addImage(image, diffIds);
            View below = trees.view(diffIds);
            return UpperView.over(below, quota, () -> new TemporaryScratch(paths, hold), InstantSource.system());
        } catch (IOException | RuntimeException | Error e) {
            hold.close();
            throw e;
        }
    }

    private ScratchDirectory newScratch() {
        return new TemporaryScratch(paths, null);
    }

    /** Notes that an image is used now, for those who collect what was used least recently. */
    public void used(Digest image) {
        lastUse.note(image);
    }

    /** The writable views that have names. */
    public Views views() {
        return views;
    }

    /** What signs the image that has this manifest, as it lies in this store. */
    public StoredSignatures signatures() {
        return new StoredSignatures(paths, locks, references);
    }

    /**
     * What takes images out of the store, with their layers compressed so; the caller closes it.
     *
     * @param threads how many compress
     */
    public Outgoing outgoing(LayerCompression compression, int threads, ProgressListener listener) throws IOException {
        TempArea temp = TempArea.create(paths.temporary(), locks);
        return new Outgoing(paths, temp, signatures(), compression, threads, listener);
    }

    /** Saves images. */
    public void save(List<Image> images, Path target, SaveOptions options) throws IOException {
        options.names().forEach(ImageName::check);
        ImageSave save = new ImageSave(target, options);
        save.checkTarget();
        save(images, options, save::write);
    }

    /** Writes images for other tools to a stream, which stays open. */
    public void save(List<Image> images, OutputStream out, SaveOptions options) throws IOException {
        options.names().forEach(ImageName::check);
        if (options.format() == SaveOptions.Format.OCI_DIRECTORY) {
            throw new IllegalArgumentException("an OCI image layout that is a directory cannot be written to a stream");
        }
        save(images, options, going -> ImageSave.write(going, out, options));
    }

    private interface Saving {
        void save(List<OutgoingImage> going) throws IOException;
    }

    private void save(List<Image> images, SaveOptions options, Saving saving) throws IOException {
        try (Outgoing outgoing = outgoing(ImageSave.compression(options), options.threads(), options.listener())) {
            List<OutgoingImage> going = new ArrayList<>();
            for (Image image : images) {
                List<String> names = options.names().isEmpty() ? image.tags() : options.names();
                OutgoingImage made = outgoing.image(catalog.find(image.digest()), names);
                going.add(made.requireTrueNames(options.names().isEmpty()));
            }
            saving.save(going);
        }
    }

    /** Removes what need not be kept. */
    public GcReport collect(GcOptions options) throws IOException {
        return new Collector(paths, locks, references, views, () -> {}).run(options);
    }

    /** What all costs. */
    public StoreUsage usage() throws IOException {
        return UsageSurvey.run(paths, locks, references, views);
    }

    /** Hashes every blob, and compares every index with what its tars give. */
    public Verification verify(ProgressListener listener) throws IOException {
        return new Verifier(paths, locks, this, indexes, listener).run();
    }

    @Override
    public void close() throws IOException {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            added.close();
        } finally {
            locks.close();
        }
    }
}
