package io.layerfs.compress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** The deflating of one block after another, each with what was before it in the stream as its dictionary. */
final class DeflateJob {

    /** As far as deflate looks back. */
    private static final int WINDOW = 32 << 10;

    private final Deflater deflater;
    /** The window, then the block. */
    private final byte[] input;
    /** Has room for any block: a buffer that becomes full would make zlib flush twice. */
    private final byte[] output;

    private int before;
    private int length;
    private @Nullable Future<Integer> result;

    DeflateJob(int level, int block) {
        deflater = new Deflater(level, true);
        input = new byte[WINDOW + block];
        output = new byte[block + (block >> 8) + 64];
    }

    /**
     * Takes the next block of {@code in}, and answers whether there is one.
     *
     * @param previous has the block before it; null where this is the first
     */
    boolean fill(InputStream in, @Nullable DeflateJob previous) throws IOException {
        before = previous == null ? 0 : Math.min(WINDOW, previous.length);
        if (previous != null) {
            System.arraycopy(previous.input, WINDOW + previous.length - before, input, WINDOW - before, before);
        }
        length = in.readNBytes(input, WINDOW, input.length - WINDOW);
        return length > 0;
    }

    int length() {
        return length;
    }

    void addTo(CRC32 crc) {
        crc.update(input, WINDOW, length);
    }

    void start(ExecutorService executor) {
        result = executor.submit(this::deflate);
    }

    private int deflate() {
        deflater.reset();
        if (before > 0) {
            deflater.setDictionary(input, WINDOW - before, before);
        }
        deflater.setInput(input, WINDOW, length);
        int n = deflater.deflate(output, 0, output.length, Deflater.SYNC_FLUSH);
        if (n == output.length || !deflater.needsInput()) {
            throw new IllegalStateException(length + " bytes became more than " + n);
        }
        return n;
    }

    /** Waits for what was started, if anything was, and writes it. */
    void finish(OutputStream out) throws IOException, InterruptedException, ExecutionException {
        if (result != null) {
            out.write(output, 0, result.get());
            result = null;
        }
    }

    /** Frees the deflater, which must not be at work. */
    void close() {
        deflater.end();
    }
}
