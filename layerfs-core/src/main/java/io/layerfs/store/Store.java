package io.layerfs.store;

import io.layerfs.Changeset;
import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerCompression;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.SaveOptions;
import io.layerfs.Verification;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.erofs.DamagedIndexException;
import io.layerfs.host.Durable;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageConfig;
import io.layerfs.oci.ImageFiles;
import io.layerfs.oci.ImageSource;
import io.layerfs.oci.Manifest;
import io.layerfs.oci.OutgoingImage;
import io.layerfs.union.Union;
import io.layerfs.upper.AppliedLayer;
import io.layerfs.upper.ScratchDirectory;
import io.layerfs.upper.UpperView;
import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store's directory: what {@code LayerStore} is made of. Safe for many threads and processes. */
public final class Store implements AutoCloseable {

    private final StorePaths paths;
    private final StoreLocks locks;
    private final References references;
    private final Indexes indexes;
    private final Views views;

    private Store(StorePaths paths, StoreLocks locks) {
        this.paths = paths;
        this.locks = locks;
        this.references = new References(paths, locks);
        this.indexes = new Indexes(paths, locks);
        this.views = new Views(paths, this::mergedView, this::newScratch);
    }

    /** Opens the store in {@code directory}, or makes one there; removes what dead processes left unfinished. */
    public static Store open(Path directory) throws IOException {
        createPrivate(directory);
        StorePaths paths = new StorePaths(directory.toRealPath());
        Durable.createDirectories(paths.derived());
        StoreLocks locks = StoreLocks.open(paths.lock());
        try {
            Store store = new Store(paths, locks);
            Files.createDirectories(paths.temporary());
            store.references.initialize();
            TempArea.clean(paths.temporary(), locks);
            return store;
        } catch (IOException | RuntimeException e) {
            locks.close();
            throw e;
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
            if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectory(directory);
            }
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            } // else another process made it in this very moment
        }
    }

    /** An image's documents. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Documents(Descriptor manifest, Manifest parsed, byte[] config, ImageConfig parsedConfig) {}

    /** The directory, without symbolic links in its path. */
    public Path directory() {
        return paths.root();
    }

    /** Imports what {@code source} holds. */
    public Descriptor importImage(Path source, ImportOptions options) throws IOException {
        if (options.tag() != null) {
            References.check(options.tag());
        }
        return ImageImport.run(paths, locks, references, source, options);
    }

    /** Adds a layer's tar, plain or compressed; the stream stays open. */
    public Digest addLayer(String what, InputStream tar, long limit) throws IOException {
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            StagedLayer staged = StagedLayer.read(what, () -> new Unclosed(tar), null, limit, temp);
            Publication publication = new Publication(temp);
            try (StoreLocks.Held held = locks.lock(staged.diffId().toString())) {
                publication.move(staged.tar(), paths.blob(staged.diffId()));
                publication.move(staged.index(), paths.layerIndex(staged.diffId()));
                publication.finish();
            } catch (IOException | RuntimeException e) {
                publication.undo(e);
                throw e;
            }
            return staged.diffId();
        }
    }

    /** Writes the tar of a layer. */
    public interface TarWriter {
        /** Writes all of it; the stream stays open. */
        void write(OutputStream out) throws IOException;
    }

    /** Adds a layer that is yet to be written. */
    public Digest addLayer(TarWriter writer) throws IOException {
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            Path tar = temp.newPath(".written");
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar), 1 << 16)) {
                writer.write(out);
            }
            try (InputStream in = Files.newInputStream(tar)) {
                return addLayer("layer", in, Long.MAX_VALUE);
            }
        }
    }

    /** Makes images of others. */
    public DerivedImages derivedImages() {
        return new DerivedImages(paths, locks, references);
    }

    /** A stream whose end is its owner's. */
    private static final class Unclosed extends FilterInputStream {
        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }

    /** Makes an image of layers that are here, base first. */
    public Descriptor createImage(List<Digest> diffIds, Platform platform) throws IOException {
        List<ImageSource.Layer> layers = new ArrayList<>();
        for (Digest diffId : diffIds) {
            Path tar = tar(diffId);
            if (tar == null) {
                throw new NoSuchFileException(diffId.toString(), null, "no layer of this diff id in the store");
            }
            ImageFiles.ImageFile file = new ImageFiles.ImageFile(diffId.toString(), tar, 0, Files.size(tar));
            layers.add(new ImageSource.Layer(file, null, diffId));
        }
        ImportOptions options = ImportOptions.DEFAULT.withPlatform(platform).withMaxLayerSize(Long.MAX_VALUE);
        return ImageImport.run(paths, locks, references, Sources.plain(platform, layers), options);
    }

    /** The tar of a layer; null where there is none of that name. */
    public @Nullable Path tar(Digest diffId) {
        Path tar = paths.blob(diffId);
        return Files.isRegularFile(tar) ? tar : null;
    }

    /** What a layer says. */
    public Changeset changeset(Digest diffId) throws IOException {
        return indexes.layer(diffId).changeset();
    }

    /** What is seen of a stack of layers, base first: of a merged index, or of one with a few small layers on top. */
    public View view(List<Digest> diffIds) throws IOException {
        int merged = indexes.mergedPrefix(diffIds);
        if (merged == diffIds.size()) {
            return mergedView(diffIds);
        }
        try {
            View view = mergedView(diffIds.subList(0, merged));
            for (Digest diffId : diffIds.subList(merged, diffIds.size())) {
                view = AppliedLayer.on(view, indexes.layer(diffId).changeset());
            }
            return view;
        } catch (DamagedIndexException e) {
            return mergedView(diffIds);
        }
    }

    /** The same of a merged index, so that inode numbers are those that every view of these layers has. */
    private View mergedView(List<Digest> diffIds) throws IOException {
        return new HealingView(
                indexes.chain(diffIds).view(),
                () -> indexes.rebuildChain(diffIds).view());
    }

    /** The merged index of a stack of layers, base first, which is built where it is missing. */
    public MergedIndex mergedIndex(List<Digest> diffIds) throws IOException {
        View view = mergedView(diffIds);
        return new MergedIndex(
                view,
                paths.chainIndex(diffIds),
                diffIds.stream().map(paths::blob).toList());
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

    /** What a stack of layers says in all, base first. */
    public Changeset merged(List<Digest> diffIds) throws IOException {
        List<Changeset> changesets = new ArrayList<>();
        for (Digest diffId : diffIds) {
            changesets.add(changeset(diffId));
        }
        return Union.merge(changesets);
    }

    /** Makes a directory, in {@code making}, that is seen at {@code target} when it is whole; nothing where it is there. */
    public void publishDirectory(Path target, Publishing making) throws IOException {
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
    public WritableView writable(List<Digest> diffIds, long quota) throws IOException {
        return UpperView.over(view(diffIds), quota, this::newScratch, InstantSource.system());
    }

    private ScratchDirectory newScratch() {
        return new TemporaryScratch(paths);
    }

    /** The writable views that have names. */
    public Views views() {
        return views;
    }

    /** All images, each as often as it has names. */
    public List<Descriptor> references() throws IOException {
        return references.list();
    }

    /** The image that {@code reference} means. */
    public Descriptor find(String reference) throws IOException {
        Descriptor image = references.find(reference);
        if (image == null) {
            throw new NoSuchFileException(paths.root().toString(), null, "no image '" + reference + "' in this store");
        }
        return image;
    }

    /** The documents of an image. */
    public Documents documents(Descriptor image) throws IOException {
        byte[] bytes = read(image);
        Manifest manifest = Manifest.parse("manifest " + image.digest(), bytes, image.mediaType());
        byte[] config = read(manifest.config());
        String what = "config " + manifest.config().digest();
        return new Documents(image, manifest, config, ImageConfig.parse(what, config));
    }

    private byte[] read(Descriptor descriptor) throws IOException {
        Path file = paths.blob(descriptor.digest());
        byte[] bytes = Files.readAllBytes(file);
        descriptor.check(file.toString(), bytes);
        return bytes;
    }

    /**
     * What takes images out of the store, with their layers compressed so; the caller closes it.
     *
     * @param threads how many compress
     */
    public Outgoing outgoing(LayerCompression compression, int threads, ProgressListener listener) throws IOException {
        return new Outgoing(paths, TempArea.create(paths.temporary(), locks), compression, threads, listener);
    }

    /** Saves images. */
    public void save(List<Image> images, Path target, SaveOptions options) throws IOException {
        options.names().forEach(References::check);
        ImageSave save = new ImageSave(target, options);
        save.checkTarget();
        try (Outgoing outgoing = outgoing(save.compression(), options.threads(), options.listener())) {
            List<OutgoingImage> going = new ArrayList<>();
            for (Image image : images) {
                List<String> names = options.names().isEmpty() ? image.tags() : options.names();
                going.add(outgoing.image(find(image.digest().toString()), names));
            }
            save.write(going);
        }
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

    /** Hashes every blob, and compares every index with what its tars give. */
    public Verification verify(ProgressListener listener) throws IOException {
        return new Verifier(paths, this, indexes, listener).run();
    }

    @Override
    public void close() throws IOException {
        locks.close();
    }
}
