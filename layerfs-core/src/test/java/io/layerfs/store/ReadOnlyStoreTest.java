package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.ExportPolicy;
import io.layerfs.GcOptions;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.SaveOptions;
import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import io.layerfs.host.Durable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store on a file system that is read only: it opens, for reading (field faults, section 3). */
class ReadOnlyStoreTest {

    @TempDir
    private Path directory;

    private Path place;

    @BeforeEach
    void makeAndMount() throws Exception {
        place = directory.resolve("disk/store");
        Path real = Files.createDirectories(directory.resolve("real"));
        try (LayerStore store = LayerStore.open(real.resolve("store"))) {
            Image image = store.createImage(
                    List.of(store.add(new ChangesetBuilder()
                            .file("file", new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE), new byte[] {1})
                            .build())),
                    Platform.parse("linux/amd64"));
            store.tag(image, "a");
            store.createView("kept", image, Long.MAX_VALUE).close();
        }
        Durable.deleteTree(real.resolve("store/layerfs/chain")); // so that it has to be made somewhere
        Path disk = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(SmallDisk.run("mount", "--bind", real.toString(), disk.toString()) == 0, "mounting needs root");
        assumeTrue(SmallDisk.run("mount", "-o", "remount,ro,bind", disk.toString()) == 0, "mounting needs root");
    }

    @AfterEach
    void unmount() throws Exception {
        SmallDisk.run("umount", "-l", directory.resolve("disk").toString());
    }

    @Test
    void whatReadsWorks() throws IOException {
        try (LayerStore store = LayerStore.open(place)) {
            Image image = store.image("a");
            assertThat(store.images()).hasSize(1);
            assertThat(store.views()).hasSize(1);
            assertThat(store.view(image).lookup(store.view(image).root(), Name.of("file")))
                    .isPositive();
            store.export(store.view(image), directory.resolve("export"), ExportPolicy.SAFE);
            store.save(List.of(image), directory.resolve("saved.tar"), SaveOptions.DEFAULT);
            try (WritableView view = store.writable(image, Long.MAX_VALUE)) {
                long file = view.createFile(view.root(), Name.of("new"), 0644);
                try (WritableView.OpenFile open =
                        view.open(new WritableView.Place(view.root(), Name.of("new"), file))) {
                    open.write(0, ByteBuffer.allocate(1 << 20));
                }
            }
            assertThat(store.usage().images()).hasSize(1);
            assertThat(store.verify(ProgressListener.NONE).isSound()).isTrue();
            assertThat(store.gc(new GcOptions(true, Duration.ZERO, 0, true, true))
                            .remaining())
                    .isPositive();
            store.lease(image).close();
        }
        assertThat(directory.resolve("export/file")).exists();
    }

    @Test
    void whatWritesSaysWhyItCannot() throws IOException {
        try (LayerStore store = LayerStore.open(place)) {
            Image image = store.image("a");
            List<ThrowingCallable> refused = List.of(
                    () -> store.add(new ChangesetBuilder().build()),
                    () -> store.tag(image, "b"),
                    () -> store.untag("a"),
                    () -> store.remove("a"),
                    () -> store.gc(GcOptions.DEFAULT),
                    () -> store.createView("new", image, Long.MAX_VALUE),
                    () -> store.openView("kept"),
                    () -> store.dropView("kept"));
            for (ThrowingCallable one : refused) {
                assertThatThrownBy(one)
                        .isInstanceOf(FileSystemException.class)
                        .hasMessageStartingWith(place.toRealPath() + ": the store is open for reading alone")
                        .hasMessageContaining("layerfs/lock");
            }
        }
    }

    /** A directory of another tool, or of somebody who lets others read it. */
    @Test
    void aStoreThatIsNoneIsStillRefused() {
        assertThatThrownBy(() -> LayerStore.open(directory.resolve("disk/none")))
                .isInstanceOf(FileSystemException.class);
    }
}
