package io.layerfs.erofs;

import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that grows at its end through a buffer, and in which earlier places can be written again. What was passed over
 * reads as zeros.
 */
final class IndexOutput implements AutoCloseable {

    private static final int WINDOW = 1 << 20;
    private static final long MAX_SIZE = Integer.MAX_VALUE & -4096L;

    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW).order(ByteOrder.LITTLE_ENDIAN);
    private long windowStart;
    private long end;

    IndexOutput(Path file) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Where the next allocation starts, at the least. */
    long end() {
        return end;
    }

    /** Takes {@code size} bytes at the end, starting at a multiple of {@code unit}; answers where. */
    long allocate(long size, int unit) throws MalformedLayerException {
        long start = Erofs.align(end, unit);
        if (start + size > MAX_SIZE) {
            throw new MalformedLayerException("its index would be larger than 2 GiB");
        }
        end = start + size;
        return start;
    }

    /** Writes what is left of {@code bytes} at {@code position}, which was allocated. */
    void write(long position, ByteBuffer bytes) throws IOException {
        long at = position;
        int from = bytes.position();
        while (from < bytes.limit()) {
            int left = bytes.limit() - from;
            int n;
            if (at < windowStart) {
                n = (int) Math.min(left, windowStart - at);
                writeFully(at, bytes.duplicate().position(from).limit(from + n));
            } else if (at < windowStart + WINDOW) {
                n = (int) Math.min(left, windowStart + WINDOW - at);
                window.put((int) (at - windowStart), bytes, from, n);
            } else {
                flush();
                windowStart = Math.max(windowStart, at);
                n = 0;
            }
            at += n;
            from += n;
        }
    }

    /** Writes the window out and moves it behind all that it covered: what is written there later goes straight out. */
    private void flush() throws IOException {
        int used = (int) Math.min(WINDOW, Math.max(0, end - windowStart));
        writeFully(windowStart, window.duplicate().position(0).limit(used));
        windowStart += used;
        for (int i = 0; i < WINDOW; i += Long.BYTES) {
            window.putLong(i, 0);
        }
    }

    private void writeFully(long position, ByteBuffer bytes) throws IOException {
        long at = position;
        ByteBuffer source = bytes.duplicate();
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }

    /** Writes out all, and reads back what lies at {@code position}. */
    ByteBuffer read(long position, int size) throws IOException {
        while (windowStart < end) {
            flush();
        }
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {}
        return bytes.clear();
    }

    /** Writes out all, makes the file {@link #end} bytes long, and gives it for reading back and for adding to. */
    FileChannel finish() throws IOException {
        while (windowStart < end) {
            flush();
        }
        return channel;
    }

    Path file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
