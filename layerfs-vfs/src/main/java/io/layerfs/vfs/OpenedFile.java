package io.layerfs.vfs;

import io.layerfs.Content;
import io.layerfs.WritableView;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a channel or stream was opened on.
 *
 * @param path as it was asked for
 * @param writable the same file, to be written, too; null for one that cannot be
 */
record OpenedFile(NioPath path, long inode, Content content, WritableView.@Nullable OpenFile writable)
        implements Closeable {

    static OpenedFile of(NioPath path, long inode, Content content) {
        return new OpenedFile(path, inode, content, null);
    }

    static OpenedFile of(NioPath path, long inode, WritableView.OpenFile file) {
        return new OpenedFile(path, inode, file, file);
    }

    /** Linux opens a directory as a file, but does not read it. */
    static OpenedFile ofDirectory(NioPath path, long inode, long size) {
        return of(path, inode, new DirectoryContent(size));
    }

    private record DirectoryContent(long size) implements Content {
        @Override
        public int read(long position, ByteBuffer target) throws IOException {
            throw new IOException("Is a directory");
        }
    }

    /** Does something, and says of which path it failed. */
    long at(Failures.Action<Long> action) throws IOException {
        return Failures.at(path, null, action);
    }

    /**
     * Writes all of {@code source}, which can be written: at {@code position}, or at the end where the mode appends; answers where
     * what was written ends.
     */
    long write(long position, ByteBuffer source, OpenMode mode) throws IOException {
        WritableView.OpenFile file = Objects.requireNonNull(writable);
        long end = at(() -> {
            int count = source.remaining();
            long start = position;
            if (mode.appends()) {
                start = file.append(source);
            } else {
                file.write(position, source);
            }
            return start + count;
        });
        if (mode.syncs()) {
            file.force();
        }
        return end;
    }

    /** Cuts it, if it is longer, as a channel of that mode does. */
    void cut(long size, OpenMode mode) throws IOException {
        if (size < content.size()) {
            truncate(size);
            force(mode.syncs());
        }
    }

    /** Has what was written survive a crash of the machine, where it is wanted. */
    void force(boolean wanted) throws IOException {
        if (writable != null && wanted) {
            writable.force();
        }
    }

    /** Cuts or extends it; of what cannot be written, nothing. */
    void truncate(long size) throws IOException {
        WritableView.OpenFile file = writable;
        if (file != null) {
            at(() -> {
                file.truncate(size);
                return size;
            });
        }
    }

    /** Refuses what is no piece of any file. */
    static void checkRegion(long at, long size) {
        if (at < 0) {
            throw new IllegalArgumentException("Negative position");
        }
        if (size < 0) {
            throw new IllegalArgumentException("Negative size");
        }
        if (at + size < 0) {
            throw new IllegalArgumentException("Position + size overflow");
        }
    }

    /** Maps a piece of it, which need not be there yet where that is to be made. */
    MappedByteBuffer map(FileChannel.MapMode mode, long position, long size, boolean extend) throws IOException {
        if (content.size() < position + size) {
            if (!extend || writable == null) {
                throw new IOException("Channel not open for writing - cannot extend file to required size");
            }
            truncate(position + size);
        }
        return Failures.at(path, null, () -> content.map(mode, position, size));
    }

    @Override
    public void close() throws IOException {
        if (writable != null) {
            writable.close();
        }
    }
}
