package io.layerfs.store;

import io.layerfs.Changeset;
import io.layerfs.Digest;
import io.layerfs.ImportOptions;
import io.layerfs.blob.Blob;
import io.layerfs.blob.FileOwner;
import io.layerfs.erofs.DamagedIndexException;
import io.layerfs.erofs.ErofsImage;
import io.layerfs.erofs.ErofsWriter;
import io.layerfs.host.Durable;
import io.layerfs.memory.Allowance;
import io.layerfs.tar.LayerTarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The indexes of layers and of stacks of layers: opened where they are there and sound, else built from the tars. */
final class Indexes {

    /** How many layers may lie on top of a merged index, and how large their own indexes may be in all. */
    private static final int MAX_UNMERGED = 8;

    private static final long MAX_UNMERGED_SIZE = 512 << 10;

    private final StorePaths paths;
    private final StoreLocks locks;

    Indexes(StorePaths paths, StoreLocks locks) {
        this.paths = paths;
        this.locks = locks;
    }

    /** The index of a layer of the store. */
    ErofsImage layer(Digest diffId) throws IOException {
        Path target = paths.layerIndex(diffId);
        Path file = place(target);
        List<Blob> devices = List.of(Blob.open(paths.blob(diffId)));
        try {
            return ErofsImage.open(file, devices);
        } catch (NoSuchFileException | DamagedIndexException e) {
            try (StoreLocks.Held held = locks.lock(lockName(paths, target))) {
                ErofsImage built = builtByAnother(place(target), devices);
                return built == null ? buildLayer(target, diffId) : built;
            }
        }
    }

    /**
     * The name of the lock that is held while an index is built and opened: so that it is built once, however many threads and
     * processes want it, and not collected before it is open.
     */
    static String lockName(StorePaths paths, Path index) {
        return "build " + paths.root().relativize(index);
    }

    private static @Nullable ErofsImage builtByAnother(Path file, List<Blob> devices) throws IOException {
        try {
            return ErofsImage.open(file, devices);
        } catch (NoSuchFileException | DamagedIndexException e) {
            return null;
        }
    }

    /** Builds the index of a layer anew. */
    ErofsImage rebuildLayer(Digest diffId) throws IOException {
        Path file = paths.layerIndex(diffId);
        try (StoreLocks.Held held = locks.lock(lockName(paths, file))) {
            return buildLayer(file, diffId);
        }
    }

    private ErofsImage buildLayer(Path file, Digest diffId) throws IOException {
        Blob tar = Blob.open(paths.blob(diffId));
        Changeset changes = parse(diffId, tar);
        Path built = build(file, index -> ErofsWriter.writeLayer(changes, tar, index));
        return ErofsImage.open(built, List.of(tar));
    }

    private Changeset parse(Digest diffId, Blob tar) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(tar.file()), 64 << 10)) {
            return LayerTarReader.read(in, tar);
        } catch (io.layerfs.MalformedLayerException e) {
            throw new io.layerfs.MalformedLayerException("layer " + diffId + ": " + e.getMessage(), e);
        }
    }

    /**
     * How many layers, from the base, a merged index need have for a view of all of them: all, unless just a few small ones
     * are on top of a merged index that is there.
     */
    int mergedPrefix(List<Digest> diffIds) throws IOException {
        long size = 0;
        for (int merged = diffIds.size(); merged > 0 && diffIds.size() - merged <= MAX_UNMERGED; merged--) {
            if (Files.exists(place(paths.chainIndex(diffIds.subList(0, merged))))) {
                return merged;
            }
            size += indexSize(diffIds.get(merged - 1));
            if (size > MAX_UNMERGED_SIZE) {
                break;
            }
        }
        return diffIds.size();
    }

    private long indexSize(Digest diffId) throws IOException {
        try {
            return Files.size(place(paths.layerIndex(diffId)));
        } catch (NoSuchFileException e) {
            return MAX_UNMERGED_SIZE;
        }
    }

    /** The merged index of a stack of layers of the store, base first. */
    ErofsImage chain(List<Digest> diffIds) throws IOException {
        Path target = paths.chainIndex(diffIds);
        Path file = place(target);
        try {
            return locks.openIndexes().get(file, () -> ErofsImage.open(file, devices(diffIds)));
        } catch (NoSuchFileException | DamagedIndexException e) {
            try (StoreLocks.Held held = locks.lock(lockName(paths, target))) {
                ErofsImage built = builtByAnother(place(target), devices(diffIds));
                return built == null ? buildChain(target, diffIds) : built;
            }
        }
    }

    private List<Blob> devices(List<Digest> diffIds) throws IOException {
        List<Blob> devices = new ArrayList<>();
        for (Digest diffId : diffIds) {
            devices.add(Blob.open(paths.blob(diffId)));
        }
        return devices;
    }

    /** Builds the merged index of a stack of layers anew, from sound indexes of its layers. */
    ErofsImage rebuildChain(List<Digest> diffIds) throws IOException {
        Path file = paths.chainIndex(diffIds);
        try (StoreLocks.Held held = locks.lock(lockName(paths, file))) {
            return buildChain(file, diffIds);
        }
    }

    private ErofsImage buildChain(Path file, List<Digest> diffIds) throws IOException {
        try {
            return mergeChain(file, diffIds);
        } catch (DamagedIndexException e) {
            for (Digest diffId : diffIds) {
                rebuildLayer(diffId);
            }
            return mergeChain(file, diffIds);
        }
    }

    private ErofsImage mergeChain(Path file, List<Digest> diffIds) throws IOException {
        Budget budget = new Budget(ImportOptions.DEFAULT);
        for (Digest diffId : new HashSet<>(diffIds)) {
            budget.came(Files.size(paths.blob(diffId)));
        }
        try (Allowance memory = budget.memory()) {
            LayerStack stack = new LayerStack(this::layer, memory);
            List<Blob> devices = new ArrayList<>();
            Path built = build(file, index -> devices.addAll(stack.merge(diffIds, index)));
            return ErofsImage.open(built, devices);
        }
    }

    private interface Writer {
        void write(Path file) throws IOException;
    }

    /** Where an index is: elsewhere, if the store cannot be written, and this process had to build it. */
    Path place(Path target) {
        return locks.madeElsewhere().getOrDefault(target, target);
    }

    /** Answers where it is now. */
    private Path build(Path target, Writer writer) throws IOException {
        if (locks.isReadOnly()) {
            Path file = locks.ownArea(paths.temporary()).newPath(".erofs");
            writer.write(file);
            locks.madeElsewhere().put(target, file);
            return file;
        }
        try (TempArea temp = TempArea.create(paths.temporary(), locks)) {
            Path file = temp.newPath(".erofs");
            writer.write(file);
            Durable.sync(file);
            FileOwner.asDirectory(file);
            Durable.makeDirectories(Objects.requireNonNull(target.getParent(), "an index has a directory"));
            // a crash may take its name away: then it is built again
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return target;
        }
    }
}
