package io.layerfs.compress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * What compresses streams, one after the other, each to bytes that depend on nothing but its own and the level. Memory is
 * bounded, whatever their length. For use by one thread; once it has failed, it can only be closed.
 */
public interface Compressor extends AutoCloseable {

    /**
     * Compresses all that {@code in} has. Both streams stay open; {@code out} should have a buffer.
     *
     * @throws java.io.InterruptedIOException where the thread is interrupted
     */
    void compress(InputStream in, OutputStream out) throws IOException;

    /** Ends its threads, and waits until they have ended. */
    @Override
    void close();

    /**
     * One that makes a gzip member of each stream.
     *
     * @param level 1 to 9
     * @param threads how many compress, beside the one that calls
     */
    static Compressor gzip(int level, int threads) {
        return new GzipCompressor(level, threads);
    }

    /**
     * One that makes a zstd frame of each stream.
     *
     * @param level 1 to 19
     * @param threads how many compress, beside the one that calls
     * @throws IOException where zstd-jni is missing, or has no library for this machine
     */
    static Compressor zstd(int level, int threads) throws IOException {
        return ZstdCompressor.create(level, threads);
    }
}
