package io.layerfs.store;

import io.layerfs.host.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files on their way into a store, one after the other; can be taken back as long as nothing refers to them. */
final class Publication {

    private final TempArea temp;
    private final List<Path> created = new ArrayList<>();

    Publication(TempArea temp) {
        this.temp = temp;
    }

    /** Moves a finished file to its place; a file that is there of the same size is replaced by its equal. */
    void move(Path temporary, Path target) throws IOException {
        boolean known = Files.exists(target);
        Durable.publish(temporary, target);
        if (!known) {
            created.add(target);
        }
    }

    /** Writes a small file to its place. */
    void write(byte[] bytes, Path target) throws IOException {
        Path file = temp.newPath(".json");
        Files.write(file, bytes);
        move(file, target);
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
