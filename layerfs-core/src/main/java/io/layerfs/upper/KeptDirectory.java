package io.layerfs.upper;

import io.layerfs.host.Durable;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** The scratch files of a view that survives. */
final class KeptDirectory implements ScratchDirectory {

    private final Path directory;
    private final Closeable unlock;

    KeptDirectory(Path directory, Closeable unlock) {
        this.directory = directory;
        this.unlock = unlock;
    }

    @Override
    public Path directory() throws IOException {
        Durable.createDirectories(directory);
        return directory;
    }

    /** Deletes all but those of these numbers: what a crash left behind. */
    void deleteOthers(Set<Long> used) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (!used.contains(number(file))) {
                    Files.delete(file);
                }
            }
        }
    }

    private static long number(Path file) {
        try {
            return Long.parseUnsignedLong(file.getFileName().toString(), 16);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        unlock.close();
    }
}
