package io.layerfs.examples.command;

import io.layerfs.FileType;
import io.layerfs.host.HostPaths;
import io.layerfs.host.SpecialFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Copies a file or a tree of files from one file system to another, what they are with them, as {@code cp -a} does. Links are not
 * followed. Names stay the bytes that they are. What cannot be copied is told, and the rest is.
 */
final class TreeCopy extends SimpleFileVisitor<Path> {

    private final CopiedAttributes attributes;
    private final Failed failed;
    private final Map<Object, Path> linked = new HashMap<>();
    private final Deque<Path> targets = new ArrayDeque<>();
    private @Nullable Path target;

    /** Told of what was not copied. */
    interface Failed {
        void failed(Path file, String reason);
    }

    TreeCopy(boolean owners, Failed failed) {
        this.attributes = new CopiedAttributes(owners);
        this.failed = failed;
    }

    void copy(Path from, Path to) throws IOException {
        target = to;
        Files.walkFileTree(from, this);
    }

    /** By the bytes of its name, because the two file systems need not be of one kind. */
    private Path targetOf(Path file) {
        Path above = targets.peek();
        return above == null ? Objects.requireNonNull(target) : HostPaths.child(above, HostPaths.name(file));
    }

    private void note(Path file, Exception e) {
        String reason = e instanceof FileSystemException known && known.getReason() != null
                ? known.getReason()
                : e instanceof FileSystemException ? e.getClass().getSimpleName() : String.valueOf(e.getMessage());
        failed.failed(file, reason);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes known) {
        try {
            Path copy = targetOf(directory);
            if (!Files.isDirectory(copy, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(copy, own(copy, "rwx------"));
            }
            targets.push(copy);
            return FileVisitResult.CONTINUE;
        } catch (IOException | IllegalArgumentException e) {
            note(directory, e);
            return FileVisitResult.SKIP_SUBTREE;
        }
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) {
        if (failure != null) {
            note(directory, failure);
        }
        try {
            attributes.copy(directory, targets.pop());
        } catch (IOException e) {
            note(directory, e);
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
        note(file, e);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes known) {
        try {
            copyFile(file, targetOf(file), known);
        } catch (IOException | IllegalArgumentException e) {
            note(file, e);
        }
        return FileVisitResult.CONTINUE;
    }

    private void copyFile(Path file, Path copy, BasicFileAttributes known) throws IOException {
        Object key = known.fileKey();
        Path first = key == null ? null : linked.get(key);
        if (first != null) {
            Files.deleteIfExists(copy);
            Files.createLink(copy, first);
            return;
        }
        if (known.isSymbolicLink()) {
            Files.deleteIfExists(copy);
            Files.createSymbolicLink(copy, HostPaths.linkTarget(copy, HostPaths.text(Files.readSymbolicLink(file))));
            attributes.copyOfLink(file, copy);
        } else if (known.isRegularFile()) {
            copyContent(file, copy);
            attributes.copy(file, copy);
        } else {
            copySpecial(file, copy);
        }
        if (key != null) {
            linked.put(key, copy);
        }
    }

    private static void copyContent(Path file, Path copy) throws IOException {
        if (file.getFileSystem().equals(copy.getFileSystem())) {
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            return;
        }
        Files.deleteIfExists(copy);
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
                OutputStream out = Channels.newOutputStream(Files.newByteChannel(
                        copy,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        own(copy, "rw-------")))) {
            in.transferTo(out);
        }
    }

    /** Nobody else's until all that was copied is there. */
    private static FileAttribute<?>[] own(Path copy, String permissions) {
        return copy.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private void copySpecial(Path file, Path copy) throws IOException {
        if (!CopiedAttributes.areUnix(file, copy)) {
            throw new FileSystemException(
                    file.toString(), null, "no file, directory or link, which cannot be copied here");
        }
        Map<String, Object> found = Files.readAttributes(file, "unix:mode,rdev", LinkOption.NOFOLLOW_LINKS);
        int mode = (Integer) Objects.requireNonNull(found.get("mode"));
        long device = (Long) Objects.requireNonNull(found.get("rdev"));
        FileType type = FileType.ofMode(mode);
        Files.deleteIfExists(copy);
        if (!copy.getFileSystem().equals(FileSystems.getDefault())) {
            Files.createFile(copy, new Initial("unix:mode", mode), new Initial("unix:rdev", device));
            attributes.copyOfLink(file, copy);
        } else if (type == FileType.SOCKET) {
            throw new FileSystemException(file.toString(), null, "a socket, which only a program can make");
        } else {
            // the numbers as Linux has them in st_rdev (makedev(3))
            int major = (int) ((device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL));
            int minor = (int) ((device & 0xff) | (device >>> 12 & ~0xffL));
            SpecialFiles.make(HostPaths.text(copy), copy, type, major, minor);
            attributes.copyOwner(file, copy);
            SpecialFiles.finish(
                    HostPaths.text(copy),
                    copy,
                    attributes.modeOf(copy, mode),
                    Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant());
        }
    }

    /** What a new file of a view is to be. */
    private record Initial(String name, Object value) implements FileAttribute<Object> {}
}
