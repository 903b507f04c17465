package io.layerfs.bench;

import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
 * What importing an archive costs: verified, stored, indexed, synced. Beside it what the JDK needs to inflate the same layers,
 * or to hash them where they are not compressed, one after the other or two at a time: the least that there is to do.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 40)
@Measurement(iterations = 7)
public class ImportBenchmark {

    /** The archive: one that {@link SampleArchive} makes, by its name, or the path of a file. */
    @Param({SampleArchive.OCI, SampleArchive.DOCKER, SampleArchive.MILLION})
    public String archive = SampleArchive.OCI;

    private Path file = Path.of("");
    private Path temporary = Path.of("");
    private ArchiveLayers layers = new ArchiveLayers(List.of());
    private int count;

    /** Finds the layers in the archive. */
    @Setup(Level.Trial)
    public void find() throws IOException {
        temporary = Workplace.newDirectory();
        Path given = Path.of(archive);
        file = Files.exists(given) ? given : SampleArchive.file(Workplace.directory(), archive);
        layers = ArchiveLayers.of(file);
    }

    /** Deletes what is left. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        Workplace.delete(temporary);
    }

    /** Deletes the store, so that no more than one of them lies on the disk. */
    @TearDown(Level.Invocation)
    public void deleteStore() throws IOException {
        Path store = temporary.resolve("store" + count++);
        if (Files.exists(store)) {
            Workplace.delete(store);
        }
    }

    /** The whole import, into a new store. */
    @Benchmark
    public Image importImage() throws IOException {
        try (LayerStore store = LayerStore.open(temporary.resolve("store" + count))) {
            return store.importImage(file, ImportOptions.DEFAULT);
        }
    }

    /** The least, one layer after the other. */
    @Benchmark
    public long floorOneByOne() throws Exception {
        return layers.work(1);
    }

    /** The least, two layers at a time. */
    @Benchmark
    public long floorTwoAtATime() throws Exception {
        return layers.work(2);
    }

    /** What no import can do without, two layers at a time: inflated, hashed, written, and synced. */
    @Benchmark
    public long floorStored() throws Exception {
        return layers.store(temporary);
    }
}
