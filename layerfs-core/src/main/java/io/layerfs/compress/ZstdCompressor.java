package io.layerfs.compress;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/**
 * Zstd by libzstd's own threads. With one thread or more it cuts the stream into the same jobs, with the same bytes as the
 * result; without any it would give others, so that there is always one.
 */
final class ZstdCompressor implements Compressor {

    private final int level;
    private final int threads;
    private final byte[] buffer = new byte[1 << 20];

    private ZstdCompressor(int level, int threads) {
        this.level = level;
        this.threads = threads;
    }

    static ZstdCompressor create(int level, int threads) throws IOException {
        try {
            if (ZstdOutputStreamNoFinalizer.recommendedCOutSize() <= 0) {
                throw new IOException("libzstd does not say which buffers it needs");
            }
            return new ZstdCompressor(level, threads);
        } catch (NoClassDefFoundError e) {
            throw new IOException("zstd needs com.github.luben:zstd-jni on the class path", e);
        } catch (UnsatisfiedLinkError | ExceptionInInitializerError e) {
            throw new IOException("zstd needs zstd-jni's library for this machine: " + e.getMessage(), e);
        }
    }

    @Override
    public void compress(InputStream in, OutputStream out) throws IOException {
        try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(new Unclosed(out), level)) {
            zstd.setWorkers(threads);
            zstd.setChecksum(true);
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                zstd.write(buffer, 0, n);
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while compressing");
                }
            }
        }
    }

    /** A stream whose end is its owner's. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() {}
    }

    @Override
    public void close() {}
}
