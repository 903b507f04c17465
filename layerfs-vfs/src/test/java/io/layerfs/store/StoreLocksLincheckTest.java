package io.layerfs.store;

import io.layerfs.lincheck.LincheckRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * {@link StoreLocks}: numbers are counted under locks, by threads of which some know the store by another path, so that nothing
 * but the lock of the file keeps them apart; nobody waits for ever, and in the end no lock is had. The threads just run, since
 * Lincheck has no model of channels.
 */
public class StoreLocksLincheckTest {

    private static final int COUNTERS = 3;

    /** What is judged. */
    @Param(name = "counter", gen = IntGen.class, conf = "0:2")
    @Param(name = "path", gen = IntGen.class, conf = "0:1")
    public static final class Counters {
        private final int[] counts = new int[COUNTERS];
        private final boolean[] taken = new boolean[COUNTERS];
        private final Path directory;
        private final StoreLocks[] locks;

        /** All are 0. */
        public Counters() throws IOException {
            directory = Files.createTempDirectory("lincheck");
            Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
            locks = new StoreLocks[] {StoreLocks.open(directory.resolve("lock")), StoreLocks.open(link.resolve("lock"))
            };
        }

        /** Waits for the lock. */
        @Operation
        public int next(@Param(name = "path") int path, @Param(name = "counter") int counter) throws IOException {
            try (StoreLocks.Held held = locks[path].lock("counter " + counter)) {
                return counted(counter);
            }
        }

        private int counted(int counter) {
            if (taken[counter]) {
                throw new IllegalStateException("two have a lock");
            }
            taken[counter] = true;
            Thread.onSpinWait();
            int count = counts[counter]++;
            taken[counter] = false;
            return count;
        }

        /** Waits for two locks, which others name in the other order. */
        @Operation
        public int both(@Param(name = "path") int path, @Param(name = "counter") int counter) throws IOException {
            int other = (counter + 1) % COUNTERS;
            try (StoreLocks.Held held = locks[path].lockAll(List.of("counter " + counter, "counter " + other))) {
                return counted(counter) + counted(other);
            }
        }

        /** Does not wait, and says nothing of what came of it, since that depends on others; gives it back twice. */
        @Operation
        public void attempt(@Param(name = "path") int path, @Param(name = "counter") int counter) throws IOException {
            StoreLocks.Held held = locks[path].tryLock("counter " + counter);
            if (held != null) {
                counted(counter);
                counts[counter]--;
                held.close();
                held.close();
            }
        }

        /** When all is still. */
        @Validate
        public void everyLockIsFree() throws IOException {
            for (StoreLocks path : locks) {
                for (int i = 0; i < COUNTERS; i++) {
                    StoreLocks.Held held = path.tryLock("counter " + i);
                    if (held == null) {
                        throw new IllegalStateException("nobody has a lock that is not free");
                    }
                    held.close();
                }
            }
            for (StoreLocks path : locks) {
                path.close();
            }
            Files.delete(directory.resolve("link"));
            Files.delete(directory.resolve("lock"));
            Files.delete(directory);
        }
    }

    /** The model. */
    public static final class Model {
        private final int[] counts = new int[COUNTERS];

        public int next(int path, int counter) {
            return counts[counter]++;
        }

        public int both(int path, int counter) {
            return counts[counter]++ + counts[(counter + 1) % COUNTERS]++;
        }

        public void attempt(int path, int counter) {
            // nothing is counted
        }
    }

    @Test
    void locks() {
        LincheckRuns.stressOfFiles(4).sequentialSpecification(Model.class).check(Counters.class);
    }
}
