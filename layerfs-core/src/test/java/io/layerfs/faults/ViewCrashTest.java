package io.layerfs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.host.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A named view that is written, forced, killed and opened again, and the power fails: at each point, in many of the states
 * in which a disk may be then ({@link Disk}), it opens, and shows what {@link ViewPromise} allows. Each sync that is left out
 * is noticed.
 */
class ViewCrashTest {

    private static final String NAME = "kept";

    /** One operation of a program; answers the inode of a file that it forced, 0 for all, -1 for none. */
    private interface Operation {
        long run(WritableView view) throws IOException;
    }

    @TempDir
    Path directory;

    /** The last few: a state holds all bytes. */
    private final Cache<Long, ViewState> found =
            CacheBuilder.newBuilder().maximumSize(1000).build();

    private final ViewPromise promise = new ViewPromise();
    private final List<LayerStore> killed = new ArrayList<>();
    private Trace trace;
    private final AtomicInteger number = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private LayerStore judge;

    private static Operation step(ViewSteps.Work work) {
        return view -> {
            work.run(view);
            return -1;
        };
    }

    private static final Operation FORCE = view -> {
        view.force();
        return 0;
    };

    /** The process is killed, and another one opens the view. */
    private static final Operation KILL = view -> -1;

    /** It is closed, and opened again. */
    private static final Operation CLOSE = view -> {
        view.close();
        return 0;
    };

    private static Operation write(String path, long position, int size, int seed) {
        return step(view -> ViewSteps.write(view, path, position, size, seed));
    }

    private static Operation truncate(String path, long size) {
        return step(view -> {
            try (WritableView.OpenFile file = view.open(ViewSteps.place(view, path))) {
                file.truncate(size);
            }
        });
    }

    private static Operation force(String path) {
        return view -> {
            WritableView.Place place = ViewSteps.place(view, path);
            try (WritableView.OpenFile file = view.open(place)) {
                file.force();
            }
            return place.inode();
        };
    }

    private static Operation create(String name) {
        return step(view -> view.createFile(view.root(), Name.of(name), 0644));
    }

    private static Operation unlink(String name) {
        return step(view -> view.unlink(view.root(), Name.of(name)));
    }

    private static Operation rename(String from, String to) {
        return step(view -> view.rename(view.root(), Name.of(from), view.root(), Name.of(to), true));
    }

    private static final Operation ROLL_BACK = step(view -> {
        View before = view.snapshot();
        view.rollback(before);
    });

    private static final Operation SNAPSHOT = step(WritableView::snapshot);

    private static List<Operation> operations() {
        List<Operation> all = new ArrayList<>(List.of(
                create("a"),
                write("a", 0, 40_000, 1),
                FORCE,
                write("a", 10_000, 5_000, 2),
                truncate("a", 20_000),
                write("a", 30_000, 5_000, 3),
                force("a"),
                write("dir/first", 5_000, 100, 4),
                KILL,
                write("dir/first", 5_050, 100, 5),
                create("b"),
                write("b", 0, 20_000, 6),
                FORCE,
                write("b", 20_000, 20_000, 7),
                rename("b", "c"),
                unlink("a"),
                KILL,
                FORCE,
                truncate("c", 33_000),
                KILL,
                write("c", 35_000, 3_000, 8),
                force("c"),
                write("c", 8_192, 4_096, 9),
                SNAPSHOT,
                write("c", 100, 100, 10),
                force("c"),
                ROLL_BACK,
                write("c", 200, 100, 11),
                FORCE));
        for (int i = 0; i < 10; i++) {
            all.add(SNAPSHOT);
            all.add(write("c", 4_096 * i + 4_700, 150, 12 + i));
            if (i > 3) {
                all.add(CLOSE); // before the data is copied, and this is given up
            }
        }
        all.addAll(List.of(
                FORCE,
                CLOSE,
                truncate("c", 0),
                write("c", 0, 40_000, 30),
                create("d"),
                write("d", 0, 50_000, 31),
                force("d"),
                truncate("d", 20_000),
                truncate("d", 60_000),
                unlink("small"),
                rename("d", "c"),
                CLOSE,
                write("c", 500, 100, 32)));
        return all;
    }

    private static io.layerfs.Changeset image() throws IOException {
        return StoreFaultsTest.changes("first", 40_000);
    }

    /** Does everything, with each operation and what it forced noted. */
    @BeforeEach
    void traceEverything() throws IOException {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        try (LayerStore store = LayerStore.open(disk.resolve("store"))) {
            store.tag(store.createImage(List.of(store.add(image())), Platform.parse("linux/amd64")), "app");
            store.createView(NAME, store.image("app"), Long.MAX_VALUE).close();
        }
        StoreFaultsTest.copy(disk, directory.resolve("judge"));
        trace = new Trace(disk);
        WritableView view = open(disk);
        promise.add(ViewState.of(view));
        for (Operation operation : operations()) {
            if (operation == KILL) {
                Path copy = directory.resolve("disk" + number.incrementAndGet());
                StoreFaultsTest.copy(disk, copy);
                disk = copy;
                trace.continueIn(disk);
                view = open(disk);
                promise.add(ViewState.of(view));
                assertThat(promise.isSame()).isTrue();
            } else {
                long forced = operation.run(view);
                view = operation == CLOSE ? open(disk) : view;
                promise.add(ViewState.of(view));
                if (forced == 0) {
                    promise.forced();
                } else if (forced > 0) {
                    promise.forced(forced);
                }
            }
            trace.returned(promise.size() - 1);
        }
        trace.end();
        view.close();
        judge = LayerStore.open(directory.resolve("judge/store"));
        killed.add(judge);
    }

    private WritableView open(Path disk) throws IOException {
        FaultyFileSystem fileSystem = new FaultyFileSystem(disk.getFileSystem(), new Faults(), trace);
        LayerStore store = LayerStore.open(fileSystem.path(disk.resolve("store")));
        killed.add(store);
        return store.openView(NAME);
    }

    @AfterEach
    void close() throws IOException {
        threads.shutdownNow();
        for (LayerStore store : killed) {
            store.close();
        }
    }

    private ViewState read(DiskImage image) throws IOException {
        String name = "v" + number.incrementAndGet();
        Path place = judge.directory().resolve("views").resolve(name);
        Files.createDirectories(place);
        image.writeTo(place);
        ViewState state;
        try (WritableView view = judge.openView(name)) {
            state = ViewState.of(view);
        }
        try (WritableView view = judge.openView(name)) {
            assertThat(state.isSame(ViewState.of(view)))
                    .as("the same when it is opened again")
                    .isTrue();
        }
        Durable.deleteTree(place);
        return state;
    }

    private void check(DiskImage image, int returned) throws IOException {
        ViewState state = found.getIfPresent(image.hash());
        if (state == null) {
            state = read(image);
            found.put(image.hash(), state);
        }
        promise.check(state, returned);
    }

    private CrashStates states() {
        return new CrashStates(trace.events(), 1, "store/views/" + NAME, threads, this::check);
    }

    @Test
    void whenThePowerFailsAViewShowsWhatItPromises() throws IOException, InterruptedException {
        CrashStates states = states().withMost(StoreCrashTest.STATES);
        states.look();
        FaultPoints.add("power, view", trace.events().size(), states.count(), 0);
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
        try {
            states().without(sync -> sync.site().equals(site));
        } catch (AssertionError e) {
            return true;
        }
        return false;
    }
}
