package io.layerfs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.GcOptions;
import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerCompression;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.SaveOptions;
import io.layerfs.WritableView;
import io.layerfs.host.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that a store does, and the power fails: at each point, in many of the states in which a disk may be then ({@link
 * Disk}), the store opens and verifies, what had returned is there, and what had not is there whole or not at all. Each sync
 * that is left out is noticed.
 *
 * <p>The build takes a few of the states; {@code -Dlayerfs.crash.states=100000} so many.
 */
class StoreCrashTest {

    static final int STATES = Integer.getInteger("layerfs.crash.states", 600);

    /** One operation of a program. */
    private interface Operation {
        void run(LayerStore store, Path place) throws IOException;
    }

    @TempDir
    Path directory;

    private final Map<Long, StoreState> found = new ConcurrentHashMap<>();
    private final List<StoreState> expected = new ArrayList<>();
    private Path disk;
    private Path layer;
    private Trace trace;
    private final AtomicInteger number = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private List<Operation> operations() {
        return List.of(
                (store, place) -> store.importImage(layer, ImportOptions.DEFAULT.withTag("app")),
                (store, place) -> store.commit(store.image("app"), changes("committed"), History.of("more"), "more"),
                (store, place) -> store.add(changes("added")),
                (store, place) -> store.createImage(store.image("more").layers(), Platform.parse("linux/arm64")),
                (store, place) -> store.tag(store.image("app"), "other"),
                (store, place) -> store.tag(store.image("more"), "app"),
                (store, place) -> store.save(
                        store.image("more"),
                        place.resolve("layout"),
                        SaveOptions.DEFAULT.withFormat(SaveOptions.Format.OCI_DIRECTORY)),
                (store, place) -> store.save(
                        store.image("other"),
                        place.resolve("layout"),
                        SaveOptions.DEFAULT.withFormat(SaveOptions.Format.OCI_DIRECTORY)),
                (store, place) -> store.save(
                        store.image("more"),
                        place.resolve("archive"),
                        SaveOptions.DEFAULT.withFormat(SaveOptions.Format.DOCKER)),
                (store, place) -> store.untag("other"),
                (store, place) -> store.createView("kept", store.image("more"), Long.MAX_VALUE)
                        .close(),
                (store, place) -> {
                    try (WritableView view = store.openView("kept")) {
                        view.createDirectory(view.root(), io.layerfs.Name.of("made"), 0755);
                    }
                },
                (store, place) -> store.remove("more"),
                (store, place) -> store.gc(new GcOptions(false, Duration.ZERO, 0, true, true)),
                (store, place) -> store.dropView("kept"),
                (store, place) -> store.remove("app"),
                (store, place) -> store.gc(new GcOptions(false, Duration.ZERO, 0, true, true)),
                (store, place) -> store.importImage(layer, ImportOptions.DEFAULT.withTag("again")));
    }

    private static io.layerfs.Changeset changes(String name) throws IOException {
        return StoreFaultsTest.changes(name, 700);
    }

    @BeforeEach
    void traceEverything() throws IOException {
        disk = Files.createDirectory(directory.resolve("disk"));
        try (LayerStore store = LayerStore.open(directory.resolve("source"))) {
            Image image = store.createImage(
                    List.of(store.add(changes("first")), store.add(changes("second"))), Platform.parse("linux/amd64"));
            layer = directory.resolve("archive.tar");
            store.save(
                    image,
                    layer,
                    SaveOptions.DEFAULT.withFormat(SaveOptions.Format.OCI).withCompression(LayerCompression.GZIP));
        }
        trace = new Trace(disk);
        FaultyFileSystem fileSystem = new FaultyFileSystem(disk.getFileSystem(), new Faults(), trace);
        expected.add(new StoreState(List.of(), Set.of()));
        try (LayerStore store = LayerStore.open(fileSystem.path(disk.resolve("store")))) {
            returned();
            for (Operation operation : operations()) {
                operation.run(store, fileSystem.path(disk));
                returned();
            }
        }
        trace.end();
    }

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private void returned() throws IOException {
        trace.returned(expected.size());
        Path copy = fresh();
        StoreFaultsTest.copy(disk, copy);
        expected.add(StoreState.read(copy));
        Durable.deleteTree(copy);
    }

    private Path fresh() {
        return directory.resolve("copy" + number.incrementAndGet());
    }

    private void check(DiskImage image, int returned) throws IOException {
        StoreState state = found.get(image.hash());
        if (state == null) {
            Path copy = Files.createDirectory(fresh());
            image.writeTo(copy);
            state = StoreState.read(copy);
            found.put(image.hash(), state);
            Durable.deleteTree(copy);
        }
        StoreState before = expected.get(returned);
        StoreState after = expected.get(Math.min(returned + 1, expected.size() - 1));
        if (!state.lines().equals(before.lines())) {
            assertThat(state.lines()).as("after %d", returned).isEqualTo(after.lines());
        }
        List<String> stay =
                before.blobs().stream().filter(after.blobs()::contains).toList();
        assertThat(state.blobs()).as("blobs").containsAll(stay);
    }

    @Test
    void whenThePowerFailsTheStoreIsSound() throws IOException, InterruptedException {
        CrashStates states = new CrashStates(trace.events(), 1, "", threads, this::check).withMost(STATES);
        states.look();
        FaultPoints.add("power", trace.events().size(), states.count(), 0);
    }

    @Test
    void aSyncThatIsLeftOutIsNoticed() throws InterruptedException {
        List<String> unnoticed = new ArrayList<>();
        for (String site : trace.sites()) {
            if (!isNoticed(site)) {
                unnoticed.add(site);
            }
        }
        assertThat(unnoticed).isEmpty();
    }

    private boolean isNoticed(String site) throws InterruptedException {
        CrashStates states = new CrashStates(trace.events(), 1, "", threads, this::check);
        try {
            states.without(sync -> sync.site().equals(site));
        } catch (AssertionError e) {
            return true;
        }
        return false;
    }
}
