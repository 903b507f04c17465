package io.layerfs.store;

import io.layerfs.host.Durable;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * A file of the host that is there whole, or not at all: written beside its place, synced, and then renamed. What is no file, as a
 * pipe or a device, and what this process has open already, as {@code /dev/stdout}, is written into, and never replaced.
 */
public final class WholeFile {

    private static final int BUFFER = 256 << 10;

    private WholeFile() {}

    /** Writes what is to be the file. */
    public interface Writing {
        /** Writes all of it to {@code out}, which stays open. */
        void write(OutputStream out) throws IOException;
    }

    /**
     * Has it written.
     *
     * @throws FileAlreadyExistsException where there is one, and it is not to be replaced
     */
    public static void write(Path target, boolean replace, Writing writing) throws IOException {
        if (isWrittenInto(target)) {
            writeInto(target, writing);
            return;
        }
        requireFree(target, replace);
        Path parent = Objects.requireNonNullElse(target.toAbsolutePath().getParent(), target);
        if (!Files.isDirectory(parent)) {
            throw new NoSuchFileException(target.toString(), null, "there is no directory " + parent);
        }
        try (SaveArea area = SaveArea.create(parent)) {
            Path path = area.newPath();
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path), BUFFER)) {
                writing.write(out);
            }
            requireFree(target, replace);
            Durable.publish(path, target);
        }
    }

    /** Whether what is there is written into: it is no file or directory, or a name of what this process has open. */
    static boolean isWrittenInto(Path target) throws IOException {
        if (!Files.exists(target) || Files.isDirectory(target)) {
            return false;
        }
        Path parent = target.toAbsolutePath().getParent();
        Path real = parent == null ? target : parent.toRealPath();
        return !Files.isRegularFile(target) || real.equals(Path.of("/dev")) || real.startsWith("/proc");
    }

    /** Writes into what is there, behind what a file has already; where whoever reads a pipe goes, it ends with that in words. */
    static void writeInto(Path target, Writing writing) throws IOException {
        try (OutputStream out = new BufferedOutputStream(
                Files.newOutputStream(target, StandardOpenOption.WRITE, StandardOpenOption.APPEND), BUFFER)) {
            writing.write(out);
        } catch (IOException e) {
            // the text is all that an IOException keeps of EPIPE
            if (String.valueOf(e.getMessage()).contains("Broken pipe")) {
                throw new IOException(target + ": whoever read it has gone before all was written", e);
            }
            throw e;
        }
    }

    private static void requireFree(Path target, boolean replace) throws FileAlreadyExistsException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && (!replace || Files.isDirectory(target))) {
            throw new FileAlreadyExistsException(target.toString(), null, "is there already");
        }
    }
}
