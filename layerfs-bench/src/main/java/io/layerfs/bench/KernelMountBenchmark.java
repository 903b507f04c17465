package io.layerfs.bench;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.MountOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
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

/**
 * What it costs to have the kernel show an image so that it can be written. {@code bare} is the floor of {@code erofs}: the
 * system calls alone.
 *
 * <p>Before each mount that is measured there is one of every other kind, and all are in one directory: what ext4 needs to make
 * a directory depends on how many were deleted in the same group of blocks in the last minutes, threefold and more.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 12, time = 1)
@Measurement(iterations = 7, time = 1)
public class KernelMountBenchmark {

    private static final int ENTRIES = 1000;

    /** By which backend. */
    @Param({"erofs", "overlay", "bare"})
    public String place = "erofs";

    private final Map<String, MountAndEnd> kinds = new LinkedHashMap<>();

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private MountAndEnd measured;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private LayerStore store;

    private interface MountAndEnd {
        void run() throws IOException;
    }

    /** Makes the image. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        store = MountBenchmark.sample(ENTRIES).store();
        Image image = Sample.image(store);
        for (String backend : new String[] {"erofs", "overlay"}) {
            kinds.put(
                    backend,
                    () -> Trees.backend(backend)
                            .mount(store, image, MountOptions.DISPOSABLE)
                            .close());
        }
        // as deep as those of the backends
        BareMount bare =
                new BareMount(store, Files.createDirectories(store.directory().resolve("layerfs/bench/bare/1")));
        kinds.put("bare", bare::mountAndEnd);
        MountAndEnd chosen = kinds.remove(place);
        if (chosen == null) {
            throw new IllegalArgumentException(place);
        }
        measured = chosen;
    }

    /** Closes its store. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        Workplace.delete(store.directory().resolve("layerfs/bench"));
        store.close();
    }

    /** Mounts, and ends, by the others. */
    @Setup(Level.Invocation)
    public void others() throws IOException {
        for (MountAndEnd other : kinds.values()) {
            other.run();
        }
    }

    /** A mount that can be written, and its end. */
    @Benchmark
    public void mountAndEnd() throws IOException {
        measured.run();
    }
}
