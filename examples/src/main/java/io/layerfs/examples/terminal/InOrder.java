package io.layerfs.examples.terminal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Work on all processors whose results are taken in the order in which it was given, with a bound on what waits.
 *
 * <p>For use by one thread, which also takes the results. Close it; what was not taken by then is dropped.
 */
public final class InOrder<T> implements AutoCloseable {

    /** Takes a result. */
    @FunctionalInterface
    public interface Sink<T> {
        /** Takes the next result. */
        void accept(T result) throws IOException;
    }

    private static final int AHEAD = 1024;

    private final ExecutorService workers =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), InOrder::daemon);
    private final Queue<Future<T>> waiting = new ArrayDeque<>();
    private final Sink<T> sink;

    /** Gives the results to {@code sink}. */
    public InOrder(Sink<T> sink) {
        this.sink = sink;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "layerfs-worker");
        thread.setDaemon(true);
        return thread;
    }

    /** Gives work to do; takes the oldest result first where much is waiting. */
    public void submit(Callable<T> work) throws IOException {
        if (waiting.size() == AHEAD) {
            take(waiting.remove());
        }
        waiting.add(workers.submit(work));
    }

    /** Takes the results of all work. */
    public void finish() throws IOException {
        while (!waiting.isEmpty()) {
            take(waiting.remove());
        }
    }

    private void take(Future<T> future) throws IOException {
        try {
            sink.accept(future.get());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
