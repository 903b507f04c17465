package io.layerfs.tar;

import io.layerfs.Content;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** The blocks of a tar on their way to a stream, through one buffer of 128 KiB. */
final class BlockOutput {

    private static final int CAPACITY = 128 * 1024;
    private static final byte[] ZEROS = new byte[HeaderBlock.SIZE];

    private final OutputStream out;
    private final ByteBuffer buffer = ByteBuffer.allocate(CAPACITY);

    BlockOutput(OutputStream out) {
        this.out = out;
    }

    /** Writes bytes, and zeros up to the next block. */
    void write(byte[] bytes) throws IOException {
        put(bytes, bytes.length);
        pad(bytes.length);
    }

    /** Writes all of {@code content}, which must have {@code size} bytes, and zeros up to the next block. */
    void write(Content content, long size, EntryPath path) throws IOException {
        writePiece(content, 0, size, path);
        if (content.read(size, ByteBuffer.allocate(1)) > 0) {
            throw new IOException("entry '" + path + "': its content goes on behind its size, " + size + " bytes");
        }
        pad(size);
    }

    /** Writes the bytes of {@code content} from {@code start} to {@code end}, and nothing behind them. */
    void writePiece(Content content, long start, long end, EntryPath path) throws IOException {
        for (long position = start; position < end; ) {
            int n = read(content, position, end);
            if (n == 0) {
                throw new IOException("entry '" + path + "': its content ends at byte " + position + ", its size is "
                        + content.size() + ", and " + end + " bytes are read");
            }
            position += n;
        }
    }

    /** Writes all that {@code in} has, which must be {@code size} bytes, and zeros up to the next block. */
    void write(InputStream in, long size, String what) throws IOException {
        for (long left = size; left > 0; ) {
            makeRoom();
            int n = in.read(buffer.array(), buffer.position(), (int) Math.min(buffer.remaining(), left));
            if (n < 0) {
                throw new EOFException(what + ": ends " + left + " bytes before its size, " + size + " bytes");
            }
            buffer.position(buffer.position() + n);
            left -= n;
        }
        if (in.read() >= 0) {
            throw new IOException(what + ": goes on behind its size, " + size + " bytes");
        }
        pad(size);
    }

    private int read(Content content, long position, long size) throws IOException {
        makeRoom();
        int start = buffer.position();
        buffer.limit(start + (int) Math.min(CAPACITY - start, size - position));
        content.read(position, buffer);
        buffer.limit(CAPACITY);
        return buffer.position() - start;
    }

    /** Writes what an archive ends with, two blocks of zeros, and flushes the stream. */
    void finish() throws IOException {
        write(ZEROS);
        write(ZEROS);
        drain();
        out.flush();
    }

    /** Writes zeros behind {@code written} bytes, up to the next block. */
    void pad(long written) throws IOException {
        put(ZEROS, (int) (-written & (HeaderBlock.SIZE - 1)));
    }

    private void put(byte[] bytes, int count) throws IOException {
        for (int done = 0; done < count; ) {
            makeRoom();
            int n = Math.min(buffer.remaining(), count - done);
            buffer.put(bytes, done, n);
            done += n;
        }
    }

    private void makeRoom() throws IOException {
        if (!buffer.hasRemaining()) {
            drain();
        }
    }

    private void drain() throws IOException {
        out.write(buffer.array(), 0, buffer.position());
        buffer.clear();
    }
}
