package io.layerfs.vfs;

import io.layerfs.Content;
import io.layerfs.lock.LockOrder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/** The bytes of a file from its start, without a channel between. As with the default provider, interrupts do not close it. */
final class LayerInputStream extends InputStream {

    private static final int TRANSFER = 64 << 10;

    private final LayerFileSystem fileSystem;
    private final OpenedFile file;
    private final Content content;
    private final ReentrantLock lock = LockOrder.CHANNEL.newLock();
    private long position;
    private volatile boolean closed;

    LayerInputStream(LayerFileSystem fileSystem, OpenedFile file) {
        this.fileSystem = fileSystem;
        this.file = file;
        this.content = file.content();
    }

    private void checkOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public int read() throws IOException {
        lock.lock();
        try {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        lock.lock();
        try {
            Objects.checkFromIndexSize(offset, length, target.length);
            checkOpen();
            int n = content.read(position, ByteBuffer.wrap(target, offset, length));
            position += Math.max(n, 0);
            return n;
        } finally {
            lock.unlock();
        }
    }

    /** One array of the right size, for the size is known. */
    @Override
    public byte[] readNBytes(int most) throws IOException {
        lock.lock();
        try {
            if (most < 0) {
                throw new IllegalArgumentException("len < 0");
            }
            checkOpen();
            byte[] bytes = new byte[(int) Math.min(most, Math.max(0, content.size() - position))];
            int n = Math.max(read(bytes, 0, bytes.length), 0);
            return n == bytes.length ? bytes : Arrays.copyOf(bytes, n);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public byte[] readAllBytes() throws IOException {
        lock.lock();
        try {
            long left = content.size() - position;
            if (left > Integer.MAX_VALUE - 8) {
                throw new OutOfMemoryError("Required array size too large");
            }
            return readNBytes(Integer.MAX_VALUE);
        } finally {
            lock.unlock();
        }
    }

    /** The target is not ours, and is not called under the lock. */
    @Override
    public long transferTo(OutputStream target) throws IOException {
        Objects.requireNonNull(target);
        checkOpen();
        byte[] buffer = new byte[Math.max(1, Math.min(TRANSFER, available()))];
        long done = 0;
        for (int n; (n = read(buffer, 0, buffer.length)) >= 0; done += n) {
            target.write(buffer, 0, n);
        }
        return done;
    }

    /** Goes back where {@code count} is negative, as the default provider's streams do. */
    @Override
    public long skip(long count) throws IOException {
        lock.lock();
        try {
            checkOpen();
            long skipped = Math.max(-position, Math.min(count, content.size() - position));
            position += skipped;
            return skipped;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int available() throws IOException {
        lock.lock();
        try {
            checkOpen();
            return (int) Math.min(Integer.MAX_VALUE, Math.max(0, content.size() - position));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            fileSystem.unregister(this);
        } finally {
            file.close();
        }
    }
}
