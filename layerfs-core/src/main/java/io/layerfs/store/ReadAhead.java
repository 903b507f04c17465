package io.layerfs.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A stream that another thread reads ahead of its user, by a few buffers, so that decompressing one layer and hashing it
 * take two processors. Closing stops the thread and waits for it, so that the source may be closed next.
 */
final class ReadAhead extends InputStream {

    private static final int BUFFERS = 4;
    /** Small enough for G1 not to give each a region of its own. */
    private static final int BUFFER_SIZE = 256 << 10;

    /** A filled buffer; the last one has none, and says how the source ended. */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    private record Piece(
            byte @Nullable [] bytes, int length, @Nullable Throwable failure) {}

    private final BlockingQueue<Piece> full = new ArrayBlockingQueue<>(BUFFERS + 1);
    private final BlockingQueue<byte[]> empty = new ArrayBlockingQueue<>(BUFFERS);
    private final Thread thread;
    private Piece current = new Piece(new byte[0], 0, null);
    private int position;

    ReadAhead(InputStream source) {
        thread = new Thread(() -> readAll(source), "layerfs-read-ahead");
        thread.setDaemon(true);
        thread.start();
    }

    private void readAll(InputStream source) {
        Throwable failure = null;
        try {
            int n = 0;
            for (int made = 0; n >= 0; made++) {
                byte[] buffer = made < BUFFERS ? new byte[BUFFER_SIZE] : empty.take();
                n = source.readNBytes(buffer, 0, buffer.length);
                if (n > 0) {
                    full.put(new Piece(buffer, n, null));
                }
                n = n < buffer.length ? -1 : n;
            }
        } catch (InterruptedException e) {
            return;
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
        // there is room: the queue holds one more than there are buffers
        full.add(new Piece(null, 0, failure));
    }

    private boolean fill() throws IOException {
        while (position == current.length()) {
            byte[] used = current.bytes();
            if (used == null) {
                throwFailure(current.failure());
                return false;
            }
            if (used.length == BUFFER_SIZE) {
                empty.add(used);
            }
            try {
                current = full.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while reading a layer");
            }
            position = 0;
        }
        return true;
    }

    private static void throwFailure(@Nullable Throwable failure) throws IOException {
        if (failure instanceof IOException) {
            throw new IOException(failure.getMessage() == null ? failure.toString() : failure.getMessage(), failure);
        }
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] bytes = fill() ? current.bytes() : null;
        return bytes == null ? -1 : bytes[position++] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        byte[] bytes = fill() ? current.bytes() : null;
        if (bytes == null) {
            return -1;
        }
        int n = Math.min(length, current.length() - position);
        System.arraycopy(bytes, position, target, offset, n);
        position += n;
        return n;
    }

    @Override
    public void close() throws IOException {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
