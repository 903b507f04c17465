package io.layerfs.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Files on their way to the disk are somebody's until they are there: an operation that failed, or was interrupted, returns
 * when none of its files is open any more. Found by the storm: deleted files of interrupted commits stayed open.
 */
@Timeout(60)
class SyncsTest {

    @Test
    void anInterruptDoesNotEndTheWaitingForThemAll() throws InterruptedException {
        Syncs syncs = new Syncs();
        CountDownLatch disk = new CountDownLatch(1);
        AtomicBoolean isDone = new AtomicBoolean();
        syncs.add(() -> {
            throw new IOException("no disk");
        });
        syncs.add(() -> {
            awaitQuietly(disk);
            isDone.set(true);
        });
        AtomicBoolean wasDone = new AtomicBoolean();
        AtomicBoolean isInterrupted = new AtomicBoolean();
        Thread thread = new Thread(() -> {
            Thread.currentThread().interrupt();
            syncs.settle();
            wasDone.set(isDone.get());
            isInterrupted.set(Thread.interrupted());
        });
        thread.start();
        thread.join(100);
        assertThat(thread.isAlive()).isTrue();
        disk.countDown();
        thread.join();
        assertThat(wasDone).isTrue();
        assertThat(isInterrupted).isTrue();
    }

    private static void awaitQuietly(CountDownLatch latch) throws IOException {
        try {
            assertThat(latch.await(50, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
