package io.layerfs.store;

import io.layerfs.blob.NamedFiles;
import io.layerfs.host.Durable;
import io.layerfs.host.NewFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Files on their way into a store, one after the other; can be taken back as long as nothing refers to them. Files are synced
 * when they are moved, directories once, at the end.
 */
final class Publication {

    private final TempArea temp;
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

    /** Writes a small file to its place. */
    void write(byte[] bytes, Path target) throws IOException {
        Path file = temp.newPath(".json");
        try (NewFile out = new NewFile(file)) {
            out.write(bytes);
            out.sync();
        }
        move(file, target);
    }

    /** Returns when all of it survives a crash of the machine: then it may be referred to. */
    void finish() throws IOException {
        for (Path directory : directories) {
            Durable.sync(directory);
        }
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
