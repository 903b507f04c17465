package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.ChangesetBuilder;
import io.layerfs.GcOptions;
import io.layerfs.GcReport.Reason;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Lease;
import io.layerfs.Platform;
import io.layerfs.WritableView;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What views, leases, layers and other processes rely on, which a collection leaves. */
class HoldTest extends CollectedStore {

    @Test
    void aViewKeepsWhatItIsMadeOf() throws IOException {
        Image image = image("x");
        store.createView("work", image, Long.MAX_VALUE).close();
        assertThat(reason(store.gc(ALL), image.digest())).isEqualTo(Reason.VIEW);
        store.remove(image);
        store.gc(ALL);
        assertThat(store.image(image.digest().toString())).isEqualTo(image);
        store.openView("work").close();
        Files.createDirectories(root.resolve("views/half"));
        store.dropView("work");
        store.gc(ALL);
        assertThat(root.resolve("views/half")).doesNotExist();
        assertEmpty();
    }

    @Test
    void aLeaseKeepsWhatTheStoreGivesUntilItIsClosed() throws IOException {
        Image before = image("before");
        Image image;
        Lease lease = store.lease();
        image = image("x");
        assertThat(reason(store.gc(ALL), image.digest())).isEqualTo(Reason.IN_USE);
        store.remove(image);
        store.gc(ALL);
        assertThatThrownBy(() -> store.image(before.digest().toString())).isInstanceOf(NoSuchFileException.class);
        store.tag(image, "again:1");
        assertWhole(image);
        store.remove(image);
        lease.close();
        lease.close();
        store.gc(ALL);
        assertEmpty();
        assertThatThrownBy(() -> store.lease(image)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> store.tag(image, "a:1")).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> store.createView("v", image, 1)).isInstanceOf(NoSuchFileException.class);
    }

    /** Found by the storm: a commit failed because somebody else's lease ended meanwhile. */
    @Test
    void aLeaseThatEndsTakesNothingFromOthers() throws Exception {
        Image image = image("x");
        AtomicBoolean over = new AtomicBoolean();
        Thread other = new Thread(() -> {
            while (!over.get()) {
                assertThatCode(() -> store.lease().close()).doesNotThrowAnyException();
            }
        });
        other.start();
        try {
            for (int i = 0; i < 300; i++) {
                assertThat(store.image(image.digest().toString())).isEqualTo(image);
                assertThat(store.layer(image.diffIds().get(0))).isNotNull();
            }
        } finally {
            over.set(true);
            other.join();
        }
    }

    @Test
    void aLeaseOutlivesItsStore() throws IOException {
        Image image;
        Lease lease;
        try (LayerStore other = LayerStore.open(root)) {
            image = image("x");
            lease = other.lease(image);
        }
        store.gc(ALL);
        assertWhole(image);
        lease.close();
        store.gc(ALL);
        assertEmpty();
    }

    @Test
    void aWritableViewHoldsItsImageUntilItAndItsForksAreClosed() throws IOException {
        Image image = image("x");
        WritableView view = store.writable(image, Long.MAX_VALUE);
        WritableView fork = view.fork();
        view.close();
        store.gc(ALL);
        assertWhole(image);
        fork.close();
        store.gc(ALL);
        assertEmpty();
    }

    @Test
    void anAddedLayerStaysUntilItIsInAnImageOrItsStoreIsClosed() throws IOException {
        Layer layer;
        Image image;
        try (LayerStore other = LayerStore.open(root)) {
            layer = other.add(
                    new ChangesetBuilder().file("x", FILE, new byte[1]).build());
            store.gc(ALL);
            image = other.createImage(List.of(layer), new Platform("linux", "amd64", null));
            assertWhole(image);
            store.gc(ALL);
            assertEmpty();
            layer = other.add(
                    new ChangesetBuilder().file("x", FILE, new byte[1]).build());
            store.gc(ALL);
            assertThat(files("blobs")).hasSize(1);
        }
        store.gc(ALL);
        assertEmpty();
    }

    @Test
    void whatLivingProcessesNeedStaysUntilTheyDie() throws Exception {
        Path tar = directory.resolve("layer.tar");
        Image image = image("x");
        try (InputStream in = image("of another").layers().get(0).openTar()) {
            Files.copy(in, tar);
        }
        List<Process> processes = List.of(
                HoldingProcess.start(root, "add", tar),
                HoldingProcess.start(root, "lease", image.digest()),
                HoldingProcess.start(root, "write", image.digest()));
        try {
            for (Process process : processes) {
                assertThat(HoldingProcess.line(process)).isNotEqualTo("null");
            }
            store.gc(ALL);
            assertWhole(image);
            assertThat(files("blobs")).as("an image, and the layer").hasSize(4);
            processes.get(1).destroyForcibly().waitFor();
            store.gc(ALL);
            assertWhole(image);
        } finally {
            for (Process process : processes) {
                process.destroyForcibly().waitFor();
            }
        }
        store.gc(ALL);
        assertEmpty();
    }

    @Test
    void twoProcessesThatWantTheSameDoItOnce() throws Exception {
        Path tar = ImportProcess.tarOfEmptyFiles(directory.resolve("layer.tar"), 30_000, 1000);
        Path layout = directory.resolve("layout");
        try (LayerStore other = LayerStore.open(layout);
                InputStream in = Files.newInputStream(tar)) {
            other.createImage(List.of(other.add(in)), Platform.host());
        }
        List<String> read = both("import", layout);
        assertThat(read).containsExactlyInAnyOrder("0", "1");
        store.gc(GcOptions.DEFAULT.withDerived());
        List<String> keys = both("view", "same");
        assertThat(keys.get(0)).isEqualTo(keys.get(1));
    }
}
