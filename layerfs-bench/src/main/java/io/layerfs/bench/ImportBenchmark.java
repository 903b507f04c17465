package io.layerfs.bench;

import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What importing an archive of gzip layers costs, beside what the JDK needs to inflate and to hash the same bytes in one
 * thread, which is the least that there is to do.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5)
@Measurement(iterations = 9)
public class ImportBenchmark {

    private static final int GZIP = 0x8b1f;
    private static final int GZIP_HEADER = 10;

    /** The archive. */
    @Param("")
    public String archive = "";

    private final List<byte[]> layers = new ArrayList<>();
    private Path temporary = Path.of("");
    private int count;

    /** Reads the archive once. */
    @Setup(Level.Trial)
    public void read() throws IOException {
        temporary = Files.createTempDirectory(Trees.directory(), "bench");
        try (InputStream in = new BufferedInputStream(Files.newInputStream(Path.of(archive)));
                TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
            while (tar.getNextEntry() != null) {
                byte[] bytes = tar.readAllBytes();
                // a header without name and comment, as the writers of layers have it
                if (bytes.length > GZIP_HEADER
                        && ((bytes[0] & 0xff) | (bytes[1] & 0xff) << 8) == GZIP
                        && bytes[3] == 0) {
                    layers.add(bytes);
                }
            }
        }
    }

    /** Removes all stores. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        Trees.delete(temporary);
    }

    /** The whole import: verified, stored, indexed, synced. */
    @Benchmark
    public Image importImage() throws IOException {
        try (LayerStore store = LayerStore.open(temporary.resolve("store" + count++))) {
            return store.importImage(Path.of(archive), ImportOptions.DEFAULT);
        }
    }

    /** The layers inflated, one after the other. */
    @Benchmark
    public long inflate() throws DataFormatException {
        long sum = 0;
        byte[] buffer = new byte[64 << 10];
        for (byte[] layer : layers) {
            sum += inflate(layer, buffer, null);
        }
        return sum;
    }

    /** The layers inflated and hashed, one after the other. */
    @Benchmark
    public long inflateAndHash() throws DataFormatException, NoSuchAlgorithmException {
        long sum = 0;
        byte[] buffer = new byte[64 << 10];
        for (byte[] layer : layers) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            sum += inflate(layer, buffer, digest);
            sum += digest.digest()[0];
        }
        return sum;
    }

    private static long inflate(byte[] layer, byte[] buffer, @org.jspecify.annotations.Nullable MessageDigest digest)
            throws DataFormatException {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(layer, GZIP_HEADER, layer.length - GZIP_HEADER);
            long sum = 0;
            while (!inflater.finished()) {
                int n = inflater.inflate(buffer);
                sum += n;
                if (digest != null) {
                    digest.update(buffer, 0, n);
                }
            }
            return sum;
        } finally {
            inflater.end();
        }
    }
}
