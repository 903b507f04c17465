package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done relative to an open directory, wherever that is by then: as the default provider does it. */
class SecureStreamTest {

    private static final List<String> NAMES = List.of(
            "x",
            "e",
            "e/y",
            "absent",
            "absent/z",
            "link",
            "dir",
            "dir/y",
            "dangling",
            "x/y",
            ".",
            "..",
            "../f",
            "loop",
            "full",
            "e/..");

    private static final List<String> BOTTOM_UP =
            List.of("e/y", "e", "full/of", "full", "x", "link", "dir", "dangling", "loop", "");

    private static void fill(Path root) throws IOException {
        Files.writeString(root.resolve("f"), "at the root");
        Files.createDirectories(root.resolve("d/e"));
        Files.createDirectories(root.resolve("d/full/of"));
        Files.createDirectory(root.resolve("other"));
        Files.writeString(root.resolve("other/there"), "there");
        Files.writeString(root.resolve("d/x"), "content");
        Files.writeString(root.resolve("d/e/y"), "deep");
        Files.createSymbolicLink(root.resolve("d/link"), Path.of("x"));
        Files.createSymbolicLink(root.resolve("d/dir"), Path.of("e"));
        Files.createSymbolicLink(root.resolve("d/dangling"), Path.of("made"));
        Files.createSymbolicLink(root.resolve("d/loop"), Path.of("loop"));
    }

    private interface Use {
        Object on(SecureDirectoryStream<Path> stream, Path root) throws IOException;
    }

    @SuppressWarnings("StreamResourceLeak") // the caller closes it
    private static SecureDirectoryStream<Path> secure(Path directory) throws IOException {
        return (SecureDirectoryStream<Path>) Files.newDirectoryStream(directory);
    }

    /** What came of the directory before it is used. */
    private enum State {
        AS_IT_WAS,
        RENAMED,
        CLOSED,
        REMOVED;

        void reach(Path root, SecureDirectoryStream<Path> stream) throws IOException {
            switch (this) {
                case AS_IT_WAS -> {}
                case RENAMED -> {
                    Files.move(root.resolve("d"), root.resolve("other/moved"));
                    Files.createDirectory(root.resolve("d"));
                    Files.writeString(root.resolve("d/x"), "another x");
                }
                case CLOSED -> stream.close();
                case REMOVED -> {
                    for (String path : BOTTOM_UP) {
                        Files.delete(root.resolve("d").resolve(path));
                    }
                }
            }
        }
    }

    private static Path name(Path root, String name) {
        return root.getFileSystem().getPath(name);
    }

    private static void inAllStates(Path directory, String what, boolean removed, Use use) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, SecureStreamTest::fill)) {
            inAllStates(twin, what, removed, use);
        }
    }

    private static void inAllStates(WritableTwin twin, String what, boolean removed, Use use) throws IOException {
        for (State state : State.values()) {
            if (state == State.REMOVED && !removed) {
                continue;
            }
            twin.agree(what + ", " + state, root -> {
                try (SecureDirectoryStream<Path> stream = secure(root.resolve("d"))) {
                    state.reach(root, stream);
                    return use.on(stream, root);
                }
            });
            twin.freshIfChanged();
        }
    }

    @Test
    void deletingAgrees(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, SecureStreamTest::fill)) {
            for (String name : NAMES) {
                inAllStates(twin, "deleteFile " + name, true, (stream, root) -> {
                    stream.deleteFile(name(root, name));
                    return "";
                });
                inAllStates(twin, "deleteDirectory " + name, true, (stream, root) -> {
                    try {
                        stream.deleteDirectory(name(root, name));
                        return "";
                    } catch (DirectoryNotEmptyException e) {
                        return "not empty"; // which is not said of what by the default provider, but is here
                    }
                });
            }
        }
    }

    @Test
    void openingAgrees(@TempDir Path directory) throws IOException {
        List<Set<OpenOption>> ways = List.of(
                Set.of(),
                Set.of(LinkOption.NOFOLLOW_LINKS),
                Set.of(StandardOpenOption.WRITE),
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE),
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                Set.of(StandardOpenOption.APPEND, StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS),
                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE));
        try (WritableTwin twin = new WritableTwin(directory, SecureStreamTest::fill)) {
            for (String name : NAMES) {
                for (Set<OpenOption> way : ways) {
                    boolean writes = way.contains(StandardOpenOption.WRITE) || way.contains(StandardOpenOption.APPEND);
                    boolean isDirectory =
                            List.of("e", "dir", ".", "..", "full", "e/..").contains(name);
                    inAllStates(twin, "newByteChannel " + name + " " + way, true, (stream, root) -> {
                        try (SeekableByteChannel channel = stream.newByteChannel(name(root, name), way)) {
                            int written = writes ? channel.write(ByteBuffer.wrap(new byte[] {1, 2})) : 0;
                            return written + (isDirectory ? "" : " " + channel.position() + " " + channel.size());
                        }
                    });
                }
            }
        }
    }

    @Test
    void newFilesGetTheirPermissions(@TempDir Path directory) throws IOException {
        inAllStates(directory, "newByteChannel with permissions", true, (stream, root) -> {
            var permissions = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwxr--"));
            Set<OpenOption> options = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
            stream.newByteChannel(name(root, "new"), options, permissions).close();
            return stream.getFileAttributeView(name(root, "new"), PosixFileAttributeView.class)
                    .readAttributes()
                    .permissions()
                    .contains(PosixFilePermission.GROUP_WRITE);
        });
    }

    @Test
    void listingAgrees(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, SecureStreamTest::fill)) {
            inAllStates(twin, "the stream itself", false, (stream, root) -> names(stream, root));
            for (String name : NAMES) {
                inAllStates(twin, "newDirectoryStream " + name, true, (stream, root) -> {
                    try (SecureDirectoryStream<Path> below = stream.newDirectoryStream(name(root, name))) {
                        return names(below, root);
                    }
                });
                inAllStates(twin, "newDirectoryStream, no follow, " + name, true, (stream, root) -> {
                    try (SecureDirectoryStream<Path> below =
                            stream.newDirectoryStream(name(root, name), LinkOption.NOFOLLOW_LINKS)) {
                        return names(below, root);
                    }
                });
            }
        }
    }

    private static Object names(DirectoryStream<Path> stream, Path root) {
        Set<String> names = new TreeSet<>();
        stream.forEach(path -> names.add(root.relativize(path).toString()));
        return names;
    }

    @Test
    void movingAgrees(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, SecureStreamTest::fill)) {
            for (String name : NAMES) {
                for (String target : List.of("there", "new", "e", "x", "absent/x", "..", "full", "full/of/x", "link")) {
                    inAllStates(twin, "move " + name + " to " + target, true, (stream, root) -> {
                        stream.move(name(root, name), stream, name(root, target));
                        return "";
                    });
                    inAllStates(twin, "move " + name + " to " + target + " there", true, (stream, root) -> {
                        try (SecureDirectoryStream<Path> other = secure(root.resolve("other"))) {
                            stream.move(name(root, name), other, name(root, target));
                        }
                        return "";
                    });
                }
            }
        }
    }

    @Test
    void attributesAgree(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, SecureStreamTest::fill)) {
            inAllStates(twin, "attributes of itself", true, (stream, root) -> {
                PosixFileAttributeView view =
                        Objects.requireNonNull(stream.getFileAttributeView(PosixFileAttributeView.class));
                Set<PosixFilePermission> before = view.readAttributes().permissions();
                view.setPermissions(PosixFilePermissions.fromString("rwx------"));
                view.setTimes(FileTime.fromMillis(5000), FileTime.fromMillis(6000), null);
                return view.name()
                        + new TreeSet<>(before)
                        + new TreeSet<>(view.readAttributes().permissions())
                        + view.readAttributes().lastModifiedTime()
                        + view.readAttributes().lastAccessTime();
            });
            for (String name : NAMES) {
                attributesAgree(twin, name);
                attributesAgree(twin, name, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    private static void attributesAgree(WritableTwin twin, String name, LinkOption... options) throws IOException {
        inAllStates(twin, "permissions of " + name + options.length, true, (stream, root) -> {
            PosixFileAttributeView view =
                    stream.getFileAttributeView(name(root, name), PosixFileAttributeView.class, options);
            view.setPermissions(PosixFilePermissions.fromString("rwx------"));
            return new TreeSet<>(view.readAttributes().permissions());
        });
        inAllStates(twin, "attributes of " + name + options.length, true, (stream, root) -> {
            BasicFileAttributeView view =
                    stream.getFileAttributeView(name(root, name), BasicFileAttributeView.class, options);
            return view.readAttributes().isSymbolicLink() + view.name();
        });
        if (options.length > 0 && List.of("link", "dir", "dangling", "loop").contains(name)) {
            return; // here the times of a link can be set; the default provider would have to open it
        }
        inAllStates(twin, "times of " + name + options.length, true, (stream, root) -> {
            BasicFileAttributeView view =
                    stream.getFileAttributeView(name(root, name), BasicFileAttributeView.class, options);
            view.setTimes(FileTime.fromMillis(5000), FileTime.fromMillis(6000), null);
            return view.readAttributes().lastModifiedTime();
        });
    }

    @Test
    void otherStreamsAreRefused(@TempDir Path directory) throws IOException {
        try (WritableTwin one =
                        new WritableTwin(Files.createDirectory(directory.resolve("1")), SecureStreamTest::fill);
                WritableTwin two =
                        new WritableTwin(Files.createDirectory(directory.resolve("2")), SecureStreamTest::fill)) {
            try (SecureDirectoryStream<Path> stream = secure(one.root().resolve("d"));
                    SecureDirectoryStream<Path> other = secure(two.root().resolve("d"));
                    SecureDirectoryStream<Path> host = secure(one.host())) {
                Path x = one.files().getPath("x");
                assertThatExceptionOfType(AtomicMoveNotSupportedException.class)
                        .isThrownBy(() -> stream.move(x, other, two.files().getPath("x")));
                assertThatExceptionOfType(ProviderMismatchException.class)
                        .isThrownBy(() -> stream.move(x, host, Path.of("x")));
                assertThatExceptionOfType(ProviderMismatchException.class)
                        .isThrownBy(() -> stream.deleteFile(Path.of("x")));
            }
        }
    }

    @Test
    void aClosedStreamOfADirectoryThatIsGoneIsClosed(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, SecureStreamTest::fill)) {
            SecureDirectoryStream<Path> stream = secure(twin.root().resolve("d/e"));
            Files.delete(twin.root().resolve("d/e/y"));
            Files.delete(twin.root().resolve("d/e"));
            assertThat(stream.iterator()).isExhausted();
            stream.close();
            assertThatExceptionOfType(ClosedDirectoryStreamException.class)
                    .isThrownBy(() -> stream.deleteFile(twin.files().getPath("y")));
        }
    }
}
