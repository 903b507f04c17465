package io.layerfs.upper;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One view under many threads: no update is lost, nothing waits for ever, nothing stays open. */
class ManyThreadsTest {

    private static final int THREADS = 64;
    private static final int ROUNDS = Integer.getInteger("layerfs.rounds", 400);

    @TempDir
    Path directory;

    @Test
    void manyThreadsChangeOneView() throws Exception {
        try (LayerStore store = LayerStore.open(directory.resolve("store"));
                WritableView view = store.writable(image(store), Long.MAX_VALUE)) {
            Name counter = Name.of("counter");
            long shared = view.createFile(view.root(), counter, 0644);
            WritableView.Place place = new WritableView.Place(view.root(), counter, shared);
            AtomicLong lookups = new AtomicLong();
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            List<Future<?>> work = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int number = t;
                work.add(threads.submit(() -> {
                    run(view, place, number, lookups);
                    return null;
                }));
            }
            threads.shutdown();
            assertThat(threads.awaitTermination(5, TimeUnit.MINUTES))
                    .as("all threads end")
                    .isTrue();
            for (Future<?> one : work) {
                one.get();
            }
            check(view, shared);
            assertThat(((UpperView) view).held()).as("inodes that are open").isZero();
            assertThat(ViewLines.of(view).stream().filter(line -> line.contains(" is ") || line.contains("wrong")))
                    .isEmpty();
            assertThat(lookups.get()).isPositive();
        }
    }

    private static Image image(LayerStore store) throws IOException {
        Attributes file = new Attributes(0644, 0, 0, Instant.ofEpochSecond(1000), Xattrs.NONE);
        ChangesetBuilder base = new ChangesetBuilder();
        for (int i = 0; i < 100; i++) {
            base.file("lower/f" + i, file, new byte[i * 1000]);
        }
        return store.createImage(List.of(store.add(base.build())), new Platform("linux", "amd64", null));
    }

    /** Each thread appends its number to one file, makes and renames files of its own, and meets the others in a directory. */
    private static void run(WritableView view, WritableView.Place shared, int number, AtomicLong lookups)
            throws IOException {
        Random random = new Random(number);
        long own = view.createDirectory(view.root(), Name.of("own" + number), 0755);
        long lower = view.lookup(view.root(), Name.of("lower"));
        for (int round = 0; round < ROUNDS; round++) {
            try (WritableView.OpenFile file = view.open(shared)) {
                file.append(ByteBuffer.wrap(new byte[] {(byte) number}));
            }
            Name made = Name.of("n" + round);
            long inode = view.createFile(own, made, 0600);
            view.rename(own, made, own, Name.of("r" + round % 10), true);
            assertThat(view.lookup(own, Name.of("r" + round % 10))).isEqualTo(inode);
            meet(view, lower, random);
            view.stat(view.lookup(view.root(), Name.of("counter")));
            lookups.incrementAndGet();
        }
    }

    private static void meet(WritableView view, long lower, Random random) throws IOException {
        Name name = Name.of("f" + random.nextInt(100));
        try {
            switch (random.nextInt(4)) {
                case 0 -> view.unlink(lower, name);
                case 1 -> view.createFile(lower, name, 0644);
                case 2 -> view.rename(lower, name, lower, Name.of("f" + random.nextInt(100)), true);
                default -> {
                    long inode = view.lookup(lower, name);
                    if (inode != View.ABSENT) {
                        try (WritableView.OpenFile file = view.open(new WritableView.Place(lower, name, inode))) {
                            file.write(random.nextInt(50_000), ByteBuffer.wrap(new byte[100]));
                        }
                    }
                }
            }
        } catch (FileSystemException e) {
            assertThat(e.getReason()).isNotEqualTo("Stale file handle");
        }
    }

    private static void check(WritableView view, long shared) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(THREADS * ROUNDS + 1);
        assertThat(view.content(shared).read(0, all)).isEqualTo(THREADS * ROUNDS);
        int[] counts = new int[THREADS];
        for (int i = 0; i < THREADS * ROUNDS; i++) {
            counts[all.get(i)]++;
        }
        assertThat(counts).containsOnly(ROUNDS);
        for (int t = 0; t < THREADS; t++) {
            long own = view.lookup(view.root(), Name.of("own" + t));
            List<View.Dirent> there = new ArrayList<>();
            view.list(own).forEachRemaining(there::add);
            assertThat(there).hasSize(10);
        }
    }
}
