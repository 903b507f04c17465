package io.layerfs.compress;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

/**
 * Gzip as pigz makes it: the stream is cut into blocks of a fixed size, each is deflated on its own, with the 32 KiB before it
 * as its dictionary, and ends at a byte, so that they make one deflate stream, of one gzip member (RFC 1951, RFC 1952).
 *
 * <p>The header says nothing of time, name or machine. The blocks stand in a ring of jobs, each with the buffers and the
 * deflater that it needs, which are used again and again: about 1 MiB for each job.
 */
final class GzipCompressor implements Compressor {

    /** Part of what the output is: another size gives other bytes. */
    private static final int BLOCK = 256 << 10;

    /** Deflate, no flags, no time, no word about the effort, an unknown system. */
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    /** A last block of deflate, in which there is nothing. */
    private static final byte[] END = {3, 0};

    private final ExecutorService executor;
    private final DeflateJob[] ring;

    GzipCompressor(int level, int threads) {
        ring = new DeflateJob[2 * threads];
        for (int i = 0; i < ring.length; i++) {
            ring[i] = new DeflateJob(level, BLOCK);
        }
        executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "layerfs-gzip");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void compress(InputStream in, OutputStream out) throws IOException {
        out.write(HEADER);
        CRC32 crc = new CRC32();
        long size = 0;
        int next = 0;
        DeflateJob job = ring[0];
        for (boolean more = job.fill(in, null); more; ) {
            job.addTo(crc);
            size += job.length();
            job.start(executor);
            next = (next + 1) % ring.length;
            DeflateJob following = ring[next];
            finish(following, out);
            more = following.fill(in, job);
            job = following;
        }
        for (int i = 1; i < ring.length; i++) {
            finish(ring[(next + i) % ring.length], out);
        }
        out.write(END);
        out.write(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) crc.getValue())
                .putInt((int) size)
                .array());
    }

    private static void finish(DeflateJob job, OutputStream out) throws IOException {
        try {
            job.finish(out);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while compressing");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // deflating memory into memory does not fail
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
        boolean interrupted = false;
        while (!executor.isTerminated()) {
            try {
                executor.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        for (DeflateJob job : ring) {
            job.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
