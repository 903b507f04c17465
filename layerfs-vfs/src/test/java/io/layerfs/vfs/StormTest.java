package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.WritableView;
import io.layerfs.upper.ViewInsides;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All that can be done with a view, by many threads at once, which are interrupted at any moment; rounds of it, with views that
 * have a name and views that have none, that are closed afterwards or under way, with room enough or not. Nobody hangs (the
 * red team's row 4), nothing is read that was not written in one piece, and nothing is left.
 */
class StormTest {

    private static final int THREADS = 12;
    private static final long SECONDS = Long.getLong("layerfs.storm.seconds", 6);
    private static final long SEED = Long.getLong("layerfs.storm.seed", 1);
    private static final long ROUND = TimeUnit.MILLISECONDS.toNanos(Long.getLong("layerfs.storm.round", 1000));
    private static final String NAME = "storm";

    @TempDir
    Path directory;

    private LayerStore store;
    private Image image;
    private long operations;
    private long refusals;

    @Test
    void nothingHangsAndNothingIsWrongOrLeft() throws Exception {
        Path tree = Files.createDirectory(directory.resolve("tree"));
        StormTree.fill(tree, new Random(SEED));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        int rounds = 0;
        try (LayerStore opened = LayerStore.open(directory.resolve("store"))) {
            store = opened;
            image = opened.importImage(tree, ImportOptions.DEFAULT.withTag("base"));
            opened.view(image);
            while (rounds < 4 || System.nanoTime() < end) {
                round(new Random(SEED + rounds), rounds);
                rounds++;
            }
        }
        assertThat(openFiles()).as("open files").isEmpty();
        assertThat(leftovers()).as("what is left in the store").isEmpty();
        System.out.printf(
                "storm: %d rounds, %d operations, %d refused or interrupted, seed %d%n",
                rounds, operations, refusals, SEED);
    }

    private void round(Random random, int number) throws Exception {
        boolean named = number % 2 == 0;
        boolean closedUnderWay = number % 4 >= 2;
        long quota = number % 8 >= 6 ? 2_000_000 : 1L << 40;
        String what = "round " + number + " of seed " + SEED;
        WritableView view = named ? store.createView(NAME, image, quota) : store.writable(image, quota);
        Storm storm = new Storm(store, image, view);
        run(storm, random, closedUnderWay);
        storm.closeChannels();
        SortedMap<String, String> lines = null;
        long used = 0;
        if (!closedUnderWay) {
            check(what, storm, view);
            lines = WritableTwin.tree(storm.root());
            used = view.usage().used();
            storm.closeUnderWay();
        }
        assertThat(storm.faults()).as(what).isEmpty();
        assertThat(((LayerFileSystem) storm.files()).resources()).as(what).isZero();
        assertThat(ViewInsides.held(view)).as("inodes held after " + what).isZero();
        if (named) {
            reopen(what, lines, used);
        }
        assertThat(openFiles())
                .as("open files after " + what)
                .allMatch(file -> file.endsWith("/lock") || file.endsWith(".hold"));
    }

    private void run(Storm storm, Random random, boolean closedUnderWay) throws Exception {
        List<StormWorker> workers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            StormWorker worker = new StormWorker(storm, i, random.nextLong());
            Thread thread = new Thread(worker, "storm " + i);
            thread.setDaemon(true);
            workers.add(worker);
            threads.add(thread);
        }
        Thread interrupter = new Thread(() -> interrupt(storm, threads, random), "storm interrupter");
        interrupter.setDaemon(true);
        threads.forEach(Thread::start);
        interrupter.start();
        Thread ending = new Thread(() -> end(storm, closedUnderWay), "storm ending");
        ending.setDaemon(true);
        ending.start();
        StormWatchdog.await(threads, workers);
        ending.join(TimeUnit.MINUTES.toMillis(2));
        assertThat(ending.isAlive())
                .as(() -> "closing does not end\n" + StormWatchdog.allThreads())
                .isFalse();
        interrupter.join();
        workers.forEach(worker -> operations += worker.done());
        refusals += storm.refused();
    }

    private static void interrupt(Storm storm, List<Thread> threads, Random random) {
        while (!storm.isOver()) {
            threads.get(random.nextInt(threads.size())).interrupt();
            LockSupport.parkNanos(random.nextInt(2_000_000));
        }
    }

    private static void end(Storm storm, boolean closedUnderWay) {
        LockSupport.parkNanos(ROUND);
        try {
            if (closedUnderWay) {
                storm.closeUnderWay();
                LockSupport.parkNanos(ROUND / 20);
            }
        } catch (IOException e) {
            storm.fault("closing under way", e);
        } finally {
            storm.end();
        }
    }

    /** When all is still. */
    private static void check(String what, Storm storm, WritableView view) throws IOException {
        assertThat(storm.faults()).as(what).isEmpty();
        assertThat(StormTree.faults(storm.root(), true)).as(what).isEmpty();
        assertThat(ViewInsides.held(view)).as("inodes held in " + what).isZero();
        assertThat(ViewInsides.nameless(view))
                .as("inodes without a name in " + what)
                .isEmpty();
        assertThat(view.usage().used()).as("what is accounted for in " + what).isEqualTo(ViewInsides.allocated(view));
        assertThat(storm.commit()).as(what).isNull();
    }

    /** What has a name is the same tree when it is opened again; then it is dropped. */
    private void reopen(String what, SortedMap<String, String> lines, long used) throws IOException {
        try (WritableView view = store.openView(NAME)) {
            assertThat(StormTree.faults(view)).as("opened again after " + what).isEmpty();
            if (lines != null) {
                assertThat(StormTree.lines(view))
                        .as("opened again after " + what)
                        .isEqualTo(lines);
                assertThat(view.usage().used())
                        .as("used, opened again after " + what)
                        .isEqualTo(used);
            }
        }
        assertThat(store.dropView(NAME)).isTrue();
    }

    /** The files of this test that this process has open, where the system tells. */
    private List<String> openFiles() throws IOException {
        List<String> open = new ArrayList<>();
        Path own = Path.of("/proc/self/fd");
        if (Files.isDirectory(own)) {
            try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(own)) {
                for (Path descriptor : descriptors) {
                    open.add(Files.readSymbolicLink(descriptor).toString());
                }
            } catch (NoSuchFileException e) {
                return openFiles(); // another thread closed it
            }
        }
        open.removeIf(file -> !file.startsWith(directory.toString()));
        return open;
    }

    /** Files of processes, scratch files and temporary ones. */
    private List<Path> leftovers() throws IOException {
        List<Path> left = new ArrayList<>();
        for (String part : List.of("layerfs/tmp", "layerfs/holds", "views")) {
            Path at = directory.resolve("store").resolve(part);
            if (Files.isDirectory(at)) {
                try (var found = Files.list(at)) {
                    left.addAll(found.toList());
                }
            }
        }
        return left;
    }
}
