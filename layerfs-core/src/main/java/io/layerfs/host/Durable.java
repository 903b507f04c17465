package io.layerfs.host;

import io.layerfs.blob.NamedFiles;
import io.layerfs.blob.Uninterrupted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Files that are there whole or not at all, after a crash, too. */
public final class Durable {

    private static final Set<PosixFilePermission> OPEN_TO_OWNER = PosixFilePermissions.fromString("rwx------");

    private Durable() {}

    /** Puts {@code temporary} in the place of {@code target}: fsync, rename, fsync of the directory. */
    public static void publish(Path temporary, Path target) throws IOException {
        Path directory = Objects.requireNonNull(target.toAbsolutePath().getParent(), "a file has a directory");
        createDirectories(directory);
        sync(temporary);
        rename(temporary, target);
    }

    /** Puts a file, which is synced, in the place of {@code target}: rename, fsync of the directory. */
    public static void rename(Path synced, Path target) throws IOException {
        Files.move(synced, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(Objects.requireNonNull(target.toAbsolutePath().getParent(), "a file has a directory"));
    }

    /** Creates a directory and those above it, so that they are there after a crash. */
    public static void createDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            createDirectories(parent);
        }
        Files.createDirectories(directory);
        if (parent != null) {
            sync(parent);
        }
    }

    /**
     * Returns when a file's bytes, or a directory's names, are on the disk; in a thread that is interrupted, too, as what comes
     * before is done by then.
     */
    public static void sync(Path path) throws IOException {
        boolean isDirectory = Files.isDirectory(path);
        if (isDirectory && path.getFileSystem().getSeparator().equals("\\")) {
            return; // Windows opens no directory as a file, and needs no such sync
        }
        StandardOpenOption option = isDirectory ? StandardOpenOption.READ : StandardOpenOption.WRITE;
        try {
            Uninterrupted.run(() -> {
                try (FileChannel channel = FileChannel.open(path, option)) {
                    channel.force(true);
                    return path;
                }
            });
        } catch (IOException e) {
            throw NamedFiles.named(path, e);
        }
    }

    /**
     * Deletes a file, or a directory and all that is in it; links are not followed. What others delete meanwhile is no
     * failure: the kernel clears the work directory of an overlay when the last use of its mount ends, which may be now.
     */
    public static void deleteTree(Path root) throws IOException {
        try {
            if (!isDeleted(root)) {
                deleteContents(root);
                Files.delete(root);
            }
        } catch (NoSuchFileException e) {
            // somebody was faster
        }
    }

    /** Deletes all that is in a directory, links themselves and never where they lead. */
    public static void deleteContents(Path directory) throws IOException {
        for (Path child : listOwn(directory)) {
            deleteTree(child);
        }
    }

    /** Deletes a file or an empty directory, which most are; false where there is something in it. */
    private static boolean isDeleted(Path path) throws IOException {
        try {
            Files.delete(path);
            return true;
        } catch (DirectoryNotEmptyException e) {
            return false;
        }
    }

    /** Lists a directory, and makes it such that its owner can delete what is in it, whatever its mode was. */
    private static List<Path> listOwn(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix") && !isOpenToOwner(directory)) {
            Files.setPosixFilePermissions(directory, OPEN_TO_OWNER);
        }
        try (Stream<Path> found = Files.list(directory)) {
            return found.toList();
        }
    }

    private static boolean isOpenToOwner(Path directory) throws IOException {
        return Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS)
                .containsAll(OPEN_TO_OWNER);
    }
}
