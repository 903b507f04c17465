package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.GcOptions;
import io.layerfs.GcReport;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk without a free byte and without a free inode: what frees works (red team, row 10). */
@Timeout(120)
class FullDiskTest {

    private static final GcOptions ALL = new GcOptions(false, Duration.ZERO, 0, true, true);

    @TempDir
    private Path directory;

    private static Image image(LayerStore store, String name) throws IOException {
        byte[] content = new byte[600_000];
        new Random(name.hashCode()).nextBytes(content);
        Layer layer = store.add(new ChangesetBuilder()
                .file(name, new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE), content)
                .build());
        Image made = store.createImage(List.of(layer), Platform.parse("linux/amd64"));
        store.tag(made, name);
        return store.image(name);
    }

    private void freesAll(SmallDisk disk) throws Exception {
        Path place = disk.place().resolve("store");
        try (LayerStore store = LayerStore.open(place)) {
            for (String name : List.of("a", "b", "c", "d")) {
                image(store, name);
            }
            store.createView("view", store.image("d"), Long.MAX_VALUE).close();
            disk.fill();
            assertThatThrownBy(() -> image(store, "e")).isInstanceOf(IOException.class);
        }
        disk.fill();
        try (LayerStore store = LayerStore.open(place)) {
            assertThat(store.usage().images()).hasSize(4);
            assertThat(store.verify(ProgressListener.NONE).isSound()).isTrue();
            assertThat(store.remove("a")).isTrue();
            disk.fill();
        }
        try (LayerStore store = LayerStore.open(place)) {
            assertThat(store.untag("b")).isTrue();
            disk.fill();
            assertThat(store.images()).hasSize(3);
            GcReport report = store.gc(ALL);
            assertThat(report.removed(GcReport.Kind.LAYER)).hasSize(2);
            assertThat(report.leftOver()).isEmpty();
            assertThat(Files.getFileStore(place).getUsableSpace()).isGreaterThan(1_000_000);
        }
        disk.fill();
        try (LayerStore store = LayerStore.open(place)) {
            assertThat(store.dropView("view")).isTrue();
            assertThat(store.remove("d")).isTrue();
            assertThat(store.gc(ALL).removed(GcReport.Kind.LAYER)).hasSize(1);
            disk.empty();
            image(store, "e");
            assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
            assertThat(store.images()).extracting(i -> i.tags().get(0)).containsExactly("c", "e");
        }
    }

    @Test
    void ext4() throws Exception {
        try (SmallDisk disk = SmallDisk.ext4(directory, 16, 128)) {
            freesAll(disk);
        }
    }

    @Test
    void tmpfs() throws Exception {
        try (SmallDisk disk = SmallDisk.tmpfs(directory, 8, 120)) {
            freesAll(disk);
        }
    }

    /** A store of an older version, or whose reserve was taken: to collect what nothing refers to needs none. */
    @Test
    void withoutAReserveWhatNothingRefersToIsCollected() throws Exception {
        try (SmallDisk disk = SmallDisk.ext4(directory, 16, 128)) {
            Path place = disk.place().resolve("store");
            try (LayerStore store = LayerStore.open(place)) {
                image(store, "a");
                store.remove(image(store, "b"));
                disk.fill();
                Files.delete(place.resolve("layerfs/reserve"));
                disk.fill();
                assertThat(store.gc(GcOptions.DEFAULT).removed(GcReport.Kind.LAYER))
                        .hasSize(1);
                assertThat(store.remove("a")).isTrue();
            }
        }
    }

    /** The reserve is as large as what may have to be written, also where {@code index.json} has grown. */
    @Test
    void theReserveGrowsWithWhatItIsFor() throws IOException {
        Path place = directory.resolve("store");
        try (LayerStore store = LayerStore.open(place)) {
            Path reserve = place.resolve("layerfs/reserve");
            assertThat(reserve).hasSize(64 << 10);
            Image image = image(store, "a");
            Path index = place.resolve("index.json");
            for (int i = 0; Files.size(index) < 100_000; i++) {
                store.tag(image, "a:" + i + "x".repeat(100));
            }
            assertThat(Files.size(reserve)).isGreaterThan(Files.size(index));
        }
    }
}
