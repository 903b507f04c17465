package io.layerfs.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The layers in an archive, mapped, and the least that an import does with each: one that is compressed is inflated, another is
 * hashed, by what the JDK has for that.
 */
record ArchiveLayers(List<ByteBuffer> layers) {

    private static final String ALGORITHM = "SHA-256";
    private static final int GZIP_HEADER = 10;
    private static final int BUFFER = 64 << 10;
    private static final int TAR_MAGIC = 257;
    private static final int SMALLEST = 1024;

    /** Those of an archive of images; a file that is none is one layer. */
    static ArchiveLayers of(Path file) throws IOException {
        List<ByteBuffer> layers = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(file);
                InputStream in = new BufferedInputStream(Files.newInputStream(file));
                TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                boolean isImage =
                        entry.getName().equals("oci-layout") || entry.getName().endsWith("json");
                if (entry.getSize() > SMALLEST && !isImage) {
                    // what was read of the archive so far ends where the entry's data begins
                    ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, tar.getBytesRead(), entry.getSize());
                    if (isGzip(mapped) || isTar(mapped)) {
                        layers.add(mapped);
                    }
                }
            }
            if (layers.isEmpty()) {
                layers.add(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
            }
        }
        return new ArchiveLayers(layers);
    }

    /** With a header without name and comment, as the writers of layers have it. */
    private static boolean isGzip(ByteBuffer bytes) {
        return (bytes.get(0) & 0xff) == 0x1f && (bytes.get(1) & 0xff) == 0x8b && bytes.get(3) == 0;
    }

    private static boolean isTar(ByteBuffer bytes) {
        return bytes.get(TAR_MAGIC) == 'u' && bytes.get(TAR_MAGIC + 1) == 's' && bytes.get(TAR_MAGIC + 2) == 't';
    }

    /** Does it for all, so many at a time; answers something that depends on every byte. */
    long work(int threads) throws Exception {
        return forAll(threads, layer -> isGzip(layer) ? inflate(layer, (bytes, length) -> {}) : hash(layer));
    }

    /** Inflates, hashes, writes and syncs all, two at a time: what no import can do without. */
    long store(Path directory) throws Exception {
        AtomicInteger count = new AtomicInteger();
        return forAll(2, layer -> {
            Path file = directory.resolve("layer" + count.incrementAndGet());
            try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                MessageDigest digest = MessageDigest.getInstance(ALGORITHM);
                Target both = (bytes, length) -> {
                    digest.update(bytes, 0, length);
                    out.write(ByteBuffer.wrap(bytes, 0, length));
                };
                long sum = isGzip(layer) ? inflate(layer, both) : copy(layer, both);
                out.force(true);
                return sum + digest.digest()[0];
            } finally {
                Files.delete(file);
            }
        });
    }

    /** What is done with a layer. */
    private interface Work {
        long on(ByteBuffer layer) throws Exception;
    }

    /** Where its bytes go. */
    private interface Target {
        void take(byte[] bytes, int length) throws IOException;
    }

    private long forAll(int threads, Work work) throws Exception {
        List<Callable<Long>> tasks = new ArrayList<>();
        for (ByteBuffer layer : layers) {
            tasks.add(() -> work.on(layer.duplicate()));
        }
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            long sum = 0;
            for (Future<Long> done : executor.invokeAll(tasks)) {
                sum += done.get();
            }
            return sum;
        } finally {
            executor.shutdown();
        }
    }

    private static long inflate(ByteBuffer layer, Target target) throws DataFormatException, IOException {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(layer.position(GZIP_HEADER));
            byte[] buffer = new byte[BUFFER];
            long sum = 0;
            while (!inflater.finished()) {
                int count = inflater.inflate(buffer);
                target.take(buffer, count);
                sum += count + buffer[0];
            }
            return sum;
        } finally {
            inflater.end();
        }
    }

    private static long hash(ByteBuffer layer) throws NoSuchAlgorithmException, IOException {
        MessageDigest digest = MessageDigest.getInstance(ALGORITHM);
        copy(layer, (bytes, length) -> digest.update(bytes, 0, length));
        return digest.digest()[0];
    }

    private static long copy(ByteBuffer layer, Target target) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long size = layer.remaining();
        while (layer.hasRemaining()) {
            int count = Math.min(buffer.length, layer.remaining());
            layer.get(buffer, 0, count);
            target.take(buffer, count);
        }
        return size;
    }
}
