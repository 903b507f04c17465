package io.layerfs.store;

import io.layerfs.host.Durable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/** A file of the host that is there whole, or not at all: written beside its place, synced, and then renamed. */
public final class WholeFile {

    private WholeFile() {}

    /** Writes what is to be the file. */
    public interface Writing {
        /** Writes all of it to {@code path}. */
        void write(Path path) throws IOException;
    }

    /**
     * Has it written. A pipe or a device is written itself.
     *
     * @throws FileAlreadyExistsException where there is one, and it is not to be replaced
     */
    public static void write(Path target, boolean replace, Writing writing) throws IOException {
        if (Files.exists(target) && !Files.isRegularFile(target) && !Files.isDirectory(target)) {
            writing.write(target);
            return;
        }
        requireFree(target, replace);
        Path parent = Objects.requireNonNullElse(target.toAbsolutePath().getParent(), target);
        if (!Files.isDirectory(parent)) {
            throw new NoSuchFileException(target.toString(), null, "there is no directory " + parent);
        }
        try (SaveArea area = SaveArea.create(parent)) {
            Path path = area.newPath();
            writing.write(path);
            requireFree(target, replace);
            Durable.publish(path, target);
        }
    }

    private static void requireFree(Path target, boolean replace) throws FileAlreadyExistsException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && (!replace || Files.isDirectory(target))) {
            throw new FileAlreadyExistsException(target.toString(), null, "is there already");
        }
    }
}
