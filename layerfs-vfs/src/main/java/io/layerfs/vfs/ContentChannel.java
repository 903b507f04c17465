package io.layerfs.vfs;

import io.layerfs.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/**
 * A regular file that is open for reading. Content is mapped, so that a read does not block, and many threads may read at
 * positions of their own without waiting; the channel's own position is guarded.
 *
 * <p>An interruptible channel is closed by a read of an interrupted thread, as {@link
 * java.nio.channels.InterruptibleChannel} has it; no other channel of the file is. One that is not interruptible reads on:
 * {@link java.nio.file.Files#readAllBytes} is to work in an interrupted thread, as it does with the default provider, which
 * knows its own channels there.
 */
final class ContentChannel extends FileChannel {

    private static final int TRANSFER = 256 << 10;

    private final LayerFileSystem fileSystem;
    private final Content content;
    private final boolean interruptible;
    private long position;

    ContentChannel(LayerFileSystem fileSystem, Content content, boolean interruptible) {
        this.fileSystem = fileSystem;
        this.content = content;
        this.interruptible = interruptible;
    }

    private void checkOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private int readAt(long at, ByteBuffer target) throws IOException {
        checkOpen();
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        if (!interruptible) {
            return content.read(at, target);
        }
        boolean completed = false;
        try {
            begin();
            // begin has closed the channel where the thread is interrupted, and end will say so
            int n = isOpen() ? content.read(at, target) : 0;
            completed = true;
            return n;
        } finally {
            end(completed);
        }
    }

    @Override
    public synchronized int read(ByteBuffer target) throws IOException {
        int n = readAt(position, target);
        position += Math.max(n, 0);
        return n;
    }

    @Override
    public synchronized long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, targets.length);
        checkOpen();
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            if (targets[i].hasRemaining()) {
                int n = readAt(position, targets[i]);
                if (n < 0) {
                    return total == 0 ? -1 : total;
                }
                position += n;
                total += n;
            }
        }
        return total;
    }

    @Override
    public int read(ByteBuffer target, long at) throws IOException {
        if (at < 0) {
            throw new IllegalArgumentException("Negative position");
        }
        return readAt(at, target);
    }

    @Override
    public long transferTo(long at, long count, WritableByteChannel target) throws IOException {
        checkOpen();
        if (!target.isOpen()) {
            throw new ClosedChannelException();
        }
        if (at < 0 || count < 0) {
            throw new IllegalArgumentException();
        }
        long wanted = Math.min(count, Math.max(0, content.size() - at));
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(TRANSFER, wanted));
        long done = 0;
        while (done < wanted) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), wanted - done));
            readAt(at + done, buffer);
            int n = target.write(buffer.flip());
            done += n;
            if (n == 0) {
                break;
            }
        }
        return done;
    }

    @Override
    public synchronized long position() throws IOException {
        checkOpen();
        return position;
    }

    @Override
    public synchronized FileChannel position(long newPosition) throws IOException {
        checkOpen();
        if (newPosition < 0) {
            throw new IllegalArgumentException();
        }
        position = newPosition;
        return this;
    }

    @Override
    public long size() throws IOException {
        checkOpen();
        return content.size();
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        checkOpen();
        throw new NonWritableChannelException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, sources.length);
        checkOpen();
        throw new NonWritableChannelException();
    }

    @Override
    public int write(ByteBuffer source, long at) throws IOException {
        if (at < 0) {
            throw new IllegalArgumentException("Negative position");
        }
        checkOpen();
        throw new NonWritableChannelException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long at, long count) throws IOException {
        checkOpen();
        if (!source.isOpen()) {
            throw new ClosedChannelException();
        }
        throw new NonWritableChannelException();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        checkOpen();
        if (size < 0) {
            throw new IllegalArgumentException("Negative size");
        }
        throw new NonWritableChannelException();
    }

    @Override
    public void force(boolean metaData) throws IOException {
        checkOpen();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long at, long size) throws IOException {
        checkOpen();
        if (mode != MapMode.READ_ONLY) {
            throw new NonWritableChannelException();
        }
        throw new UnsupportedOperationException(
                "a file of an image cannot be mapped, since it is no file of the host; read it, or copy it there");
    }

    @Override
    public FileLock lock(long at, long size, boolean shared) throws IOException {
        return tryLock(at, size, shared);
    }

    /** Shared locks alone make sense where nobody can write, and nobody can be in their way. */
    @Override
    public FileLock tryLock(long at, long size, boolean shared) throws IOException {
        checkOpen();
        if (!shared) {
            throw new NonWritableChannelException();
        }
        return new SharedLock(this, at, size);
    }

    @Override
    protected void implCloseChannel() {
        fileSystem.unregister(this);
    }

    /** A lock that excludes nobody. */
    private static final class SharedLock extends FileLock {
        private boolean released;

        SharedLock(FileChannel channel, long at, long size) {
            super(channel, at, size, true);
        }

        @Override
        public synchronized boolean isValid() {
            return !released && acquiredBy().isOpen();
        }

        @Override
        public synchronized void release() throws IOException {
            if (!acquiredBy().isOpen()) {
                throw new ClosedChannelException();
            }
            released = true;
        }
    }
}
