package io.layerfs.vfs;

import io.layerfs.Content;
import io.layerfs.lock.LockOrder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A file that is open. Many threads may read and write at positions of their own; the channel's own position is guarded.
 *
 * <p>An interruptible channel is closed by a read or write of an interrupted thread, as {@link
 * java.nio.channels.InterruptibleChannel} has it; no other channel of the file is. One that is not interruptible goes on:
 * {@link java.nio.file.Files#readAllBytes} is to work in an interrupted thread, as it does with the default provider, which
 * knows its own channels there.
 */
final class LayerFileChannel extends FileChannel {

    private static final int TRANSFER = 256 << 10;

    private final LayerFileSystem fileSystem;
    private final OpenedFile file;
    private final OpenMode mode;
    private final boolean interruptible;
    private final ReentrantLock positionLock = LockOrder.CHANNEL.newLock();
    private volatile boolean hadLocks;
    private long position;

    LayerFileChannel(LayerFileSystem fileSystem, OpenedFile file, OpenMode mode, boolean interruptible) {
        this.fileSystem = fileSystem;
        this.file = file;
        this.mode = mode;
        this.interruptible = interruptible;
    }

    private void checkOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void checkReadable() throws ClosedChannelException {
        checkOpen();
        if (!mode.reads()) {
            throw new NonReadableChannelException();
        }
    }

    private void checkWritable() throws ClosedChannelException {
        checkOpen();
        if (!mode.writes() || file.writable() == null) {
            throw new NonWritableChannelException();
        }
    }

    /** An interrupt ends what does not take time, too. */
    private void checkInterrupt() throws IOException {
        if (interruptible && Thread.currentThread().isInterrupted()) {
            interruptibly(() -> 0);
        }
    }

    /** Something that may take time. */
    private interface Transfer<T> {
        T run() throws IOException;
    }

    private <T> T interruptibly(Transfer<T> transfer) throws IOException {
        if (!interruptible) {
            return transfer.run();
        }
        boolean completed = false;
        try {
            begin();
            if (!isOpen()) { // closed by an interrupt, as end will say, or by another thread
                throw new AsynchronousCloseException();
            }
            T result = transfer.run();
            completed = true;
            return result;
        } finally {
            end(completed);
        }
    }

    private int readAt(long at, ByteBuffer target) throws IOException {
        checkReadable();
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        return interruptibly(() -> file.content().read(at, target));
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        positionLock.lock();
        try {
            int n = readAt(position, target);
            position += Math.max(n, 0);
            return n;
        } finally {
            positionLock.unlock();
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        positionLock.lock();
        try {
            Objects.checkFromIndexSize(offset, length, targets.length);
            checkReadable();
            checkInterrupt();
            long total = 0;
            for (int i = offset; i < offset + length; i++) {
                if (targets[i].hasRemaining()) {
                    int wanted = targets[i].remaining();
                    int n = readAt(position, targets[i]);
                    if (n < 0) {
                        return total == 0 ? -1 : total;
                    }
                    position += n;
                    total += n;
                    if (n < wanted) {
                        return total;
                    }
                }
            }
            return total;
        } finally {
            positionLock.unlock();
        }
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
        checkReadable();
        if (target instanceof LayerFileChannel other && !other.mode.writes()) {
            throw new NonWritableChannelException();
        }
        if (at < 0 || count < 0) {
            throw new IllegalArgumentException();
        }
        checkInterrupt();
        long wanted = Math.min(count, Math.max(0, file.content().size() - at));
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(TRANSFER, wanted));
        long done = 0;
        while (done < wanted) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), wanted - done));
            if (readAt(at + done, buffer) <= 0) {
                break; // somebody cut the file meanwhile
            }
            int n = target.write(buffer.flip());
            done += n;
            if (buffer.hasRemaining()) {
                break;
            }
        }
        return done;
    }

    @Override
    public long position() throws IOException {
        positionLock.lock();
        try {
            checkOpen();
            checkInterrupt();
            return mode.appends() ? file.content().size() : position;
        } finally {
            positionLock.unlock();
        }
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
        positionLock.lock();
        try {
            checkOpen();
            if (newPosition < 0) {
                throw new IllegalArgumentException();
            }
            checkInterrupt();
            position = newPosition;
            return this;
        } finally {
            positionLock.unlock();
        }
    }

    @Override
    public long size() throws IOException {
        checkOpen();
        checkInterrupt();
        return file.content().size();
    }

    /** Writes at {@code at}, or at the end where the channel appends; answers where what was written ends. */
    private long writeAt(long at, ByteBuffer source) throws IOException {
        checkWritable();
        return interruptibly(() -> file.write(at, source, mode));
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        positionLock.lock();
        try {
            int count = source.remaining();
            position = writeAt(position, source);
            return count;
        } finally {
            positionLock.unlock();
        }
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        positionLock.lock();
        try {
            Objects.checkFromIndexSize(offset, length, sources.length);
            checkWritable();
            checkInterrupt();
            if (mode.appends()) {
                return write(joined(sources, offset, length));
            }
            long total = 0;
            for (int i = offset; i < offset + length; i++) {
                if (sources[i].hasRemaining()) {
                    total += write(sources[i]);
                }
            }
            return total;
        } finally {
            positionLock.unlock();
        }
    }

    /** All that is to be appended, in one buffer: what others append must not come between. */
    private static ByteBuffer joined(ByteBuffer[] sources, int offset, int length) {
        List<ByteBuffer> parts = Arrays.asList(sources).subList(offset, offset + length);
        ByteBuffer all = ByteBuffer.allocate(
                parts.stream().mapToInt(ByteBuffer::remaining).reduce(0, Math::addExact));
        parts.forEach(all::put);
        return all.flip();
    }

    /** Where the channel appends, this does, too, as Linux has it (pwrite(2), bugs). */
    @Override
    public int write(ByteBuffer source, long at) throws IOException {
        if (at < 0) {
            throw new IllegalArgumentException("Negative position");
        }
        int count = source.remaining();
        writeAt(at, source);
        return count;
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long at, long count) throws IOException {
        checkOpen();
        if (!source.isOpen()) {
            throw new ClosedChannelException();
        }
        checkWritable();
        if (at < 0 || count < 0) {
            throw new IllegalArgumentException();
        }
        checkInterrupt();
        if (at > file.content().size()) {
            return 0;
        }
        if (source instanceof LayerFileChannel other && !other.mode.reads()) {
            throw new NonReadableChannelException();
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(TRANSFER, Math.max(count, 1)));
        long done = 0;
        while (done < count) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), count - done));
            int n = source.read(buffer);
            if (n <= 0) {
                break;
            }
            writeAt(at + done, buffer.flip());
            done += n;
        }
        return done;
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        positionLock.lock();
        try {
            checkOpen();
            if (size < 0) {
                throw new IllegalArgumentException("Negative size");
            }
            checkWritable();
            checkInterrupt();
            file.cut(size, mode);
            position = Math.min(position, size);
            return this;
        } finally {
            positionLock.unlock();
        }
    }

    @Override
    public void force(boolean metaData) throws IOException {
        checkOpen();
        checkInterrupt();
        file.force(mode.writes());
    }

    /**
     * As {@link Content#map}; as with the default provider, extends a file that ends before, if it may be written. For writing it
     * refuses: a store into memory would pass by the quota, the journal and the forks that share the file's blocks.
     */
    @Override
    public MappedByteBuffer map(MapMode wanted, long at, long size) throws IOException {
        Objects.requireNonNull(wanted, "Mode is null");
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("Size exceeds Integer.MAX_VALUE");
        }
        checkOpen();
        OpenedFile.checkRegion(at, size);
        if (wanted != MapMode.READ_ONLY) {
            checkWritable();
        }
        checkReadable();
        if (wanted == MapMode.READ_WRITE) {
            throw new UnsupportedOperationException(
                    "a file of an image is not mapped for writing: map it READ_ONLY or PRIVATE, and write by the channel");
        }
        return interruptibly(() -> file.map(wanted, at, size, mode.writes()));
    }

    /** Never waits, but as the default provider's: a thread that is interrupted gets no lock, and closes the channel. */
    @Override
    public FileLock lock(long at, long size, boolean shared) throws IOException {
        FileLock lock = tryLock(at, size, shared);
        try {
            return interruptibly(() -> lock);
        } catch (ClosedByInterruptException e) {
            throw new FileLockInterruptionException();
        }
    }

    @Override
    public FileLock tryLock(long at, long size, boolean shared) throws IOException {
        if (shared) {
            checkReadable();
        } else {
            checkOpen();
            if (!mode.writes()) {
                throw new NonWritableChannelException();
            }
        }
        hadLocks = true;
        return fileSystem.locks().take(this, file.inode(), at, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        try {
            if (hadLocks) { // else threads that close files would wait for each other
                fileSystem.locks().releaseAll(this, file.inode());
            }
            fileSystem.unregister(this);
        } finally {
            file.close();
        }
    }
}
