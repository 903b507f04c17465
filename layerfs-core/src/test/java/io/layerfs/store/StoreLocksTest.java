package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Locks between processes: who waits, and what must not come of it. */
class StoreLocksTest {

    @TempDir
    Path directory;

    /** A JVM of its own that has one lock, and waits for another, for ever. */
    static final class Other {
        private Other() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            StoreLocks locks = StoreLocks.open(Path.of(arguments[0]));
            locks.lock(arguments[1]);
            System.out.println("locked");
            if (arguments.length > 2) {
                System.in.read();
                locks.lock(arguments[2]);
                System.out.println("both");
            }
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    private Process other(String... names) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        directory.resolve("lock").toString(),
                        names[0],
                        names.length > 1 ? names[1] : "unused")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.inputReader().readLine()).isEqualTo("locked");
        return process;
    }

    @Test
    void aThreadThatIsInterruptedWhileItWaitsFreesNoOtherLock() throws Exception {
        Process other = other("a");
        try (StoreLocks locks = StoreLocks.open(directory.resolve("lock"));
                StoreLocks.Held mine = locks.lock("mine")) {
            Thread waiting = Thread.currentThread();
            Thread interrupter = new Thread(() -> {
                try {
                    Thread.sleep(100);
                } catch (InterruptedException e) {
                    return;
                }
                waiting.interrupt();
            });
            interrupter.start();
            assertThatThrownBy(() -> locks.lock("a")).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
            interrupter.join();
            locks.lock("another").close();
            assertThat(isFree("mine")).isFalse();
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    /** Whether another process can have the lock. */
    private boolean isFree(String name) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        directory.resolve("lock").toString(),
                        name)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        boolean ended = process.waitFor(1500, TimeUnit.MILLISECONDS);
        boolean said = process.inputReader().ready();
        process.destroyForcibly().waitFor();
        assertThat(ended).isFalse();
        return said;
    }

    /** The kernel takes two threads of two processes that wait crosswise for a deadlock, though other threads have the locks. */
    @Test
    void threadsOfTwoProcessesThatWaitCrosswiseAllGetTheirs() throws Exception {
        Process other = other("theirs", "mine");
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (StoreLocks locks = StoreLocks.open(directory.resolve("lock"))) {
            StoreLocks.Held mine = locks.lock("mine");
            Future<StoreLocks.Held> theirs = executor.submit(() -> locks.lock("theirs"));
            Thread.sleep(50);
            other.getOutputStream().write('\n');
            other.getOutputStream().flush();
            Thread.sleep(200);
            assertThat(theirs).isNotDone();
            mine.close();
            assertThat(other.inputReader().readLine()).isEqualTo("both");
            other.destroyForcibly().waitFor();
            theirs.get(10, TimeUnit.SECONDS).close();
        } finally {
            executor.shutdownNow();
            other.destroyForcibly().waitFor();
        }
    }
}
