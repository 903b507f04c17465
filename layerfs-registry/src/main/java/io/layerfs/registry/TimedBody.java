package io.layerfs.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer, as a stream that does not wait for ever: {@code java.net.http} times the head of an answer, never its
 * body.
 *
 * <p>Reading fails once it has waited longer than the stall time-out without at least {@value #LEAST} bytes having come: a
 * server that sends one byte a minute has stalled, too. Time in which nobody reads does not count. For one reader; closing it
 * early ends the connection.
 */
final class TimedBody extends InputStream implements BodySubscriber<InputStream> {

    private static final int LEAST = 1024;

    /** How many pieces, of about 16 KiB, may wait to be read. */
    private static final int AHEAD = 8;

    private static final List<ByteBuffer> END = List.of();

    private final long patience;
    private final BlockingQueue<List<ByteBuffer>> arrived = new LinkedBlockingQueue<>();
    private final Deque<ByteBuffer> current = new ArrayDeque<>();
    private final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();
    private volatile @Nullable Throwable failure;
    private volatile boolean closed;
    private boolean ended;
    private long waited;
    private long received;

    TimedBody(Duration stallTimeout) {
        this.patience = stallTimeout.toNanos();
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscribed.complete(subscription);
        if (closed) {
            subscription.cancel();
        } else {
            subscription.request(AHEAD);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        arrived.add(buffers);
    }

    @Override
    public void onError(Throwable thrown) {
        failure = thrown;
        arrived.add(END);
    }

    @Override
    public void onComplete() {
        arrived.add(END);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (current.isEmpty()) {
            if (!next()) {
                return -1;
            }
        }
        ByteBuffer buffer = current.getFirst();
        int n = Math.min(length, buffer.remaining());
        buffer.get(target, offset, n);
        if (!buffer.hasRemaining()) {
            current.removeFirst();
        }
        return n;
    }

    /** Takes what came next, waiting for it; false at the end. */
    private boolean next() throws IOException {
        if (closed) {
            throw new IOException("the body of an answer that was closed");
        }
        if (!ended) {
            List<ByteBuffer> buffers = take();
            ended = buffers == END;
            for (ByteBuffer buffer : buffers) {
                received += buffer.remaining();
                if (buffer.hasRemaining()) {
                    current.add(buffer);
                }
            }
        }
        Throwable failed = failure;
        if (ended && failed != null) {
            throw new IOException("the answer broke off: " + failed.getMessage(), failed);
        }
        return !ended;
    }

    private List<ByteBuffer> take() throws IOException {
        List<ByteBuffer> buffers = arrived.poll();
        if (buffers == null) {
            buffers = await();
        }
        if (buffers != END) {
            subscribed.join().request(1);
        }
        return buffers;
    }

    private List<ByteBuffer> await() throws IOException {
        if (received >= LEAST) {
            waited = 0;
            received = 0;
        }
        long start = System.nanoTime();
        try {
            List<ByteBuffer> buffers = arrived.poll(patience - waited, TimeUnit.NANOSECONDS);
            waited += System.nanoTime() - start;
            if (buffers != null) {
                return buffers;
            }
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading an answer");
        }
        close();
        throw new HttpTimeoutException(
                "the answer stalled for " + Duration.ofNanos(patience).toMillis() + " ms");
    }

    @Override
    public void close() {
        closed = true;
        if (subscribed.isDone() && !ended) {
            subscribed.join().cancel();
        }
    }
}
