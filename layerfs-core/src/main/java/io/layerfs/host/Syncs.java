package io.layerfs.host;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Files that are on their way to the disk, side by side, while those who wrote them go on. What they hold survives a crash of
 * the machine once {@link #await()} has returned. Safe for use by many threads.
 */
public final class Syncs {

    /** They end soon, since as long as one is there, the class loader of this class is. */
    private static final ExecutorService THREADS =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "layerfs-sync");
                thread.setDaemon(true);
                return thread;
            });

    private final List<Future<?>> started = new ArrayList<>();

    /** One of them. */
    interface Sync {
        void run() throws IOException;
    }

    /** Starts to sync a file that is written already. */
    public void add(Path file) {
        add(() -> Durable.sync(file));
    }

    void add(Sync sync) {
        Future<?> future = start(sync);
        synchronized (started) {
            started.add(future);
        }
    }

    /**
     * Returns when all that were added are on the disk.
     *
     * @throws IOException where one of them could not be written
     */
    public void await() throws IOException {
        List<Future<?>> all;
        synchronized (started) {
            all = List.copyOf(started);
        }
        for (Future<?> one : all) {
            await(one);
        }
    }

    /** Returns when none of them is under way any more, whatever came of it; an interrupt does not end the waiting. */
    public void settle() {
        List<Future<?>> all;
        synchronized (started) {
            all = List.copyOf(started);
        }
        boolean interrupted = false;
        for (Future<?> one : all) {
            while (!one.isDone()) {
                try {
                    one.get();
                } catch (ExecutionException e) {
                    // told by await(), to whoever relies on it
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static Future<?> start(Sync sync) {
        return THREADS.submit(() -> {
            sync.run();
            return null;
        });
    }

    static void await(Future<?> sync) throws IOException {
        try {
            sync.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw new IOException("cannot be synced: " + failure.getMessage(), failure);
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while files are synced");
        }
    }
}
