package io.layerfs.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * A directory of one process beside a target of the host, for what is put there when it is whole. A process that is killed leaves it;
 * it is known by its name and its free lock, as in a store, and goes with the next that saves there.
 */
final class SaveArea implements AutoCloseable {

    private static final String PREFIX = ".layerfs-";

    /** So long may pass until a directory has its lock. */
    private static final Duration MAKING = Duration.ofMinutes(1);

    private final ProcessArea area;

    private SaveArea(ProcessArea area) {
        this.area = area;
    }

    /** A new one in {@code parent}. */
    static SaveArea create(Path parent) throws IOException {
        clean(parent);
        return new SaveArea(ProcessArea.locked(parent.resolve(PREFIX + UUID.randomUUID())));
    }

    private static void clean(Path parent) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*-*-*-*-*")) {
            for (Path path : found) {
                if (Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS) && isLeft(path)) {
                    ProcessArea.deleteDead(path);
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return; // who cannot list the directory saves there all the same
        }
    }

    private static boolean isLeft(Path path) throws IOException {
        try {
            FileTime made = Files.getLastModifiedTime(path);
            return made.toInstant().isBefore(Instant.now().minus(MAKING)) || Files.exists(path.resolve("lock"));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** A path at which nothing is. */
    Path newPath() {
        return area.newPath("");
    }

    @Override
    public void close() throws IOException {
        area.close();
    }
}
