package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.ProgressListener;
import io.layerfs.View;
import io.layerfs.host.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that several processes use, and that processes leave in the middle of something. */
class ProcessesTest {

    private static final int KILLS = 30;

    @TempDir
    Path directory;

    @Test
    void aKilledImportLeavesAStoreThatIsSoundAndTakesTheSameImportAgain() throws Exception {
        Path layer = ImportProcess.tarOfEmptyFiles(directory.resolve("layer.tar"), 40_000, 100);
        Path root = directory.resolve("store");
        Random random = new Random(23);
        int killedInside = 0;
        for (int i = 0; i < KILLS; i++) {
            Process process = ImportProcess.start(List.of("-XX:TieredStopAtLevel=1"), root, layer);
            assertThat(process.getInputStream().read())
                    .as("the process says that it has opened")
                    .isEqualTo('o');
            boolean ended = process.waitFor(random.nextInt(1200), TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
            killedInside += ended ? 0 : 1;
            try (LayerStore store = LayerStore.open(root)) {
                assertThat(temporary(root)).isEmpty();
                assertThat(store.verify(ProgressListener.NONE).findings())
                        .as("kill %d", i)
                        .isEmpty();
                for (Image image : store.images()) {
                    View view = store.view(image);
                    assertThat(view.lookup(view.root(), Name.of("dir000399"))).isNotEqualTo(View.ABSENT);
                }
            }
            if (i % 5 == 4) {
                Durable.deleteTree(root);
            }
        }
        assertThat(killedInside).isGreaterThan(KILLS / 4);
        try (LayerStore store = LayerStore.open(root)) {
            Image image = store.importImage(layer, ImportOptions.DEFAULT);
            assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
            assertThat(store.image(image.digest().toString())).isEqualTo(image);
        }
    }

    private static List<Path> temporary(Path root) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("layerfs/tmp"))) {
            return files.toList();
        }
    }

    @Test
    void twoProcessesThatImportTheSameStoreItOnce() throws Exception {
        Path layer = ImportProcess.tarOfEmptyFiles(directory.resolve("layer.tar"), 20_000, 1000);
        Path root = directory.resolve("store");
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            processes.add(ImportProcess.start(List.of("-XX:TieredStopAtLevel=1"), root, layer, layer));
        }
        for (Process process : processes) {
            assertThat(ImportProcess.finish(process)).startsWith("0 ");
        }
        try (LayerStore store = LayerStore.open(root)) {
            assertThat(temporary(root)).isEmpty();
            assertThat(store.images())
                    .singleElement()
                    .satisfies(image -> assertThat(image.tags()).containsExactly("image1", "image2"));
            assertThat(store.verify(ProgressListener.NONE).blobs()).isEqualTo(3);
        }
    }

    @Test
    void aMillionEntriesAreIndexedWithin256MiBOfHeap() throws Exception {
        Path layer = ImportProcess.tarOfEmptyFiles(directory.resolve("million.tar"), 1_000_000, 1_000_000);
        Path root = directory.resolve("store");
        assertThat(ImportProcess.finish(ImportProcess.start(List.of("-Xmx256m"), root, layer)))
                .startsWith("0 ");
        try (LayerStore store = LayerStore.open(root)) {
            View view = store.view(store.image("image1"));
            long directory = view.lookup(view.root(), Name.of("dir000000"));
            long file = view.lookup(directory, Name.of("file-0765432.txt"));
            assertThat(view.stat(file).mtimeSeconds()).isEqualTo(1_600_000_000 + 765_432);
        }
        try (Stream<Path> indexes = Files.walk(root.resolve("layerfs"))) {
            for (Path index :
                    indexes.filter(p -> p.toString().endsWith(".erofs")).toList()) {
                assertThat(Files.size(index) / 1_000_000).isLessThan(160);
            }
        }
    }
}
