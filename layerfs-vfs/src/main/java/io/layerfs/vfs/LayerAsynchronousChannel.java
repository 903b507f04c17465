package io.layerfs.vfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A file that is open, whose operations are done by the threads of an executor. As with the default provider: a handler runs in
 * them, too; what has not begun when the channel is closed fails with an {@link AsynchronousCloseException}; a lock is had at once, or
 * refused, since no other process has any.
 */
final class LayerAsynchronousChannel extends AsynchronousFileChannel {

    /** What does the operations where nobody gives an executor; threads that hold up no JVM, and go when they are idle. */
    private static final class Default {
        static final ExecutorService EXECUTOR = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "layerfs-asynchronous");
            thread.setDaemon(true);
            return thread;
        });
    }

    private final LayerFileSystem fileSystem;
    private final OpenedFile file;
    private final OpenMode mode;
    private final Executor executor;
    private volatile boolean closed;

    LayerAsynchronousChannel(
            LayerFileSystem fileSystem, OpenedFile file, OpenMode mode, @Nullable ExecutorService executor) {
        this.fileSystem = fileSystem;
        this.file = file;
        this.mode = mode;
        this.executor = executor == null ? Default.EXECUTOR : executor;
    }

    private void checkOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    private void checkReadable() {
        if (!mode.reads()) {
            throw new NonReadableChannelException();
        }
    }

    private void checkWritable() {
        if (!mode.writes()) {
            throw new NonWritableChannelException();
        }
    }

    private static void checkPosition(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("Negative position");
        }
    }

    /** What an executor does. */
    private interface Operation<T> {
        T run() throws IOException;
    }

    /** What is to be told when it is done. */
    private interface Done<T> {
        void tell(@Nullable T result, @Nullable Throwable failure);
    }

    private static <T, A> Done<T> telling(CompletionHandler<T, ? super A> handler, @Nullable A attachment) {
        Objects.requireNonNull(handler, "'handler' is null");
        return (result, failure) -> {
            if (failure == null) {
                handler.completed(result, attachment);
            } else {
                handler.failed(failure, attachment);
            }
        };
    }

    /** What is answered where no handler is told; to cancel it by force closes the channel. */
    private final class Pending<T> extends CompletableFuture<T> implements Done<T> {
        @Override
        public void tell(@Nullable T result, @Nullable Throwable failure) {
            if (failure == null) {
                complete(result);
            } else {
                completeExceptionally(failure);
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = completeExceptionally(new CancellationException());
            if (cancelled && mayInterruptIfRunning) {
                try {
                    close();
                } catch (IOException e) {
                    return true;
                }
            }
            return cancelled;
        }
    }

    /** Does it in a thread of the executor, unless the channel is closed already, or by then. */
    private <T> void start(Operation<T> operation, Done<T> done) {
        ClosedChannelException before = closed ? new ClosedChannelException() : null;
        executor.execute(() -> {
            T result = null;
            Throwable failure = before;
            try {
                if (before == null) {
                    result = closed ? null : operation.run();
                    failure = closed && result == null ? new AsynchronousCloseException() : null;
                }
            } catch (IOException | RuntimeException | Error e) {
                failure = closed ? new AsynchronousCloseException() : e;
            }
            done.tell(result, failure);
        });
    }

    private Operation<Integer> reading(ByteBuffer target, long position) {
        checkPosition(position);
        checkReadable();
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        return () -> target.hasRemaining() ? file.content().read(position, target) : 0;
    }

    private Operation<Integer> writing(ByteBuffer source, long position) {
        checkPosition(position);
        checkWritable();
        Objects.requireNonNull(source);
        return () -> {
            int count = source.remaining();
            if (count > 0) {
                file.write(position, source, mode);
            }
            return count;
        };
    }

    @Override
    public <A> void read(
            ByteBuffer target, long position, @Nullable A attachment, CompletionHandler<Integer, ? super A> handler) {
        Done<Integer> done = telling(handler, attachment);
        start(reading(target, position), done);
    }

    @Override
    public Future<Integer> read(ByteBuffer target, long position) {
        Pending<Integer> pending = new Pending<>();
        start(reading(target, position), pending);
        return pending;
    }

    @Override
    public <A> void write(
            ByteBuffer source, long position, @Nullable A attachment, CompletionHandler<Integer, ? super A> handler) {
        Done<Integer> done = telling(handler, attachment);
        start(writing(source, position), done);
    }

    @Override
    public Future<Integer> write(ByteBuffer source, long position) {
        Pending<Integer> pending = new Pending<>();
        start(writing(source, position), pending);
        return pending;
    }

    /** Takes a lock; fails, where the channel is closed, when that is done which is answered. */
    private Operation<FileLock> locking(long position, long size, boolean shared) {
        try {
            FileLock lock = tryLock(position, size, shared);
            return () -> lock;
        } catch (IOException e) {
            return () -> {
                throw e;
            };
        }
    }

    @Override
    public <A> void lock(
            long position,
            long size,
            boolean shared,
            @Nullable A attachment,
            CompletionHandler<FileLock, ? super A> handler) {
        Done<FileLock> done = telling(handler, attachment);
        start(locking(position, size, shared), done);
    }

    @Override
    public Future<FileLock> lock(long position, long size, boolean shared) {
        Pending<FileLock> pending = new Pending<>();
        start(locking(position, size, shared), pending);
        return pending;
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        if (shared) {
            checkReadable();
        } else {
            checkWritable();
        }
        checkOpen();
        return fileSystem.locks().take(this, file.inode(), position, size, shared);
    }

    @Override
    public long size() throws IOException {
        checkOpen();
        return file.content().size();
    }

    @Override
    public AsynchronousFileChannel truncate(long size) throws IOException {
        if (size < 0) {
            throw new IllegalArgumentException("Negative size");
        }
        checkWritable();
        checkOpen();
        file.cut(size, mode);
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        checkOpen();
        file.force(mode.writes());
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    /** What is being done ends as if it were open; what waits fails. */
    @Override
    public void close() throws IOException {
        closed = true;
        try {
            fileSystem.locks().releaseAll(this, file.inode());
            fileSystem.unregister(this);
        } finally {
            file.close();
        }
    }
}
