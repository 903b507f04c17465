package io.layerfs.store;

import io.layerfs.Changeset;
import io.layerfs.Digest;
import io.layerfs.GcOptions;
import io.layerfs.GcReport;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerCompression;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.SaveOptions;
import io.layerfs.StoreUsage;
import io.layerfs.Verification;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.blob.NamedFiles;
import io.layerfs.erofs.DamagedIndexException;
import io.layerfs.host.Durable;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageConfig;
import io.layerfs.oci.ImageFiles;
import io.layerfs.oci.ImageSource;
import io.layerfs.oci.Json;
import io.layerfs.oci.Manifest;
import io.layerfs.oci.MediaTypes;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A store's directory: what {@code LayerStore} is made of. Safe for many threads and processes. */
public final class Store implements AutoCloseable {

    private final StorePaths paths;
    private final StoreLocks locks;
    private final References references;
    private final Indexes indexes;
    private final Views views;
    private final LastUse lastUse;
    private final Map<Digest, Hold> added = new HashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private Store(StorePaths paths, StoreLocks locks) {
        this.paths = paths;
        this.locks = locks;
        this.references = new References(paths, locks);
        this.indexes = new Indexes(paths, locks);
        this.views = new Views(paths, this::mergedView, this::newScratch, this::hold);
        this.lastUse = new LastUse(paths);
    }

    /** Opens the store in {@code directory}, or makes one there; removes, once for each process, what dead ones left unfinished. */
    public static Store open(Path directory) throws IOException {
        createPrivate(directory);
        StorePaths paths = new StorePaths(directory.toRealPath());
        Durable.createDirectories(paths.derived());
        StoreLocks locks = StoreLocks.open(paths.lock());
        try {
            Store store = new Store(paths, locks);
            Files.createDirectories(paths.temporary());
            store.references.initialize();
            if (locks.isFirstUse()) {
                TempArea.clean(paths.temporary(), locks);
                TempArea.clean(paths.holds(), locks);
            }
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
    public record Documents(Descriptor manifest, Manifest parsed, byte[] config, ImageConfig parsedConfig) {

        /** Those of an image that has no layers yet, made of its config. */
        public static Documents ofNothing(byte[] config) throws IOException {
            Digest digest = Digest.sha256(config);
            Descriptor is = new Descriptor(MediaTypes.CONFIG, digest, config.length, null, Map.of());
            Platform platform = ImageConfig.parse("config " + digest, config).platform();
            return new Documents(is, new Manifest(is, List.of()), config, new ImageConfig(platform, List.of()));
        }

        /** The same with another config document. */
        public Documents withConfig(byte[] other) {
            return new Documents(manifest, parsed, other, parsedConfig);
        }
    }

    /** The directory, without symbolic links in its path. */
    public Path directory() {
        return paths.root();
    }

    /** Something that keeps what it is given from being collected; the caller closes it. */
    public Hold hold() {
        return Hold.open(paths, locks);
    }

    /** Imports what {@code source} holds; {@code hold} is given what the image needs. */
    public Descriptor importImage(Path source, ImportOptions options, Hold hold) throws IOException {
        if (options.tag() != null) {
            References.check(options.tag());
        }
        return ImageImport.run(paths, locks, references, source, options, hold);
    }

    /**
     * Imports an image that lies elsewhere, by one pass over the bytes of each layer that is not here; {@code hold} is given
     * what the image needs.
     *
     * @param atOnce how many layers are read at the same time
     * @param hold is given what the image needs
     */
    public Descriptor importImage(ImageSource source, ImportOptions options, int atOnce, Hold hold) throws IOException {
        if (options.tag() != null) {
            References.check(options.tag());
        }
        return ImageImport.run(paths, locks, references, source, options, atOnce, hold);
    }

    /**
     * Adds a layer's tar, plain or compressed; the stream stays open. The layer is held until it is in an image that was made
     * here, or this is closed.
     */
    public Digest addLayer(String what, InputStream tar, long limit) throws IOException {
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            StagedLayer staged = StagedLayer.read(what, () -> new Unclosed(tar), null, limit, temp);
            temp.syncs().await();
            hold(staged.diffId());
            try (StoreLocks.Held held = locks.lock(staged.diffId().toString())) {
                publish(staged, new Publication(temp));
            }
            return staged.diffId();
        }
    }

    private void publish(StagedLayer staged, Publication publication) throws IOException {
        try {
            publication.move(staged.tar(), paths.blob(staged.diffId()));
            publication.move(staged.index(), paths.layerIndex(staged.diffId()));
            publication.finish();
        } catch (IOException | RuntimeException e) {
            publication.undo(e);
            throw e;
        }
    }

    private void hold(Digest diffId) throws IOException {
        synchronized (added) {
            if (!added.containsKey(diffId)) {
                Hold hold = hold();
                hold.addBlobs(List.of(diffId));
                added.put(diffId, hold);
            }
        }
    }

    /** Layers that an image needs now are not held for themselves any more. */
    private void settled(List<Digest> diffIds) throws IOException {
        synchronized (added) {
            for (Digest diffId : diffIds) {
                Hold hold = added.remove(diffId);
                if (hold != null) {
                    hold.close();
                }
            }
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
            try (OutputStream out = new BufferedOutputStream(NamedFiles.newOutputStream(tar), 1 << 16)) {
                writer.write(out);
            }
            try (InputStream in = Files.newInputStream(tar)) {
                return addLayer("layer", in, Long.MAX_VALUE);
            }
        }
    }

    /** Makes images of others. */
    public DerivedImages derivedImages(Hold hold) {
        return new DerivedImages(paths, locks, references, hold, this::settled);
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
        ImportOptions options = ImportOptions.DEFAULT.withPlatform(platform).withMaxLayerSize(Long.MAX_VALUE);
        Descriptor made = ImageImport.run(
                paths, locks, references, Sources.plain(platform, layers), options, Work.PROCESSORS, hold);
        settled(diffIds);
        return made;
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
    public WritableView writable(Digest image, List<Digest> diffIds, long quota) throws IOException {
        Hold hold = hold();
        try {
            hold.addImage(image, diffIds);
            View below = view(diffIds);
            return UpperView.over(below, quota, () -> new TemporaryScratch(paths, hold), InstantSource.system());
        } catch (IOException | RuntimeException e) {
            hold.close();
            throw e;
        }
    }

    private ScratchDirectory newScratch() {
        return new TemporaryScratch(paths, null);
    }

    /** Notes that an image is used now, for those who collect what was used least recently. */
    public void used(Digest image) throws IOException {
        lastUse.note(image);
    }

    /** The writable views that have names. */
    public Views views() {
        return views;
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

    private byte[] read(Descriptor descriptor) throws IOException {
        Path file = paths.blob(descriptor.digest());
        byte[] bytes = Files.readAllBytes(file);
        descriptor.check(file.toString(), bytes);
        return bytes;
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

    /** Takes an image, with all its names, from the list of images; answers whether it was there. */
    public boolean remove(Digest image) throws IOException {
        return references.removeImages(Set.of(image));
    }

    /** Takes a name from an image, and the image from the list with the last one; or the image, by its digest. */
    public boolean remove(String reference) throws IOException {
        return references.removeReference(reference);
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
        return new Verifier(paths, this, indexes, listener).run();
    }

    @Override
    public void close() throws IOException {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            synchronized (added) {
                settled(List.copyOf(added.keySet()));
            }
        } finally {
            locks.close();
        }
    }
}
