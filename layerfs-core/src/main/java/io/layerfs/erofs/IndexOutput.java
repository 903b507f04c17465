package io.layerfs.erofs;

import io.layerfs.MalformedLayerException;
import io.layerfs.blob.NamedFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that grows at its end through a buffer, and in which any earlier place can be read and written again. What was
 * allocated but not written reads as zeros; long stretches of it are holes of the file.
 */
final class IndexOutput implements AutoCloseable {

    /**
     * What an index may have in bytes: it is read through one mapping, whose offsets are ints, together with the
     * checksums behind it.
     */
    static final long MAX_SIZE = (2L << 30) - (4 << 20);

    private static final int WINDOW = 1 << 20;

    private final Path file;
    private final FileChannel channel;
    /** What the file has from {@link #windowStart} on; all before that is in the file already. */
    private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW);

    private final ByteBuffer number = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long windowStart;
    private boolean isDirty;
    private long end;

    /** Creates {@code file}, which must not be there. */
    IndexOutput(Path file) throws IOException {
        this.file = file;
        channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Where the next allocation starts, at the least. */
    long end() {
        return end;
    }

    /** Takes {@code size} bytes at the end, starting at a multiple of {@code unit}; answers where. */
    long allocate(long size, int unit) throws MalformedLayerException {
        long start = Erofs.align(end, unit);
        if (size > MAX_SIZE - start) {
            throw new MalformedLayerException("its index would have more than " + MAX_SIZE + " bytes");
        }
        end = start + size;
        return start;
    }

    /** Writes what {@code bytes} has left at {@code position}, which was allocated. */
    void write(long position, ByteBuffer bytes) throws IOException {
        long at = position;
        if (at < windowStart && bytes.hasRemaining()) {
            int limit = bytes.limit();
            bytes.limit((int) Math.min(limit, bytes.position() + (windowStart - at)));
            at += writeFully(at, bytes);
            bytes.limit(limit);
        }
        while (bytes.hasRemaining()) {
            moveWindowTo(at);
            int from = (int) (at - windowStart);
            int n = Math.min(bytes.remaining(), WINDOW - from);
            window.put(from, bytes, bytes.position(), n);
            isDirty = true;
            bytes.position(bytes.position() + n);
            at += n;
        }
    }

    private void moveWindowTo(long position) throws IOException {
        while (position >= windowStart + WINDOW) {
            flush(WINDOW);
        }
    }

    private void flush(int size) throws IOException {
        if (isDirty) {
            writeFully(windowStart, window.clear().limit(size));
            for (int i = 0; i < Erofs.align(size, Long.BYTES); i += Long.BYTES) {
                window.clear().putLong(i, 0);
            }
            isDirty = false;
        }
        windowStart += size;
    }

    private long writeFully(long position, ByteBuffer bytes) throws IOException {
        long at = position;
        try {
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        } catch (IOException e) {
            throw NamedFiles.named(file, e);
        }
        return at - position;
    }

    /** Writes a u32 at {@code position}. */
    void writeInt(long position, int value) throws IOException {
        write(position, number.clear().putInt(0, value));
    }

    /** Reads what lies at {@code position}, all of which was allocated, until {@code target} is full. */
    void read(long position, ByteBuffer target) throws IOException {
        long at = position;
        while (target.hasRemaining() && at < windowStart) {
            int limit = target.limit();
            target.limit((int) Math.min(limit, target.position() + (windowStart - at)));
            int n = channel.read(target, at);
            target.limit(limit);
            if (n < 0) {
                throw new EOFException("an index that is being written ends at " + at);
            }
            at += n;
        }
        int n = target.remaining();
        target.put(target.position(), window, (int) Math.max(0, at - windowStart), n);
        target.position(target.position() + n);
    }

    /** Reads the u32 at {@code position}. */
    int readInt(long position) throws IOException {
        read(position, number.clear());
        return number.getInt(0);
    }

    /** Makes the file {@link #end} bytes long, all of it written, and puts its checksums behind it. */
    void finish() throws IOException {
        moveWindowTo(end);
        isDirty = true;
        flush((int) (end - windowStart));
        try {
            PageChecksums.append(channel, end);
        } catch (IOException e) {
            throw NamedFiles.named(file, e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
