package io.layerfs.examples.command;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Copies a file or a tree of files from one file system to another, what they are with them. Links are not followed. */
final class TreeCopy extends SimpleFileVisitor<Path> {

    private final boolean owners;
    private final Map<Object, Path> linked = new HashMap<>();
    private @Nullable Path source;
    private @Nullable Path target;

    TreeCopy(boolean owners) {
        this.owners = owners;
    }

    void copy(Path from, Path to) throws IOException {
        source = from;
        target = to;
        Files.walkFileTree(from, this);
    }

    /** Component by component, because the two file systems need not be of one kind. */
    private Path targetOf(Path file) {
        Path place = Objects.requireNonNull(target);
        if (file.equals(source)) {
            return place;
        }
        for (Path name : Objects.requireNonNull(source).relativize(file)) {
            place = place.resolve(name.toString());
        }
        return place;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
        Path copy = targetOf(directory);
        if (!Files.isDirectory(copy, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(copy);
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
        if (failure != null) {
            throw failure;
        }
        copyAttributes(directory, targetOf(directory));
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Path copy = targetOf(file);
        Object key = attributes.fileKey();
        Path first = key == null || attributes.isSymbolicLink() ? null : linked.putIfAbsent(key, copy);
        if (first != null) {
            Files.deleteIfExists(copy);
            Files.createLink(copy, first);
        } else if (attributes.isSymbolicLink()) {
            Files.deleteIfExists(copy);
            Files.createSymbolicLink(
                    copy,
                    copy.getFileSystem().getPath(Files.readSymbolicLink(file).toString()));
            copyOwner(file, copy);
        } else if (attributes.isRegularFile()) {
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            copyAttributes(file, copy);
        } else {
            throw new FileSystemException(file.toString(), null, "a device, pipe or socket, which cp does not copy");
        }
        return FileVisitResult.CONTINUE;
    }

    private void copyAttributes(Path file, Path copy) throws IOException {
        copyOwner(file, copy);
        copyXattrs(file, copy);
        PosixFileAttributeView to = Files.getFileAttributeView(copy, PosixFileAttributeView.class);
        if (to != null && Files.getFileAttributeView(file, PosixFileAttributeView.class) != null) {
            PosixFileAttributes from = Files.readAttributes(file, PosixFileAttributes.class);
            to.setPermissions(from.permissions());
        }
        Files.setLastModifiedTime(copy, Files.getLastModifiedTime(file));
    }

    private void copyOwner(Path file, Path copy) throws IOException {
        boolean both = file.getFileSystem().supportedFileAttributeViews().contains("unix")
                && copy.getFileSystem().supportedFileAttributeViews().contains("unix");
        if (owners && both) {
            for (String number : new String[] {"unix:uid", "unix:gid"}) {
                Object value = Files.getAttribute(file, number, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(copy, number, value, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    private static void copyXattrs(Path file, Path copy) throws IOException {
        UserDefinedFileAttributeView from = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        UserDefinedFileAttributeView to = Files.getFileAttributeView(copy, UserDefinedFileAttributeView.class);
        if (from == null || to == null) {
            return;
        }
        for (String name : from.list()) {
            java.nio.ByteBuffer value = java.nio.ByteBuffer.allocate(from.size(name));
            from.read(name, value);
            to.write(name, value.flip());
        }
    }
}
