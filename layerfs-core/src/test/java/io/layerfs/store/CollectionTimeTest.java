package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.SaveOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 9 of the red team: a collection takes time in proportion, and nobody waits while it makes its plan. */
class CollectionTimeTest extends CollectedStore {

    /** Before, 112 seconds; the names of the stacks below grew with the square of the layers. */
    @Test
    @Timeout(100)
    void thousandsOfEqualLayersAreCollectedAtOnce() throws IOException {
        Layer layer = layer("x", 10);
        Image image = store.createImage(Collections.nCopies(8000, layer), Platform.parse("linux/amd64"));
        Needs needs = Needs.none();
        needs.addStack(image.diffIds());
        assertThat(needs.chains()).hasSize(8001).contains(Digest.chainId(image.diffIds()));
        assertThat(needs.chains()).contains(Digest.chainId(image.diffIds().subList(0, 5000)));
        store.gc(ALL);
        assertEmpty();
    }

    /** What comes to be held once the plan is made, between two batches, stays; the rest goes. */
    @Test
    @Timeout(100)
    void whatIsNeededSinceThePlanStays() throws Exception {
        Image image = image("a", "b", "c");
        StorePaths paths = new StorePaths(store.directory());
        try (StoreLocks locks = StoreLocks.open(paths.lock());
                Hold hold = Hold.open(paths, locks)) {
            References references = new References(paths, locks);
            AtomicInteger steps = new AtomicInteger();
            AtomicReference<Digest> held = new AtomicReference<>();
            Views views = new Views(paths, ids -> null, () -> null, () -> null);
            Collector collector = new Collector(paths, locks, references, views, () -> {
                if (steps.incrementAndGet() == 2) { // the first of the files is gone
                    hold(hold, image, paths, held);
                }
            });
            collector.run(ALL);
            assertThat(held.get()).isNotNull();
            assertThat(Files.exists(paths.blob(held.get()))).isTrue();
            assertThat(new HashSet<>(store.images())).isEmpty();
        }
        store.gc(ALL);
        assertEmpty();
    }

    /** An image that is taken away, and imported again before its files are gone, is whole: it is listed as it was before. */
    @Test
    @Timeout(100)
    void whatIsImportedAgainBetweenTwoBatchesStays() throws Exception {
        Image image = image("a", "b", "c", "d", "e", "f", "g", "h");
        Path archive = directory.resolve("image.tar");
        store.save(image, archive, SaveOptions.DEFAULT);
        for (int i = 0; i < 60; i++) {
            layer("other " + i, 10);
        }
        store.close();
        store = LayerStore.open(root); // nothing is held any more
        Thread importing = new Thread(() -> {
            try {
                store.importImage(archive, ImportOptions.DEFAULT);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        StorePaths paths = new StorePaths(store.directory());
        try (StoreLocks locks = StoreLocks.open(paths.lock())) {
            Views views = new Views(paths, ids -> null, () -> null, () -> null);
            AtomicInteger steps = new AtomicInteger();
            new Collector(paths, locks, new References(paths, locks), views, () -> {
                        if (steps.incrementAndGet() == 2) { // the image is not listed any more
                            importing.start();
                        }
                        endTheBatchOf(importing);
                    })
                    .run(ALL);
        }
        importing.join();
        assertWhole(image);
    }

    private static void endTheBatchOf(Thread other) {
        try {
            if (other.isAlive()) {
                Thread.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Holds one of the layers in another thread, which waits for the collection's lock, and lets the batch come to its end. */
    private static void hold(Hold hold, Image image, StorePaths paths, AtomicReference<Digest> held) {
        Digest wanted = image.diffIds().stream()
                .filter(diffId -> Files.exists(paths.blob(diffId)))
                .findFirst()
                .orElseThrow();
        held.set(wanted);
        new Thread(() -> {
                    try {
                        hold.addBlobs(List.of(wanted));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .start();
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
