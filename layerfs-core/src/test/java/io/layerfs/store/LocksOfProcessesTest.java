package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one process has locked no other has, whatever is opened and closed meanwhile in the first. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LocksOfProcessesTest {

    private static final int TIMES = 60;

    @TempDir
    Path directory;

    private Path store;
    private Path file;

    @BeforeEach
    void makeAStore() throws IOException {
        store = Files.createDirectory(directory.toRealPath().resolve("store"));
        LayerStore.open(store).close();
        file = new StorePaths(store).lock();
    }

    @Test
    void oneThreadOfAllProcessesAtATime() throws Exception {
        Path counter = Files.writeString(directory.resolve("counter"), "0");
        try (LockingProcess other = new LockingProcess(file);
                StoreLocks locks = StoreLocks.open(file)) {
            other.startCounting(counter, TIMES);
            LockingProcess.count(locks, counter, TIMES);
            other.awaitCounted();
        }
        assertThat(Files.readString(counter)).isEqualTo(Integer.toString(2 * 3 * TIMES));
    }

    /** The system frees a process' locks of a file when it closes any descriptor of that, so there is one. */
    @Test
    void aLockOutlivesOtherUsesOfTheStore() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), store);
        try (LockingProcess other = new LockingProcess(file);
                StoreLocks locks = StoreLocks.open(file)) {
            StoreLocks.Held held = Objects.requireNonNull(locks.tryLock("mine"));
            StoreLocks.open(file).close();
            LayerStore.open(store).close();
            LayerStore.open(link).close();
            LayerStore.open(store.resolve("../store/.")).close();
            locks.lock("another").close();
            assertThat(locks.tryLock("mine")).isNull();
            assertThat(other.gets("mine")).isFalse();
            held.close();
            assertThat(other.gets("mine")).isTrue();
            assertThat(locks.tryLock("mine")).isNull();
            other.giveBack("mine");
            Objects.requireNonNull(locks.tryLock("mine")).close();
        }
    }

    @Test
    void theLastUseFreesWhatWasNotGivenBack() throws Exception {
        try (LockingProcess other = new LockingProcess(file)) {
            StoreLocks locks = StoreLocks.open(file);
            locks.lock("mine");
            assertThat(other.gets("mine")).isFalse();
            locks.close();
            assertThat(other.gets("mine")).isTrue();
        }
    }

    @Test
    void aLockThatIsGivenBackTwiceIsNotTakenFromTheNext() throws Exception {
        try (StoreLocks locks = StoreLocks.open(file)) {
            StoreLocks.Held first = locks.lock("mine");
            first.close();
            try (StoreLocks.Held second = locks.lock("mine")) {
                first.close();
                assertThat(locks.tryLock("mine")).isNull();
            }
        }
    }
}
