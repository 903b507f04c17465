package io.layerfs.vfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The subjects of OpenJDK's tests of {@code java.nio.file}, and of jimfs', that no other test here has: the same on a directory of
 * the host and on a view. Where they differ, {@code docs/compatibility.md} says why.
 */
class OtherSuitesTest {

    private static BesideHost beside;

    @BeforeAll
    static void make(@TempDir Path directory) throws IOException {
        beside = new BesideHost(directory);
    }

    @AfterEach
    void sayWhatDiffers() {
        beside.assertSame();
    }

    @AfterAll
    static void close() throws IOException {
        beside.close();
    }

    @Test
    void filesThatAreMade() throws IOException {
        List<FileAttribute<?>[]> attributes = List.of(
                new FileAttribute<?>[0],
                new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(Set.of())},
                new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwxrwx"))
                },
                new FileAttribute<?>[] {attribute("posix:permissions", "text")},
                new FileAttribute<?>[] {attribute("unix:nothing", 1)},
                new FileAttribute<?>[] {attribute("basic:lastModifiedTime", FileTime.fromMillis(0))},
                new FileAttribute<?>[] {null});
        for (int i = 0; i < attributes.size(); i++) {
            FileAttribute<?>[] with = attributes.get(i);
            beside.changes("createFile with " + i, p -> mode(Files.createFile(p.resolve("../new"), with)));
            beside.changes("createFile there with " + i, p -> Files.createFile(p, with));
            beside.changes("createDirectory with " + i, p -> mode(Files.createDirectory(p.resolve("../new"), with)));
            beside.changes(
                    "createDirectories with " + i, p -> mode(Files.createDirectories(p.resolve("new/er"), with)));
            beside.changes(
                    "createSymbolicLink with " + i,
                    p -> Files.createSymbolicLink(
                            p.resolve("../new"), p.getFileSystem().getPath("x"), with));
            beside.changes(
                    "createTempFile with " + i,
                    p -> mode(Files.createTempFile(p, "pre", ".suf", with)).length());
            beside.changes(
                    "createTempDirectory with " + i,
                    p -> mode(Files.createTempDirectory(p, null, with)).length());
            beside.changes("channel with " + i, p -> {
                Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                Files.newByteChannel(p, options, with).close();
                return mode(p);
            });
            beside.changes("channel to read with " + i, p -> {
                Files.newByteChannel(p, Set.of(StandardOpenOption.READ), with).close();
                return "";
            });
        }
        for (String prefix : List.of("", "a/", "/a", "ü", "..", "a".repeat(250))) {
            beside.changes("createTempFile " + prefix, p -> {
                Path made = Files.createTempFile(p, prefix, null);
                return made.getParent() + " " + made.toString().endsWith(".tmp");
            });
            beside.changes(
                    "createTempDirectory " + prefix,
                    p -> Files.createTempDirectory(p, prefix).getParent());
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static <T> FileAttribute<T> attribute(String name, T value) {
        return new FileAttribute<>() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public T value() {
                return value;
            }
        };
    }

    @Test
    void textAndBytes() throws IOException {
        beside.changes("lines", p -> {
            try (Stream<String> lines = Files.lines(p)) {
                return lines.toList();
            }
        });
        for (String name : List.of("latin", ".hidden")) {
            beside.reads("readString", Files::readString, name);
            beside.reads("readAllLines", Files::readAllLines, name);
            beside.reads("in Latin 1", p -> Files.readAllLines(p, ISO_8859_1), name);
        }
        beside.changes("write", p -> Files.size(Files.write(p, List.of("a", "ü"), UTF_8)));
        beside.changes("writeString", p -> Files.size(Files.writeString(p, "x", StandardOpenOption.APPEND)));
        beside.changes("writeString of half a character", p -> Files.writeString(p, "\uD800"));
        beside.changes("write, new", p -> Files.write(p, new byte[3], StandardOpenOption.CREATE_NEW));
        beside.changes("copy in", p -> Files.copy(new ByteArrayInputStream(new byte[5]), p));
        beside.changes(
                "copy in, replace",
                p -> Files.copy(new ByteArrayInputStream(new byte[5]), p, StandardCopyOption.REPLACE_EXISTING));
        beside.changes(
                "copy in, attributes",
                p -> Files.copy(new ByteArrayInputStream(new byte[5]), p, StandardCopyOption.COPY_ATTRIBUTES));
        beside.changes("copy out", p -> Files.isDirectory(p) ? "" : Files.copy(p, new ByteArrayOutputStream()));
        beside.changes("mismatch with itself", p -> Files.mismatch(p, p));
        beside.changes("mismatch with another", p -> Files.mismatch(p, p.resolveSibling("latin")));
        beside.changes("reader", p -> {
            try (var reader = Files.newBufferedReader(p)) {
                return reader.readLine();
            }
        });
        beside.changes("writer", p -> {
            try (var writer = Files.newBufferedWriter(p, StandardOpenOption.CREATE)) {
                writer.write("ü");
            }
            return Files.size(p);
        });
        for (String name :
                List.of("a.txt", "a.html", "a.PNG", "a", "a.tar.gz", ".hidden", "d", "absent.json", "a.java")) {
            beside.reads("content type", Files::probeContentType, name);
        }
    }

    @Test
    void walks() throws IOException {
        for (Set<FileVisitOption> options : List.of(Set.<FileVisitOption>of(), Set.of(FileVisitOption.FOLLOW_LINKS))) {
            for (int depth : new int[] {0, 1, 2, 10, -1}) {
                beside.reads("walkFileTree " + depth + options, p -> {
                    List<String> seen = new ArrayList<>();
                    Files.walkFileTree(p, options, depth, new Noting(p, seen));
                    seen.sort(null);
                    return seen;
                });
            }
            beside.reads("find" + options, p -> {
                try (Stream<Path> found =
                        Files.find(p, 5, (f, a) -> a.isRegularFile(), options.toArray(new FileVisitOption[0]))) {
                    return found.count();
                }
            });
        }
    }

    /** Notes what it is called with, and goes on. */
    private static final class Noting extends SimpleFileVisitor<Path> {
        private final Path start;
        private final List<String> seen;

        Noting(Path start, List<String> seen) {
            this.start = start;
            this.seen = seen;
        }

        private FileVisitResult note(String what, Path path) {
            seen.add(what + " " + start.relativize(path));
            return path.endsWith("e") && what.equals("before") && start.endsWith("d")
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return note("before", directory);
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            return note("file " + attributes.isSymbolicLink(), file);
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return note(failure.getClass().getSimpleName(), file);
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException failure) {
            return note("after " + failure, directory);
        }
    }

    @SuppressWarnings("StreamResourceLeak") // closed by names()
    @Test
    void directoryStreams() throws IOException {
        beside.reads("of a glob", p -> names(Files.newDirectoryStream(p, "*.{txt,hidden}")));
        beside.reads("of a wrong glob", p -> names(Files.newDirectoryStream(p, "[")));
        beside.reads(
                "of a filter that fails",
                p -> names(Files.newDirectoryStream(p, f -> {
                    throw new IOException("no");
                })));
        beside.reads(
                "of a filter that throws",
                p -> names(Files.newDirectoryStream(p, f -> {
                    throw new IllegalStateException("no");
                })));
        beside.reads("twice", p -> {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(p)) {
                return List.of(stream.iterator(), stream.iterator());
            }
        });
        beside.reads("closed", p -> {
            DirectoryStream<Path> stream = Files.newDirectoryStream(p);
            stream.close();
            stream.close();
            return stream.iterator();
        });
        beside.reads("closed on the way", p -> {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(p)) {
                Iterator<Path> iterator = stream.iterator();
                iterator.next();
                stream.close();
                return iterator.next();
            }
        });
        beside.reads("behind the end", p -> {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(p)) {
                Iterator<Path> iterator = stream.iterator();
                iterator.forEachRemaining(Objects::requireNonNull);
                return iterator.hasNext() + " " + iterator.next();
            }
        });
        beside.reads("remove", p -> {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(p)) {
                Iterator<Path> iterator = stream.iterator();
                iterator.next();
                iterator.remove();
                return "removed";
            }
        });
        beside.reads("list", p -> {
            try (Stream<Path> list = Files.list(p)) {
                return list.map(Path::getFileName).map(Path::toString).sorted().toList();
            }
        });
    }

    private static List<String> names(DirectoryStream<Path> stream) throws IOException {
        try (stream) {
            List<String> names = new ArrayList<>();
            stream.forEach(p -> names.add(p.getFileName().toString()));
            names.sort(null);
            return names;
        }
    }

    @Test
    void aZipOnAPathIsAFileSystem() throws IOException {
        beside.changes("a zip", p -> {
            Path zip = p.resolveSibling("made.zip");
            try (FileSystem made = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
                Files.writeString(made.getPath("in"), "zipped");
                Files.createDirectory(made.getPath("dir"));
            }
            try (FileSystem read = FileSystems.newFileSystem(zip)) {
                String text = Files.readString(read.getPath("/in"));
                return text + Files.size(Files.copy(read.getPath("/in"), p.resolveSibling("out")));
            }
        });
        beside.changes("no zip", p -> FileSystems.newFileSystem(p));
    }
}
