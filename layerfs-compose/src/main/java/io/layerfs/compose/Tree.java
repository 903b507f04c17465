package io.layerfs.compose;

import io.layerfs.Attributes;
import io.layerfs.Digest;
import io.layerfs.FileType;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The tree that a layer is made of: what is below, writable, in the pure-Java file system, in which links lead nowhere but
 * into the image. A directory keeps its times when names in it come and go: what was not asked to change does not.
 */
final class Tree {

    private static final LinkOption NOFOLLOW = LinkOption.NOFOLLOW_LINKS;

    private final Path root;

    Tree(Path root) {
        this.root = root;
    }

    private interface Work {
        void run() throws IOException;
    }

    /** Does something to a name in a directory, whose times stay. */
    private static void inParent(Path path, Work work) throws IOException {
        Path parent = Objects.requireNonNull(path.getParent(), "all is below the root");
        FileTime before = Files.getLastModifiedTime(parent);
        work.run();
        Files.setLastModifiedTime(parent, before);
    }

    private static void set(Path path, Attributes attributes) throws IOException {
        // the owner first: to change it clears the setuid bit
        Files.setAttribute(path, "unix:uid", attributes.uid(), NOFOLLOW);
        Files.setAttribute(path, "unix:gid", attributes.gid(), NOFOLLOW);
        if (!Files.isSymbolicLink(path)) {
            Files.setAttribute(path, "unix:mode", attributes.mode(), NOFOLLOW);
        }
        Xattrs xattrs = attributes.xattrs();
        for (String name : xattrs.names()) {
            Files.setAttribute(path, "xattr:" + name, xattrs.get(name), NOFOLLOW);
        }
        Files.getFileAttributeView(path, BasicFileAttributeView.class, NOFOLLOW)
                .setTimes(FileTime.from(attributes.mtime()), null, null);
    }

    void addDirectory(String name, Attributes attributes) throws IOException {
        Path path = root.resolve(name);
        if (Files.isDirectory(path)) {
            return;
        }
        if (Files.exists(path, NOFOLLOW)) {
            throw new FileSystemException(name, null, "is no directory in the image, and is to become one");
        }
        inParent(path, () -> {
            Files.createDirectory(path);
            set(path, attributes);
        });
    }

    void addFile(String name, Attributes attributes, Bytes bytes, Digest expected) throws IOException {
        Path path = root.resolve(name);
        replace(path, () -> {
            Digest digest;
            try (OutputStream out =
                    Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                digest = bytes.copyTo(out);
            }
            if (!digest.equals(expected)) {
                throw new FileSystemException(name, null, "its source changed while the image was composed");
            }
            set(path, attributes);
        });
    }

    void addSymlink(String name, Attributes attributes, String target) throws IOException {
        Path path = root.resolve(name);
        replace(path, () -> {
            Files.createSymbolicLink(path, root.getFileSystem().getPath(target));
            set(path, attributes);
        });
    }

    void addSpecial(String name, Attributes attributes, FileType type, long device) throws IOException {
        Path path = root.resolve(name);
        replace(path, () -> {
            Set<OpenOption> creating = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.newByteChannel(
                            path,
                            creating,
                            initial("unix:mode", type.bits() | attributes.mode()),
                            initial("unix:rdev", device))
                    .close();
            set(path, attributes);
        });
    }

    private static FileAttribute<?> initial(String name, Object value) {
        return new FileAttribute<>() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Object value() {
                return value;
            }
        };
    }

    void addLink(String name, String file) throws IOException {
        Path path = root.resolve(name);
        replace(path, () -> Files.createLink(path, root.resolve(file)));
    }

    private static void replace(Path path, Work work) throws IOException {
        if (Files.isDirectory(path)) {
            throw new FileSystemException(
                    path.toString(),
                    null,
                    "is a directory in the image, and is to become a file; a path that ends with '/' copies into it");
        }
        inParent(path, () -> {
            Files.deleteIfExists(path);
            work.run();
        });
    }

    /** Removes what matches, beginning the search at the last directory that the glob names without a wildcard. */
    void remove(String glob) throws IOException {
        List<Path> found = new ArrayList<>();
        String start = literalStart(glob);
        if (start.equals(glob)) {
            if (Files.exists(root.resolve(glob), NOFOLLOW)) {
                found.add(root.resolve(glob));
            }
        } else if (Files.isDirectory(root.resolve(start))) {
            collect(root.resolve(start), root.getFileSystem().getPathMatcher("glob:" + glob), found);
        }
        if (found.isEmpty()) {
            throw new NoSuchFileException(glob, null, "is to be removed, and is not there");
        }
        for (Path path : found) {
            inParent(path, () -> delete(path));
        }
    }

    /** The names before the first with a wildcard. */
    static String literalStart(String glob) {
        for (int i = 0; i < glob.length(); i++) {
            if ("*?[{\\".indexOf(glob.charAt(i)) >= 0) {
                return glob.substring(0, Math.max(1, glob.lastIndexOf('/', i)));
            }
        }
        return glob;
    }

    private static void collect(Path directory, PathMatcher matcher, List<Path> found) throws IOException {
        for (Path path : list(directory)) {
            if (matcher.matches(path)) {
                found.add(path);
            } else if (Files.isDirectory(path, NOFOLLOW)) {
                collect(path, matcher, found);
            }
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, NOFOLLOW)) {
            for (Path child : list(path)) {
                delete(child);
            }
        }
        Files.delete(path);
    }

    private static List<Path> list(Path directory) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(children::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return children;
    }
}
