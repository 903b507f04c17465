package io.layerfs.blob;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that is read and written at any place of it. Made where it is absent. For one thread at a time.
 *
 * <p>On the host a {@link RandomAccessFile} and not a channel, because an interrupt of one thread closes a channel for all;
 * on another provider's file system, or by a name that is none in the locale's charset, a channel, because there is nothing
 * else: one that was closed by an interrupt is opened again, and what was to be done is done. Hence an interrupt does nothing
 * here; the thread stays interrupted. Every failure names the file.
 */
public abstract class RandomFile implements Closeable {

    private volatile Path path;

    private RandomFile(Path path) {
        this.path = path;
    }

    /** Opens it for reading and writing; the caller closes it. */
    public static RandomFile open(Path path) throws IOException {
        RandomFile file = isOfHost(path) ? new OfHost(path) : new OfChannel(path);
        FileOwner.asDirectory(path);
        return file;
    }

    /** Whether the host has the file, under a name that {@link java.io.File} can say: which takes one in the locale's charset. */
    private static boolean isOfHost(Path path) {
        if (!path.getFileSystem().equals(FileSystems.getDefault())) {
            return false;
        }
        try {
            return path.toFile().toPath().equals(path);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Says that the file has another name now. */
    public final void renamed(Path now) {
        path = now;
    }

    final Path path() {
        return path;
    }

    /** Something that is done to the file. */
    private interface Call {
        int run() throws IOException;
    }

    private int named(Call call) throws IOException {
        try {
            return call.run();
        } catch (IOException e) {
            throw NamedFiles.named(path, e);
        }
    }

    /** Reads some bytes, as many as there are at once, up to {@code length}; -1 at or behind its end. */
    public final int read(long position, byte[] target, int offset, int length) throws IOException {
        return named(() -> doRead(position, target, offset, length));
    }

    /** Reads {@code target} full. */
    public final void readFully(long position, byte[] target) throws IOException {
        for (int done = 0; done < target.length; ) {
            int n = read(position + done, target, done, target.length - done);
            if (n < 0) {
                throw new EOFException(path + " ends at " + (position + done));
            }
            done += n;
        }
    }

    /** Writes all of it. */
    public final void write(long position, byte[] source, int offset, int length) throws IOException {
        named(() -> {
            doWrite(position, source, offset, length);
            return length;
        });
    }

    /** Cuts it to {@code size} bytes, if it is longer. */
    public final void truncate(long size) throws IOException {
        named(() -> {
            doTruncate(size);
            return 0;
        });
    }

    /** Returns when it is on the disk. */
    public final void sync() throws IOException {
        named(() -> {
            doSync();
            return 0;
        });
    }

    /** How many bytes it has. */
    public abstract long length() throws IOException;

    abstract int doRead(long position, byte[] target, int offset, int length) throws IOException;

    abstract void doWrite(long position, byte[] source, int offset, int length) throws IOException;

    abstract void doTruncate(long size) throws IOException;

    abstract void doSync() throws IOException;

    private static final class OfHost extends RandomFile {
        private final RandomAccessFile file;

        OfHost(Path path) throws IOException {
            super(path);
            file = new RandomAccessFile(path.toFile(), "rw");
        }

        @Override
        int doRead(long position, byte[] target, int offset, int length) throws IOException {
            file.seek(position);
            return file.read(target, offset, length);
        }

        @Override
        void doWrite(long position, byte[] source, int offset, int length) throws IOException {
            file.seek(position);
            file.write(source, offset, length);
        }

        @Override
        void doTruncate(long size) throws IOException {
            if (file.length() > size) {
                file.setLength(size);
            }
        }

        @Override
        void doSync() throws IOException {
            file.getFD().sync();
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private static final class OfChannel extends RandomFile {
        private FileChannel channel;
        private boolean closed;

        OfChannel(Path path) throws IOException {
            super(path);
            channel = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        }

        /** Something that is done by a channel, and can be done again. */
        private interface Use {
            long run() throws IOException;
        }

        private long uninterrupted(Use use) throws IOException {
            return Uninterrupted.run(() -> {
                if (!channel.isOpen() && !closed) {
                    channel = FileChannel.open(path(), StandardOpenOption.READ, StandardOpenOption.WRITE);
                }
                return use.run();
            });
        }

        @Override
        int doRead(long position, byte[] target, int offset, int length) throws IOException {
            return (int) uninterrupted(() -> channel.read(ByteBuffer.wrap(target, offset, length), position));
        }

        @Override
        void doWrite(long position, byte[] source, int offset, int length) throws IOException {
            uninterrupted(() -> {
                ByteBuffer bytes = ByteBuffer.wrap(source, offset, length);
                for (long at = position; bytes.hasRemaining(); ) {
                    at += channel.write(bytes, at);
                }
                return length;
            });
        }

        @Override
        void doTruncate(long size) throws IOException {
            uninterrupted(() -> {
                channel.truncate(size);
                return size;
            });
        }

        @Override
        void doSync() throws IOException {
            uninterrupted(() -> {
                channel.force(true);
                return 0;
            });
        }

        @Override
        public long length() throws IOException {
            return uninterrupted(() -> channel.size());
        }

        @Override
        public void close() throws IOException {
            closed = true;
            channel.close();
        }
    }
}
