package io.layerfs.host;

import io.layerfs.blob.FileOwner;
import io.layerfs.blob.NamedFiles;
import io.layerfs.blob.Uninterrupted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/** Files that are there whole or not at all, after a crash, too. */
public final class Durable {

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

    /** Creates a directory and those above it, each its parent's owner's, so that they are there after a crash. */
    public static void createDirectories(Path directory) throws IOException {
        make(directory, true);
    }

    /** The same where it does not matter if they are there after a crash. */
    public static void makeDirectories(Path directory) throws IOException {
        make(directory, false);
    }

    private static void make(Path directory, boolean synced) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            make(parent, synced);
        }
        Files.createDirectories(directory);
        FileOwner.asDirectory(directory);
        if (parent != null && synced) {
            sync(parent);
        }
    }

    /** Creates a directory that is its maker's alone, where files have modes. */
    public static void createOwnDirectory(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectory(directory);
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
     * Deletes a file, or a directory and all that is in it; links are not followed, and no depth is too much. What others delete
     * meanwhile is no failure: the kernel clears the work directory of an overlay when the last use of its mount ends, which may
     * be now. What cannot be deleted does not keep the rest; then a failure tells of it.
     */
    public static void deleteTree(Path root) throws IOException {
        TreeRemoval.delete(root);
    }

    /** Deletes all that is in a directory, links themselves and never where they lead. */
    public static void deleteContents(Path directory) throws IOException {
        TreeRemoval.deleteContents(directory);
    }
}
