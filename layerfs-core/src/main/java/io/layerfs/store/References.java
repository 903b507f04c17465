package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.blob.NamedFiles;
import io.layerfs.host.Durable;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.ImageName;
import io.layerfs.oci.LayoutIndex;
import io.layerfs.oci.LayoutIndex.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The store's {@code index.json}: which images there are, and their names. Others write it, too, so that it is read again when it
 * may have changed, and what they wrote that is of no use here is left as it is; replaced whole. A name is in it once, as far as
 * it was written here.
 */
final class References {

    private static final String LOCK_NAME = "index.json";
    private static final byte[] MARKER = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII);

    private final StorePaths paths;
    private final StoreLocks locks;
    private final KnownIndex known;
    private final Reserve reserve;

    References(StorePaths paths, StoreLocks locks) {
        this.paths = paths;
        this.locks = locks;
        this.known = new KnownIndex(paths.references());
        this.reserve = new Reserve(paths, locks);
    }

    /** Makes the directory an image layout, where it is none yet; where its mark is, the directories survive a crash. */
    void initialize() throws IOException {
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            if (!NamedFiles.exists(paths.marker())) {
                syncName(paths.root());
                Durable.makeDirectories(paths.blobs().resolve("sha256"));
                Durable.sync(paths.blobs());
                if (!NamedFiles.exists(paths.references())) {
                    write(LayoutIndex.empty());
                }
                mark();
            }
            reserve.fill();
        }
    }

    /** Last of all; whoever next writes {@code index.json} has its name survive a crash, and whoever opens it makes it again. */
    private void mark() throws IOException {
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            Path file = new Publication(temp).write(out -> out.write(MARKER));
            temp.syncs().await();
            Files.move(file, paths.marker(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** A directory that may not be read cannot be synced; what is in it is there when the system says so. */
    private static void syncName(Path directory) throws IOException {
        Path parent = directory.getParent();
        if (parent != null && Files.isReadable(parent)) {
            Durable.sync(parent);
        }
    }

    /** The whole document, in the order in which images came. */
    LayoutIndex index() throws IOException {
        return known.read();
    }

    /** The images, and what is said of them, in the order in which they came. */
    List<Descriptor> list() throws IOException {
        return index().descriptors();
    }

    /** Adds an image, and takes its name, if it has one, from the image that had it; that one stays. */
    void put(Descriptor image) throws IOException {
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            put(image, new Publication(temp));
        }
    }

    /** The same when {@code publication}, of what it refers to, is finished; to sync them together takes less time. */
    void put(Descriptor image, Publication publication) throws IOException {
        if (!image.isStatement()) {
            ImageName.check(image.name());
        }
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            LayoutIndex changed = with(image);
            Path file = changed == null ? null : publication.write(changed::write);
            publication.finish();
            if (file != null) {
                Durable.rename(file, paths.references());
                reserve.fill();
            }
        }
    }

    /** All with one more; null where it is among them already. */
    private @Nullable LayoutIndex with(Descriptor image) throws IOException {
        String name = image.name();
        LayoutIndex index = index();
        List<Entry> kept = new ArrayList<>(index.entries().size() + 1);
        List<Entry> renamed = new ArrayList<>();
        for (Entry entry : index.entries()) {
            boolean same = entry.isOf(image.digest()) && entry.defect() == null;
            if (name != null && entry.isNamed(name)) {
                renamed.add(entry);
            } else if (name == null && same && isImage(entry)) {
                return null;
            } else if (!same || isNamed(entry)) {
                kept.add(entry);
            }
        }
        if (renamed.size() == 1
                && renamed.get(0).isOf(image.digest())
                && renamed.get(0).defect() == null) {
            return null;
        }
        kept.add(Entry.of(image));
        renamed.forEach(old -> addUnnamed(kept, old));
        return index.with(kept);
    }

    private static boolean isNamed(Entry entry) {
        return entry.descriptor() != null && entry.descriptor().name() != null;
    }

    private static boolean isImage(Entry entry) {
        return entry.descriptor() != null && !entry.descriptor().isStatement();
    }

    /** What {@code name} names, as {@link #change} wants it. */
    interface Change {
        @Nullable
        Descriptor apply(List<Descriptor> known) throws IOException;
    }

    /** Puts another entry in the place of those of a name, with nobody else changing them meanwhile; null stands for none. */
    void change(String name, Change change) throws IOException {
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            LayoutIndex index = index();
            List<Entry> kept = new ArrayList<>(index.entries());
            List<Descriptor> before = new ArrayList<>();
            kept.removeIf(entry -> entry.isNamed(name) && before.add(entry.descriptor()));
            Descriptor made = change.apply(before);
            if (made != null) {
                kept.add(Entry.of(made.named(name)));
            }
            write(index.with(kept));
        }
    }

    /**
     * Removes a name, whether an image can have it or not; the image stays, without one, if it has no other. Answers whether there
     * was such a name.
     */
    boolean remove(String name) throws IOException {
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            LayoutIndex index = index();
            List<Entry> kept = new ArrayList<>(index.entries());
            List<Entry> removed = new ArrayList<>();
            kept.removeIf(entry -> entry.isNamed(name) && removed.add(entry));
            removed.forEach(entry -> addUnnamed(kept, entry));
            if (!removed.isEmpty()) {
                write(index.with(kept));
            }
            return !removed.isEmpty();
        }
    }

    /** Removes images with all their names; answers whether there was one of them. */
    boolean removeImages(Set<Digest> digests) throws IOException {
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            LayoutIndex index = index();
            List<Entry> kept = new ArrayList<>(index.entries());
            boolean removed = kept.removeIf(entry -> entry.descriptor() != null
                    && digests.contains(entry.descriptor().digest()));
            if (removed) {
                write(index.with(kept));
            }
            return removed;
        }
    }

    /**
     * Removes what {@code reference} means: by a name of several, that name; else the image with all its names. Answers
     * whether there was such an image.
     */
    boolean removeReference(String reference) throws IOException {
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            ImageQuery query = ImageQuery.parse(reference);
            Descriptor image = find(query);
            Descriptor found = image == null ? query.named() : image;
            if (found == null) {
                return false;
            }
            LayoutIndex index = index();
            List<Entry> kept = new ArrayList<>(index.entries());
            boolean byName = query.isByName(found);
            kept.removeIf(entry -> byName && entry.isNamed(reference));
            if (!byName || kept.stream().noneMatch(other -> isNameOf(other, found))) {
                kept.removeIf(other -> other.isOf(found.digest()));
            }
            write(index.with(kept));
            return true;
        }
    }

    private static boolean isNameOf(Entry other, Descriptor image) {
        return other.isOf(image.digest()) && isNamed(other) && isImage(other);
    }

    private static void addUnnamed(List<Entry> kept, Entry entry) {
        Descriptor image = entry.descriptor();
        if (image != null
                && !image.isStatement()
                && kept.stream().noneMatch(other -> other.isOf(image.digest()) && isImage(other))) {
            kept.add(Entry.of(image.bare()));
        }
    }

    /** The image that is asked for; null for none. */
    @Nullable
    Descriptor find(ImageQuery query) throws IOException {
        for (Entry entry : index().entries()) {
            if (entry.descriptor() != null) {
                query.add(entry.descriptor());
            }
        }
        return query.found();
    }

    private void write(LayoutIndex index) throws IOException {
        reserve.replace(index::write, paths.references());
    }
}
