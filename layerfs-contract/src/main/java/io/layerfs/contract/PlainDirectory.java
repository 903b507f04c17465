package io.layerfs.contract;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Makes a directory of the default file system that holds what a mount shows: with its links, modes, times, user attributes. */
final class PlainDirectory {

    private static final Set<LinkOption> NOFOLLOW = Set.of(LinkOption.NOFOLLOW_LINKS);

    private final Map<Object, Path> copies = new HashMap<>();

    private PlainDirectory() {}

    /** Copies all of {@code root} to {@code target}, which is created. Owners are not copied. */
    static void copy(Path root, Path target) throws IOException {
        new PlainDirectory().copyDirectory(root, target);
    }

    private void copyDirectory(Path source, Path target) throws IOException {
        Files.createDirectory(target);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(source)) {
            for (Path entry : entries) {
                copyEntry(entry, target.resolve(entry.getFileName().toString()));
            }
        }
        copyAttributes(source, target);
    }

    private void copyEntry(Path source, Path target) throws IOException {
        LinkOption[] nofollow = NOFOLLOW.toArray(new LinkOption[0]);
        Path first = copies.putIfAbsent(Files.getAttribute(source, "unix:ino", nofollow), target);
        if (Files.isDirectory(source, nofollow)) {
            copyDirectory(source, target);
        } else if (first != null) {
            Files.createLink(target, first);
        } else if (Files.isSymbolicLink(source)) {
            Files.createSymbolicLink(
                    target, Path.of(Files.readSymbolicLink(source).toString()));
            Object time = Files.getAttribute(source, "lastModifiedTime", nofollow);
            Files.setAttribute(target, "lastModifiedTime", time, nofollow);
        } else {
            Files.write(target, Files.readAllBytes(source));
            copyAttributes(source, target);
        }
    }

    private static void copyAttributes(Path source, Path target) throws IOException {
        UserDefinedFileAttributeView from = Files.getFileAttributeView(source, UserDefinedFileAttributeView.class);
        UserDefinedFileAttributeView to = Files.getFileAttributeView(target, UserDefinedFileAttributeView.class);
        for (String name : from.list()) {
            ByteBuffer value = ByteBuffer.allocate(from.size(name));
            from.read(name, value);
            to.write(name, value.flip());
        }
        int mode = (Integer) Files.getAttribute(source, "unix:mode") & 07777;
        Files.setAttribute(target, "unix:mode", mode);
        Files.setLastModifiedTime(
                target, FileTime.from(Files.getLastModifiedTime(source).toInstant()));
    }
}
