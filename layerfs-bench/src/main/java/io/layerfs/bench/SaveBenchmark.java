package io.layerfs.bench;

import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.Layer;
import io.layerfs.LayerCompression;
import io.layerfs.LayerStore;
import io.layerfs.SaveOptions;
import io.layerfs.compress.Compressor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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
 * What it costs to compress the layers of an archive's image: the compressor alone, from the store's files to nowhere, and the
 * whole save, synced. Beside it, by hand: {@code pigz -6 -p2} and {@code zstd -3 -T2} of the same tars.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
public class SaveBenchmark {

    /** The archive. */
    @Param("")
    public String archive = "";

    /** How the layers are compressed: {@code gzip} or {@code zstd}, and the level. */
    @Param({"gzip-6", "zstd-3"})
    public String compression = "";

    /** How many threads compress. */
    @Param({"1", "2"})
    public int threads;

    private Path temporary = Path.of("");

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private LayerStore store;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Image image;

    private LayerCompression wanted = LayerCompression.KEEP;

    /** Imports the archive. */
    @Setup(Level.Trial)
    public void read() throws IOException {
        temporary = Workplace.newDirectory();
        store = LayerStore.open(temporary.resolve("store"));
        image = store.importImage(Path.of(archive), ImportOptions.DEFAULT);
        String[] parts = compression.split("-", 2);
        int level = Integer.parseInt(parts[1]);
        wanted = parts[0].equals("gzip") ? LayerCompression.gzip(level) : LayerCompression.zstd(level);
    }

    /** Removes the store. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        store.close();
        Workplace.delete(temporary);
    }

    /** Every layer, one after the other; answers how many bytes they have. */
    @Benchmark
    public long compress() throws IOException {
        long size = 0;
        try (Compressor compressor = wanted.method() == LayerCompression.Method.GZIP
                ? Compressor.gzip(wanted.level(), threads)
                : Compressor.zstd(wanted.level(), threads)) {
            for (Layer layer : image.layers()) {
                try (InputStream tar = layer.openTar()) {
                    compressor.compress(tar, OutputStream.nullOutputStream());
                }
                size += layer.size();
            }
        }
        return size;
    }

    /** An OCI archive: read, verified, compressed, hashed, written, synced. */
    @Benchmark
    public void save() throws IOException {
        SaveOptions options = SaveOptions.DEFAULT
                .withFormat(SaveOptions.Format.OCI)
                .withCompression(wanted)
                .withThreads(threads)
                .replacing();
        store.save(image, temporary.resolve("saved.tar"), options);
    }
}
