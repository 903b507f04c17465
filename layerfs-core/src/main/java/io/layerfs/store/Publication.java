package io.layerfs.store;

import io.layerfs.blob.NamedFiles;
import io.layerfs.host.Durable;
import io.layerfs.host.NewFile;
import io.layerfs.host.Syncs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Files on their way into a store, one after the other; can be taken back as long as nothing refers to them. Files are synced
 * before they are moved, directories once, at the end, side by side: a disk takes many in the time of one.
 */
final class Publication {

    private final TempArea temp;
    private final Map<Path, Path> written = new LinkedHashMap<>();
    private final List<Path> created = new ArrayList<>();
    private final Set<Path> directories = new LinkedHashSet<>();

    Publication(TempArea temp) {
        this.temp = temp;
    }

    /** Moves a finished file, which is {@linkplain Durable#sync synced}, to its place; one that is there is replaced by its equal. */
    void move(Path synced, Path target) throws IOException {
        boolean known = NamedFiles.exists(target);
        Path directory = Objects.requireNonNull(target.getParent(), "a file of a store has a directory");
        if (directories.add(directory)) {
            Durable.createDirectories(directory);
        }
        Files.move(synced, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (!known) {
            created.add(target);
        }
    }

    /** Writes a small file, which {@link #finish} moves to its place. */
    void write(byte[] bytes, Path target) throws IOException {
        Path file = temp.newPath(".json");
        try (NewFile out = new NewFile(file)) {
            out.write(bytes);
            out.finish(temp.syncs());
        }
        written.put(file, target);
    }

    /** Returns when all of it is in its place, and survives a crash of the machine: then it may be referred to. */
    void finish() throws IOException {
        temp.syncs().await();
        for (Map.Entry<Path, Path> file : written.entrySet()) {
            move(file.getKey(), file.getValue());
        }
        Syncs syncs = new Syncs();
        directories.forEach(syncs::add);
        syncs.await();
    }

    /** Takes back what was new, because of a failure. */
    void undo(Exception cause) {
        for (Path path : created) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }
}
