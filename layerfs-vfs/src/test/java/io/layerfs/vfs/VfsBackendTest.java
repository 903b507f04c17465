package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.layerfs.Attributes;
import io.layerfs.Backend;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The backend and its mounts: found as a service, writable or not, with a name or without, and how large. */
class VfsBackendTest {

    private final Backend backend = new VfsBackend();
    private LayerStore store;
    private Image image;

    @BeforeEach
    void make(@TempDir Path directory) throws IOException {
        store = LayerStore.open(directory);
        Attributes attributes = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
        ChangesetBuilder layer = new ChangesetBuilder().file("f", attributes, new byte[] {'x'});
        image = store.createImage(List.of(store.add(layer.build())), new Platform("linux", "amd64", null));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Test
    void theServiceLoaderFindsIt() {
        assertThat(ServiceLoader.load(Backend.class).stream().map(ServiceLoader.Provider::type))
                .contains(VfsBackend.class);
        assertThat(backend.name()).isEqualTo("vfs");
    }

    @Test
    void aReadOnlyMountHasNoChanges() throws IOException {
        try (Mount mount = backend.mount(store, image, MountOptions.READ_ONLY);
                Mount fork = mount.fork()) {
            assertThat(mount.root().resolve("f")).hasContent("x");
            assertThat(fork.root().resolve("f")).hasContent("x");
            assertThatExceptionOfType(ReadOnlyFileSystemException.class)
                    .isThrownBy(() -> Files.createFile(mount.root().resolve("new")));
            assertThat(Files.isWritable(mount.root())).isFalse();
            assertThat(mount.changes().root().children().hasNext()).isFalse();
            assertThat(mount.description()).contains("read-only");
        }
    }

    @Test
    void aForkGoesItsOwnWay() throws IOException {
        try (Mount mount = backend.mount(store, image, MountOptions.DISPOSABLE)) {
            Files.writeString(mount.root().resolve("f"), "before");
            try (Mount fork = mount.fork()) {
                Files.writeString(mount.root().resolve("f"), "after");
                assertThat(fork.root().resolve("f")).hasContent("before");
                assertThat(Files.isWritable(fork.root())).isTrue();
                assertThat(fork.description()).contains("writable");
            }
            assertThat(mount.root().resolve("f")).hasContent("after");
        }
    }

    @Test
    void aNamedViewIsOpenedAgain() throws IOException {
        try (Mount mount = backend.mount(store, image, MountOptions.named("mine"))) {
            Files.writeString(mount.root().resolve("new"), "kept");
            assertThatExceptionOfType(FileSystemException.class)
                    .isThrownBy(() -> backend.open(store, "mine").close());
        }
        try (Mount mount = backend.open(store, "mine")) {
            assertThat(mount.root().resolve("new")).hasContent("kept");
        }
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> backend.open(store, "absent").close());
    }

    @Test
    void aMountThatIsClosedIsClosed() throws IOException {
        Mount mount = backend.mount(store, image, MountOptions.DISPOSABLE);
        Path file = mount.root().resolve("f");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        mount.close();
        mount.close();
        assertThat(channel.isOpen()).isFalse();
        assertThatExceptionOfType(ClosedFileSystemException.class).isThrownBy(() -> Files.readString(file));
    }

    @Test
    void aFileStoreIsAsLargeAsTheQuota() throws IOException {
        try (Mount mount = backend.mount(store, image, MountOptions.DISPOSABLE.withQuota(1 << 20))) {
            Path root = mount.root();
            FileStore files = Files.getFileStore(root);
            assertThat(files.isReadOnly()).isFalse();
            assertThat(files.getTotalSpace()).isEqualTo(1 << 20);
            long before = files.getUsableSpace();
            Files.write(root.resolve("new"), new byte[300_000]);
            assertThat(before - files.getUnallocatedSpace()).isBetween(300_000L, 400_000L);
            Files.delete(root.resolve("new"));
            assertThat(files.getUsableSpace()).isEqualTo(before);
        }
    }

    /** What does not fit is refused as on a disk that is full; nothing of it is written, and the rest goes on. */
    @Test
    void aFullFileStoreSaysSo() throws IOException {
        try (Mount mount = backend.mount(store, image, MountOptions.DISPOSABLE.withQuota(1 << 20))) {
            Path file = mount.root().resolve("new");
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.allocate(1000));
                ByteBuffer tooMuch = ByteBuffer.allocate(2 << 20);
                assertThatExceptionOfType(FileSystemException.class)
                        .isThrownBy(() -> channel.write(tooMuch))
                        .satisfies(e -> assertThat(e.getFile()).isEqualTo("/new"))
                        .satisfies(e -> assertThat(e.getReason()).isEqualTo("No space left on device"));
                assertThat(tooMuch.position()).isZero();
                assertThat(channel.size()).isEqualTo(1000);
                assertThat(channel.position()).isEqualTo(1000);
            }
            assertThatExceptionOfType(FileSystemException.class)
                    .isThrownBy(() -> Files.copy(new Endless(), mount.root().resolve("endless")))
                    .withMessageContaining("No space left on device");
            Files.delete(mount.root().resolve("endless"));
            assertThat(Files.writeString(mount.root().resolve("f"), "still")).hasContent("still");
        }
    }

    private static final class Endless extends java.io.InputStream {
        @Override
        public int read() {
            return 1;
        }
    }
}
