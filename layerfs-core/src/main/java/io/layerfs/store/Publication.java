package io.layerfs.store;

import io.layerfs.blob.FileOwner;
import io.layerfs.blob.NamedFiles;
import io.layerfs.host.Durable;
import io.layerfs.host.NewFile;
import io.layerfs.host.Syncs;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Files on their way into a store, together: what they hold is synced, then all are moved, then their directories are synced, side
 * by side each time, since a disk takes many in the time of one. Where that fails, those that are in their place already are
 * taken back: nothing refers to them yet.
 */
final class Publication {

    private static final int BUFFER = 64 << 10;

    private final TempArea temp;
    private final Map<Path, Path> moves = new LinkedHashMap<>();
    private final Set<Path> derived = new HashSet<>();
    private final List<Path> created = new ArrayList<>();

    Publication(TempArea temp) {
        this.temp = temp;
    }

    /** Has {@link #finish} move a file, which is among the {@link TempArea#syncs}, to its place; one there is replaced by its equal. */
    void move(Path written, Path target) {
        moves.put(written, target);
    }

    /** The same of a file that can be made anew: a crash may take its name away, and it is not waited for that. */
    void moveDerived(Path written, Path target) {
        moves.put(written, target);
        derived.add(target);
    }

    /** The same of a small file that must stay. */
    void write(byte[] bytes, Path target) throws IOException {
        move(write(out -> out.write(bytes)), target);
    }

    /** What a file is to hold. */
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** A file that is synced when {@link #finish} returns, and then the caller's to move. */
    Path write(Content content) throws IOException {
        Path file = temp.newPath(".json");
        try (NewFile out = new NewFile(file)) {
            FileOwner.asDirectory(file);
            BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER);
            content.writeTo(buffered);
            buffered.flush();
            out.finish(temp.syncs());
        }
        return file;
    }

    /** Returns when all of it is in its place, and survives a crash of the machine: then it may be referred to. */
    void finish() throws IOException {
        temp.requireWritable();
        try {
            temp.syncs().await();
            Set<Path> directories = new LinkedHashSet<>();
            for (Map.Entry<Path, Path> file : moves.entrySet()) {
                Path directory = move(file);
                if (!derived.contains(file.getValue())) {
                    directories.add(directory);
                }
            }
            Syncs syncs = new Syncs();
            directories.forEach(syncs::add);
            syncs.await();
        } catch (IOException | RuntimeException | Error e) {
            undo(e);
            throw e;
        }
    }

    /** Answers the directory that it is in now. */
    private Path move(Map.Entry<Path, Path> file) throws IOException {
        Path target = file.getValue();
        boolean known = NamedFiles.exists(target);
        Path directory = Objects.requireNonNull(target.getParent(), "a file of a store has a directory");
        if (derived.contains(target)) {
            Durable.makeDirectories(directory);
        } else {
            Durable.createDirectories(directory);
        }
        FileOwner.asDirectory(file.getKey());
        Files.move(file.getKey(), target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (!known) {
            created.add(target);
        }
        return directory;
    }

    private void undo(Throwable cause) {
        for (Path path : created) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }
}
