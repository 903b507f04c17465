package io.layerfs.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessMode;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Objects;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing changes a view that is read: every call that would is refused, and nothing but those. */
class ReadOnlyTest {

    private final MemoryView view = new MemoryView();
    private final FileSystem files = LayerFileSystems.open(view);
    private final Path file = files.getPath("/f");
    private final Path directory = files.getPath("/d");
    private final Path absent = files.getPath("/absent");

    @BeforeEach
    void fill() throws IOException {
        view.file("f", "content".getBytes(UTF_8)).mode = 0640;
        view.file("x", new byte[0]).mode = 0611;
        view.directory("d").mode = 0;
    }

    @AfterEach
    void close() throws IOException {
        files.close();
    }

    private static void isRefused(ThrowingCallable call) {
        assertThatExceptionOfType(ReadOnlyFileSystemException.class).isThrownBy(call);
    }

    @Test
    void whatWouldChangeATreeIsRefused() {
        isRefused(() -> Files.createFile(absent));
        isRefused(() -> Files.createDirectory(absent));
        isRefused(() -> Files.createDirectories(absent.resolve("a/b")));
        isRefused(() -> Files.createSymbolicLink(absent, file));
        isRefused(() -> Files.createLink(absent, file));
        isRefused(() -> Files.createTempFile(directory, "a", "b"));
        isRefused(() -> Files.delete(file));
        isRefused(() -> Files.deleteIfExists(file));
        isRefused(() -> Files.copy(file, absent));
        isRefused(() -> Files.move(file, absent));
        isRefused(() -> Files.writeString(file, "other"));
        isRefused(() -> Files.newOutputStream(absent));
    }

    @Test
    void filesOfTheHostAreNotCopiedIn(@TempDir Path host) throws IOException {
        Path source = Files.writeString(host.resolve("source"), "s");
        isRefused(() -> Files.copy(source, absent));
        isRefused(() -> Files.move(source, absent));
        assertThat(source).exists();
    }

    @Test
    void whatIsThereAlreadyComesFirst() throws IOException {
        assertThat(Files.createDirectories(directory)).isEqualTo(directory);
        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> Files.createDirectory(directory));
        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> Files.createSymbolicLink(file, directory));
        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> Files.createLink(directory, file));
    }

    @Test
    void whatWouldChangeAttributesIsRefused() {
        FileTime time = FileTime.fromMillis(0);
        isRefused(() -> Files.setLastModifiedTime(file, time));
        isRefused(() -> Files.setPosixFilePermissions(file, Set.of()));
        isRefused(() -> Files.setOwner(file, Files.getOwner(file)));
        isRefused(() -> Files.setAttribute(file, "unix:mode", 0));
        var posix = Objects.requireNonNull(Files.getFileAttributeView(file, PosixFileAttributeView.class));
        isRefused(() -> posix.setGroup(posix.readAttributes().group()));
        isRefused(() -> posix.setTimes(time, time, time));
        var owner = Objects.requireNonNull(Files.getFileAttributeView(file, FileOwnerAttributeView.class));
        isRefused(() -> owner.setOwner(owner.getOwner()));
        var user = Objects.requireNonNull(Files.getFileAttributeView(file, UserDefinedFileAttributeView.class));
        isRefused(() -> user.write("k", ByteBuffer.allocate(1)));
        isRefused(() -> user.delete("k"));
    }

    @Test
    void whatADirectoryStreamCouldChangeIsRefused() throws IOException {
        try (var stream = Files.newDirectoryStream(files.getPath("/"))) {
            @SuppressWarnings("unchecked")
            var secure = (SecureDirectoryStream<Path>) stream;
            isRefused(() -> secure.deleteFile(files.getPath("f")));
            isRefused(() -> secure.deleteDirectory(files.getPath("d")));
            isRefused(() -> secure.move(files.getPath("f"), secure, files.getPath("g")));
            isRefused(() -> secure.newByteChannel(files.getPath("f"), Set.of(StandardOpenOption.WRITE)));
            var entries = secure.iterator();
            entries.next();
            isRefused(entries::remove);
        }
    }

    @Test
    void openingForWritingIsRefusedAndReadingIsNot() throws IOException {
        for (OpenOption option : new OpenOption[] {
            StandardOpenOption.WRITE, StandardOpenOption.APPEND, StandardOpenOption.DELETE_ON_CLOSE
        }) {
            isRefused(() -> Files.newByteChannel(file, option));
            isRefused(() -> Files.newByteChannel(absent, option));
        }
        for (OpenOption option : new OpenOption[] {
            StandardOpenOption.READ, StandardOpenOption.SYNC, StandardOpenOption.CREATE, StandardOpenOption.SPARSE
        }) {
            Files.newByteChannel(file, option).close();
        }
        OpenOption foreign = new OpenOption() {};
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> Files.newByteChannel(file, foreign))
                .isNotInstanceOf(ReadOnlyFileSystemException.class);
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> Files.newInputStream(file, StandardOpenOption.WRITE));
    }

    @Test
    void accessIsThatOfRootOnAReadOnlyMount() {
        assertThat(Files.isReadable(file)).isTrue();
        assertThat(Files.isReadable(absent)).isFalse();
        assertThat(Files.isWritable(file)).isFalse();
        assertThat(Files.isExecutable(file)).isFalse();
        assertThat(Files.isExecutable(files.getPath("/x"))).isTrue();
        assertThat(Files.isExecutable(directory)).isTrue();
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> files.provider().checkAccess(file, AccessMode.READ, AccessMode.WRITE))
                .withMessage("/f: Read-only file system");
    }

    @Test
    void theStoreSaysWhatItIs() throws IOException {
        var store = Files.getFileStore(file);
        assertThat(files.isReadOnly() && store.isReadOnly()).isTrue();
        assertThat(store.type()).isEqualTo("layerfs");
        assertThat(store.getUsableSpace()).isZero();
        assertThat(store.getBlockSize()).isPositive();
        assertThat(files.getFileStores()).containsExactly(store);
        for (String name : files.supportedFileAttributeViews()) {
            assertThat(store.supportsFileAttributeView(name)).as(name).isTrue();
        }
        assertThat(store.supportsFileAttributeView(PosixFileAttributeView.class))
                .isTrue();
        assertThat(store.supportsFileAttributeView(java.nio.file.attribute.AclFileAttributeView.class))
                .isFalse();
    }
}
