package io.layerfs.compose;

import io.layerfs.Attributes;
import io.layerfs.FileType;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Files of another root file system that are to be copied as {@code cp -a} does: with owners, modes, times, links and extended
 * attributes, devices and pipes too. Links are not followed. It is shown by the pure-Java file system, in which nothing leads
 * out of the root.
 */
final class TreeSource {

    /** The view of attributes that the pure-Java file system has, and no other. */
    static final String XATTRS = "xattr";

    private static final LinkOption NOFOLLOW = LinkOption.NOFOLLOW_LINKS;
    private static final int PERMISSIONS = 07777;

    private final Plan out;
    private final Map<Object, String> files = new HashMap<>();
    private final Deque<Copy> open = new ArrayDeque<>();

    private record Copy(Path from, String to) {}

    private TreeSource(Plan out) {
        this.out = out;
    }

    /** Plans the copy of a file, or of what is in a directory. */
    static void copy(Path source, String target, Plan out) throws IOException {
        boolean within = target.endsWith("/") && !Files.isDirectory(source, NOFOLLOW);
        String path = within
                ? target + Objects.requireNonNull(source.getFileName(), "what is no directory has a name")
                : target;
        new TreeSource(out).copyAll(new Copy(source, path));
    }

    private void copyAll(Copy first) throws IOException {
        open.push(first);
        while (!open.isEmpty()) {
            copy(open.pop());
        }
    }

    private void copy(Copy copy) throws IOException {
        Map<String, Object> unix =
                Files.readAttributes(copy.from, "unix:mode,uid,gid,ino,nlink,rdev,lastModifiedTime", NOFOLLOW);
        int mode = (Integer) get(unix, "mode");
        FileType type = FileType.ofMode(mode);
        Attributes attributes = new Attributes(
                mode & PERMISSIONS,
                (Integer) get(unix, "uid"),
                (Integer) get(unix, "gid"),
                ((FileTime) get(unix, "lastModifiedTime")).toInstant(),
                xattrs(copy.from));
        if (type == FileType.DIRECTORY) {
            out.directory(copy.to, attributes);
            children(copy);
            return;
        }
        String first = (Integer) get(unix, "nlink") > 1 ? files.putIfAbsent(get(unix, "ino"), copy.to) : null;
        if (first != null) {
            out.link(copy.to, first);
            return;
        }
        switch (type) {
            case REGULAR -> out.file(copy.to, attributes, Bytes.of(copy.from));
            case SYMLINK ->
                out.symlink(
                        copy.to, attributes, Files.readSymbolicLink(copy.from).toString());
            case SOCKET ->
                throw new FileSystemException(
                        copy.from.toString(), null, "a socket, which is of no use without the program that made it");
            default -> out.special(copy.to, attributes, type, (Long) get(unix, "rdev"));
        }
    }

    private static Object get(Map<String, Object> attributes, String name) {
        return Objects.requireNonNull(attributes.get(name), name);
    }

    /** In the order of their names, so that the same source is the same plan. */
    private void children(Copy directory) throws IOException {
        Set<Path> found = new TreeSet<>(Comparator.reverseOrder());
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory.from)) {
            children.forEach(found::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        for (Path child : found) {
            open.push(new Copy(child, directory.to + "/" + child.getFileName()));
        }
    }

    private static Xattrs xattrs(Path file) throws IOException {
        Map<String, byte[]> found = new TreeMap<>();
        Files.readAttributes(file, XATTRS + ":*", NOFOLLOW).forEach((name, value) -> found.put(name, (byte[]) value));
        return Xattrs.of(found);
    }
}
