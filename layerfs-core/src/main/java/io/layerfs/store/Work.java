package io.layerfs.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Tasks side by side. */
public final class Work {

    /** One of them. */
    public interface Task {
        /** Does it. */
        void run() throws IOException;
    }

    /** As many at once as there are processors: for work that does not wait for others. */
    static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private Work() {}

    /** Runs all; after the first failure, starts no more, waits for those that run, and throws it. */
    public static void inParallel(List<Task> tasks, int atOnce) throws IOException {
        if (tasks.size() <= 1 || atOnce == 1) {
            for (Task task : tasks) {
                task.run();
            }
            return;
        }
        int threads = Math.min(tasks.size(), atOnce);
        ExecutorService executor = Executors.newFixedThreadPool(threads, r -> {
            Thread thread = new Thread(r, "layerfs-work");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (Task task : tasks) {
                futures.add(executor.submit(() -> {
                    task.run();
                    return null;
                }));
            }
            await(futures);
        } finally {
            executor.shutdownNow();
            awaitEnd(executor);
        }
    }

    private static void await(List<Future<?>> futures) throws IOException {
        for (Future<?> future : futures) {
            try {
                future.get();
            } catch (ExecutionException e) {
                rethrow(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
    }

    private static void rethrow(ExecutionException failure) throws IOException {
        Throwable cause = failure.getCause();
        if (cause instanceof IOException e) {
            throw e;
        }
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        throw new IllegalStateException(failure);
    }

    private static void awaitEnd(ExecutorService executor) {
        boolean interrupted = false;
        while (!executor.isTerminated()) {
            try {
                executor.awaitTermination(1, java.util.concurrent.TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
