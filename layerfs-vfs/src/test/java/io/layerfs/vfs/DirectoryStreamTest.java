package io.layerfs.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directory streams, beside those of the default provider: their iterators, their end, and what is found relative to them. */
class DirectoryStreamTest {

    private final MemoryView view = new MemoryView();
    private final FileSystem files = LayerFileSystems.open(view);

    @TempDir
    private Path host;

    @BeforeEach
    void fill() throws IOException {
        view.directory("t");
        view.file("t/f", "content".getBytes(UTF_8));
        view.directory("t/d");
        view.file("t/d/x", "x".getBytes(UTF_8));
        view.symlink("t/l", "d");
        view.symlink("t/lf", "f");
        Files.createDirectories(host.resolve("t/d"));
        Files.writeString(host.resolve("t/f"), "content");
        Files.writeString(host.resolve("t/d/x"), "x");
        Files.createSymbolicLink(host.resolve("t/l"), Path.of("d"));
        Files.createSymbolicLink(host.resolve("t/lf"), Path.of("f"));
    }

    @AfterEach
    void close() throws IOException {
        files.close();
    }

    private interface Use {
        Object of(SecureDirectoryStream<Path> stream, FileSystem fileSystem) throws Exception;
    }

    private static Object outcome(Callable<Object> call) {
        try {
            return call.call();
        } catch (FileSystemException e) {
            return e.getClass() + " " + e.getFile();
        } catch (Exception e) {
            return e.getClass() + " "
                    + (e.getCause() == null ? "" : e.getCause().getClass());
        }
    }

    @SuppressWarnings("unchecked")
    private static Object use(Path directory, Use use) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            return outcome(() -> use.of((SecureDirectoryStream<Path>) stream, directory.getFileSystem()));
        }
    }

    private void agrees(String name, Use use) throws IOException {
        assertThat(use(files.getPath("/t"), use)).as(name).isEqualTo(use(host.resolve("t"), use));
    }

    private static Object names(DirectoryStream<Path> stream, Path base) {
        TreeSet<String> names = new TreeSet<>();
        stream.forEach(path -> names.add(base.relativize(path).toString()));
        return names;
    }

    @Test
    void iteratorsAgreeWithTheDefaultProvider() throws IOException {
        agrees("a second iterator", (s, f) -> List.of(s.iterator(), s.iterator()));
        agrees("an iterator of what is closed", (s, f) -> {
            s.close();
            s.close();
            return s.iterator();
        });
        agrees("after the end", (s, f) -> {
            Iterator<Path> entries = s.iterator();
            while (entries.hasNext()) {
                entries.next();
            }
            return entries.next();
        });
        agrees("closed before the first", (s, f) -> {
            Iterator<Path> entries = s.iterator();
            s.close();
            return entries.hasNext();
        });
    }

    @Test
    void filtersAgreeWithTheDefaultProvider() throws IOException {
        List<DirectoryStream.Filter<Path>> filters = List.of(
                Files::isDirectory,
                p -> {
                    throw new IOException("of the filter");
                },
                p -> {
                    throw new UncheckedIOException(new IOException("of the filter"));
                },
                p -> {
                    throw new IllegalStateException();
                });
        for (DirectoryStream.Filter<Path> filter : filters) {
            List<Object> outcomes = new ArrayList<>();
            for (Path directory : List.of(files.getPath("/t"), host.resolve("t"))) {
                outcomes.add(outcome(() -> {
                    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, filter)) {
                        return names(stream, directory);
                    }
                }));
            }
            assertThat(outcomes.get(0)).isEqualTo(outcomes.get(1));
        }
    }

    @Test
    void whatIsRelativeToAStreamAgreesWithTheDefaultProvider() throws IOException {
        for (String name : List.of("f", "d", "l", "lf", "d/x", "none", "f/x", ".", "..")) {
            for (LinkOption[] options : new LinkOption[][] {{}, {LinkOption.NOFOLLOW_LINKS}}) {
                agrees("stream of " + name, (s, f) -> {
                    try (var below = s.newDirectoryStream(f.getPath(name), options)) {
                        return name.equals("..")
                                ? "any"
                                : names(below, f.getPath("/")).toString().contains("x");
                    }
                });
                agrees("attributes of " + name, (s, f) -> {
                    var attributes = Objects.requireNonNull(
                                    s.getFileAttributeView(f.getPath(name), BasicFileAttributeView.class, options))
                            .readAttributes();
                    return List.of(attributes.isDirectory(), attributes.isSymbolicLink());
                });
                agrees("channel of " + name, (s, f) -> {
                    try (var channel = s.newByteChannel(f.getPath(name), Set.of(options))) {
                        return channel.read(ByteBuffer.allocate(9));
                    }
                });
            }
        }
    }

    @Test
    void whatIsRelativeToAClosedStreamAgreesWithTheDefaultProvider() throws IOException {
        agrees("closed: stream", (s, f) -> {
            s.close();
            return s.newDirectoryStream(f.getPath("d"));
        });
        agrees("closed: channel", (s, f) -> {
            s.close();
            return s.newByteChannel(f.getPath("f"), Set.of());
        });
        agrees("closed: attributes", (s, f) -> {
            s.close();
            return Objects.requireNonNull(s.getFileAttributeView(BasicFileAttributeView.class))
                    .readAttributes();
        });
        agrees(
                "its own attributes",
                (s, f) -> Objects.requireNonNull(s.getFileAttributeView(PosixFileAttributeView.class))
                        .readAttributes()
                        .isDirectory());
    }

    /** A stream is of a directory, not of a path: a path that leads elsewhere by now would not matter. */
    @Test
    void anAbsolutePathIsItself() throws IOException {
        agrees("absolute", (s, f) -> {
            try (var below = s.newDirectoryStream(f.getPath("/"))) {
                return below.iterator().hasNext();
            }
        });
    }
}
