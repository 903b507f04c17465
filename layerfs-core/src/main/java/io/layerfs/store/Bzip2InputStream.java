package io.layerfs.store;

import io.layerfs.memory.Allowance;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Objects;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The plain bytes of bzip2, several streams one behind the other as one. Each stream takes the work of a whole block, be it as short
 * as it likes: it counts as that. Closing closes the source. Not safe for use by many threads.
 */
final class Bzip2InputStream extends InputStream {

    private static final int BLOCK_UNIT = 100_000;
    private static final int HEADER = 4;

    private final PushbackInputStream in;
    private final Allowance growth;
    private @Nullable InputStream stream;

    /** {@code growth} is told what each stream counts as. */
    Bzip2InputStream(InputStream in, Allowance growth) throws IOException {
        this.in = new PushbackInputStream(in, HEADER);
        this.growth = growth;
        if (!startStream()) {
            throw new IOException("not bzip2");
        }
    }

    /** Begins the next stream; false where there is none. */
    private boolean startStream() throws IOException {
        byte[] header = in.readNBytes(HEADER);
        if (header.length == 0) {
            return false;
        }
        int level = header.length < HEADER ? 0 : header[3] - '0';
        if (level < 1 || level > 9 || header[0] != 'B' || header[1] != 'Z' || header[2] != 'h') {
            throw new IOException(stream == null ? "not bzip2" : "what follows a bzip2 stream is none");
        }
        growth.grow((long) level * BLOCK_UNIT);
        in.unread(header);
        stream = new BZip2CompressorInputStream(in, false);
        return true;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int n = Objects.requireNonNull(stream).read(target, offset, length);
        while (n < 0 && startStream()) {
            n = Objects.requireNonNull(stream).read(target, offset, length);
        }
        return n;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
