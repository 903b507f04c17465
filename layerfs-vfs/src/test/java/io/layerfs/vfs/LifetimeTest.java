package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From opening a file system to closing it, and what its URIs mean in between. */
class LifetimeTest {

    private final MemoryView view = new MemoryView();

    @BeforeEach
    void fill() throws IOException {
        view.file("f", new byte[] {7});
        view.directory("d");
        view.directory("d/e");
        view.symlink("l", "f");
    }

    private static void isClosed(ThrowingCallable call) {
        assertThatExceptionOfType(ClosedFileSystemException.class).isThrownBy(call);
    }

    @Test
    @SuppressWarnings({"unchecked", "StreamResourceLeak"}) // the file system is to close them
    void closingClosesWhatWasOpened() throws IOException {
        LayerFileSystem files = (LayerFileSystem) LayerFileSystems.open(view);
        Path file = files.getPath("/f");
        FileChannel channel = FileChannel.open(file);
        InputStream stream = Files.newInputStream(file);
        DirectoryStream<Path> listing = Files.newDirectoryStream(files.getPath("/"));
        var secure = (SecureDirectoryStream<Path>) Files.newDirectoryStream(files.getPath("/d"));
        var entries = listing.iterator();
        entries.next();
        assertThat(files.resources()).isEqualTo(4);
        files.close();
        files.close();
        assertThat(files.isOpen()).isFalse();
        assertThat(files.resources()).isZero();
        assertThat(channel.isOpen()).isFalse();
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> channel.read(ByteBuffer.allocate(1)));
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(stream::read);
        assertThat(entries.hasNext()).isFalse();
        assertThatExceptionOfType(ClosedDirectoryStreamException.class)
                .isThrownBy(() -> secure.newDirectoryStream(files.getPath("e")));
    }

    @Test
    void nothingIsLeftBehindByReading() throws IOException {
        try (LayerFileSystem files = (LayerFileSystem) LayerFileSystems.open(view)) {
            Path file = files.getPath("/f");
            for (int i = 0; i < 100; i++) {
                Files.readAllBytes(file);
                Files.newInputStream(file).close();
                Files.newByteChannel(file).close();
                try (var walk = Files.walk(files.getPath("/"))) {
                    assertThat(walk.count()).isEqualTo(5);
                }
                Files.mismatch(file, files.getPath("/l"));
            }
            assertThat(files.resources()).isZero();
        }
    }

    @Test
    @SuppressWarnings("StreamResourceLeak") // none is opened
    void afterwardsEveryUseIsRefused() throws IOException {
        FileSystem files = LayerFileSystems.open(view);
        Path file = files.getPath("/f");
        files.close();
        isClosed(() -> Files.readAttributes(file, "*"));
        isClosed(() -> Files.exists(file, LinkOption.NOFOLLOW_LINKS));
        isClosed(() -> Files.size(file));
        isClosed(() -> Files.newByteChannel(file));
        isClosed(() -> FileChannel.open(file));
        isClosed(() -> Files.newInputStream(file));
        isClosed(() -> Files.list(file));
        isClosed(() -> Files.readSymbolicLink(file));
        isClosed(() -> Files.getFileStore(file));
        isClosed(() -> Files.isReadable(file));
        isClosed(() -> Files.isSameFile(file, files.getPath("/d")));
        isClosed(() -> file.toRealPath());
        isClosed(() -> Files.delete(file));
        isClosed(() -> Files.createDirectory(file));
        assertThat(file.resolve("x").getParent()).isEqualTo(file);
    }

    @Test
    void aUriMeansAPathForAsLongAsTheFileSystemIsOpen() throws IOException {
        FileSystem files = LayerFileSystems.open(view);
        URI uri = files.getPath("/f").toUri();
        assertThat(Path.of(uri)).isEqualTo(files.getPath("/f"));
        assertThat(FileSystems.getFileSystem(uri)).isSameAs(files);
        assertThat(files.getPath("d").toUri().toString()).endsWith("/d/");
        assertThat(files.getPath("/absent").toUri().toString()).endsWith("/absent");
        URI child = files.getPath("/d").toUri().resolve("e");
        assertThat(Files.isDirectory(Path.of(child))).isTrue();
        files.close();
        assertThatExceptionOfType(FileSystemNotFoundException.class).isThrownBy(() -> Path.of(uri));
        assertThat(files.getPath("/f").toUri()).isEqualTo(uri);
    }

    @Test
    void urisThatMeanNothingAreRefused() throws IOException {
        try (FileSystem files = LayerFileSystems.open(view)) {
            String root = files.getPath("/").toUri().toString();
            for (String text : List.of(root + "f?q", root + "f#x", root + "a%00b", "layerfs:f", "layerfs://x/f")) {
                assertThatIllegalArgumentException().as(text).isThrownBy(() -> Path.of(URI.create(text)));
            }
        }
    }

    @Test
    void theJdkOpensAViewByUri() throws IOException {
        Map<String, Object> env = Map.of("view", view);
        URI any = URI.create("layerfs:/");
        try (FileSystem first = FileSystems.newFileSystem(any, env);
                FileSystem second = FileSystems.newFileSystem(any, env)) {
            assertThat(first.getPath("/f")).isNotEqualTo(second.getPath("/f"));
            assertThat(first.getPath("/f")).exists();
            URI taken = second.getPath("/").toUri();
            assertThatExceptionOfType(FileSystemAlreadyExistsException.class)
                    .isThrownBy(() -> FileSystems.newFileSystem(taken, env));
            second.close();
            try (FileSystem third = FileSystems.newFileSystem(taken, env)) {
                assertThat(FileSystems.getFileSystem(taken)).isSameAs(third);
            }
        }
        assertThatIllegalArgumentException().isThrownBy(() -> FileSystems.newFileSystem(any, Map.of()));
        assertThat(FileSystemProvider.installedProviders()).anyMatch(LayerFileSystemProvider.class::isInstance);
    }

    /** From Java 20 on {@link Files} asks these, which on 17 nobody overrides. */
    @Test
    void absenceIsToldWithoutAnException() throws IOException {
        LayerFileSystemProvider provider = LayerFileSystemProvider.instance();
        try (FileSystem files = LayerFileSystems.open(view)) {
            Class<java.nio.file.attribute.BasicFileAttributes> basic =
                    java.nio.file.attribute.BasicFileAttributes.class;
            assertThat(provider.exists(files.getPath("/l"))).isTrue();
            assertThat(provider.exists(files.getPath("/absent"))).isFalse();
            assertThat(provider.exists(files.getPath("/f/x"))).isFalse();
            assertThat(provider.readAttributesIfExists(files.getPath("/absent"), basic))
                    .isNull();
            assertThat(provider.readAttributesIfExists(files.getPath("/l"), basic))
                    .isNotNull()
                    .satisfies(a -> assertThat(a.size()).isEqualTo(1));
        }
    }
}
