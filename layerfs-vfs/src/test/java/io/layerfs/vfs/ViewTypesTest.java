package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is given is what was asked for, of the file system that was asked (field faults, section 4). */
class ViewTypesTest {

    private WritableTwin twin;

    @BeforeEach
    void make(@TempDir Path directory) throws IOException {
        twin = new WritableTwin(directory, root -> {
            Files.writeString(root.resolve("f"), "content");
            Files.createDirectory(root.resolve("d"));
        });
    }

    @AfterEach
    void close() throws IOException {
        twin.close();
    }

    private static final List<Class<? extends FileAttributeView>> VIEWS = List.of(
            BasicFileAttributeView.class,
            PosixFileAttributeView.class,
            FileOwnerAttributeView.class,
            UserDefinedFileAttributeView.class,
            AclFileAttributeView.class,
            FileAttributeView.class);

    /** Which of the interfaces something is. */
    private static String kinds(Object given) {
        StringBuilder kinds = new StringBuilder();
        for (Class<?> type : VIEWS) {
            kinds.append(type.isInstance(given) ? type.getSimpleName() + " " : "");
        }
        return kinds
                + (given instanceof BasicFileAttributes ? "basic " : "")
                + (given instanceof PosixFileAttributes ? "posix" : "");
    }

    @Test
    void basicIsNotPosix() throws IOException {
        for (String name : List.of("f", "d", "absent")) {
            twin.agree(
                    "basic of " + name, r -> kinds(Files.readAttributes(r.resolve(name), BasicFileAttributes.class)));
            twin.agree(
                    "posix of " + name, r -> kinds(Files.readAttributes(r.resolve(name), PosixFileAttributes.class)));
            for (Class<? extends FileAttributeView> type : VIEWS) {
                twin.agree(type + " of " + name, r -> {
                    FileAttributeView view = Files.getFileAttributeView(r.resolve(name), type);
                    return kinds(view) + (view == null ? "" : view.name());
                });
                if (type == FileOwnerAttributeView.class || type == UserDefinedFileAttributeView.class) {
                    continue; // of a stream's files the default provider's owner view is POSIX's, and it has none of
                    // extended attributes
                }
                twin.agree(type + " of a stream's " + name, r -> {
                    try (SecureDirectoryStream<Path> stream = secure(r)) {
                        FileAttributeView view = stream.getFileAttributeView(r.relativize(r.resolve(name)), type);
                        return kinds(view)
                                + (view == null ? "" : view.name())
                                + (view instanceof BasicFileAttributeView basic ? kinds(basic.readAttributes()) : "");
                    }
                });
            }
            twin.agree(
                    "of a view of " + name,
                    r -> kinds(Files.getFileAttributeView(r.resolve(name), BasicFileAttributeView.class)
                            .readAttributes()));
        }
    }

    @SuppressWarnings("StreamResourceLeak") // its caller closes it
    private static SecureDirectoryStream<Path> secure(Path directory) throws IOException {
        return (SecureDirectoryStream<Path>) Files.newDirectoryStream(directory);
    }

    @Test
    void aViewOfAClosedStreamSetsNothingAndSaysSo() throws IOException {
        for (FileTime time : new FileTime[] {null, FileTime.fromMillis(1)}) {
            for (boolean own : new boolean[] {true, false}) {
                twin.agree("times " + time + " " + own, r -> {
                    SecureDirectoryStream<Path> stream = secure(r);
                    BasicFileAttributeView view = own
                            ? stream.getFileAttributeView(BasicFileAttributeView.class)
                            : stream.getFileAttributeView(r.relativize(r.resolve("f")), BasicFileAttributeView.class);
                    stream.close();
                    view.setTimes(time, time, time);
                    return "set";
                });
            }
        }
        twin.agree("no times of what is absent", r -> {
            try (SecureDirectoryStream<Path> stream = secure(r)) {
                stream.getFileAttributeView(r.relativize(r.resolve("absent")), BasicFileAttributeView.class)
                        .setTimes(null, null, null);
                return "set";
            }
        });
        SecureDirectoryStream<Path> stream = secure(twin.root());
        stream.close();
        assertThatThrownBy(() -> stream.getFileAttributeView(BasicFileAttributeView.class)
                        .setTimes(null, null, null))
                .isInstanceOf(ClosedDirectoryStreamException.class);
    }

    @Test
    void inodeNumbersAreNotNegativeAndEachFilesOwn() throws IOException {
        Files.createDirectory(twin.root().resolve("new"));
        Files.writeString(twin.root().resolve("new/f"), "");
        TreeSet<Long> numbers = new TreeSet<>();
        TreeSet<String> keys = new TreeSet<>();
        for (String name : List.of("", "f", "d", "new", "new/f")) {
            Path path = twin.root().resolve(name);
            numbers.add((Long) Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS));
            keys.add(Files.readAttributes(path, BasicFileAttributes.class)
                    .fileKey()
                    .toString());
        }
        assertThat(numbers).hasSize(5).allMatch(number -> number >= 0);
        assertThat(keys).hasSize(5).noneMatch(key -> key.contains("-"));
        Files.createDirectory(twin.host().resolve("new"));
        Files.writeString(twin.host().resolve("new/f"), "");
    }

    @Test
    void aLinksTargetIsReadAsItIsSpelt(@TempDir Path directory) throws Exception {
        WritableTwin.Filler links = root -> {
            int i = 0;
            for (String target : List.of("a//b", "a/", "//a", "./a/../b//", "a/./")) {
                new ProcessBuilder("ln", "-s", target, root.resolve("l" + i++).toString())
                        .start()
                        .onExit()
                        .join();
            }
        };
        try (WritableTwin spelt = new WritableTwin(directory, links)) {
            for (int i = 0; i < 5; i++) {
                String name = "l" + i;
                spelt.agree(name, r -> Files.readSymbolicLink(r.resolve(name)));
                spelt.agree(
                        name + " again",
                        r -> Files.readSymbolicLink(Files.createSymbolicLink(
                                r.resolve(name + "-again"), Files.readSymbolicLink(r.resolve(name)))));
                spelt.agree(
                        name + " copied",
                        r -> Files.readSymbolicLink(
                                Files.copy(r.resolve(name), r.resolve(name + "-copy"), LinkOption.NOFOLLOW_LINKS)));
            }
        }
    }

    @Test
    void aPathOfAnotherMountIsOfAnother(@TempDir Path directory) throws IOException {
        try (WritableTwin second = new WritableTwin(directory, root -> Files.createDirectory(root.resolve("d")));
                SecureDirectoryStream<Path> stream = secure(twin.root());
                SecureDirectoryStream<Path> other = secure(second.root())) {
            Path here = twin.root().resolve("d");
            Path there = second.root().resolve("d");
            Path relative = there.getFileName();
            assertThat(List.of(here.startsWith(there), here.endsWith(relative), here.equals(there)))
                    .containsOnly(false);
            assertThat(here.compareTo(there)).isNotZero().isEqualTo(-there.compareTo(here));
            assertThat(Files.isSameFile(here, there)).isFalse();
            for (org.assertj.core.api.ThrowableAssert.ThrowingCallable call :
                    List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                            () -> here.resolve(relative),
                            () -> here.resolve(there),
                            () -> here.resolveSibling(relative),
                            () -> here.relativize(there),
                            () -> Files.createSymbolicLink(twin.root().resolve("link"), there),
                            () -> stream.newDirectoryStream(there),
                            () -> stream.newByteChannel(there, java.util.Set.of()),
                            () -> stream.deleteFile(there),
                            () -> stream.deleteDirectory(relative),
                            () -> stream.getFileAttributeView(there, BasicFileAttributeView.class),
                            () -> stream.move(there, stream, here),
                            () -> stream.move(here, other, here),
                            () -> here.register(
                                    second.files().newWatchService(),
                                    java.nio.file.StandardWatchEventKinds.ENTRY_CREATE))) {
                assertThatThrownBy(call).isInstanceOf(ProviderMismatchException.class);
            }
            second.files().close();
        }
    }
}
