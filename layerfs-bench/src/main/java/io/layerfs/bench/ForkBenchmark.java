package io.layerfs.bench;

import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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

/** What it costs to fork a mount in which much was changed, and to end the fork. No peer has such a thing. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 7, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class ForkBenchmark {

    private static final int DIRECTORY = 1000;

    /** By which backend. */
    @Param("vfs-writable")
    public String place = "vfs-writable";

    /** How many files were made in it. */
    @Param({"10", "1000", "100000"})
    public int changes = 10;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private LayerStore store;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Mount mount;

    /** Mounts an image, and makes the files. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        store = new Sample("fork", 1, Map.of("f", new byte[100])).store();
        mount = Trees.backend(place).mount(store, Sample.image(store), MountOptions.DISPOSABLE);
        Path directory = mount.root();
        for (int i = 0; i < Workplace.count(changes); i++) {
            if (i % DIRECTORY == 0) {
                directory = Files.createDirectory(mount.root().resolve("made" + i));
            }
            Files.createFile(directory.resolve("f" + i));
        }
    }

    /** Ends the mount. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        mount.close();
        store.close();
    }

    /** A fork, and its end. */
    @Benchmark
    public void forkAndEnd() throws IOException {
        mount.fork().close();
    }
}
