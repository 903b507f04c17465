package io.layerfs.bench;

import io.layerfs.Backend;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import java.io.IOException;
import java.nio.file.Files;
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

/** What it costs to open an image, and to show it so that it can be written. Of the kernel: {@link KernelMountBenchmark}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 12, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 7, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class MountBenchmark {

    private static final int DIRECTORY = 100;

    /** By which backend. */
    @Param({"vfs-writable", "erofs", "overlay"})
    public String place = "vfs-writable";

    /** How many files the image has. */
    @Param({"1000", "10000", "100000", "1000000"})
    public int entries = 1000;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private LayerStore store;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Image image;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Backend backend;

    /** An image of so many files, in one layer. */
    static Sample sample(int entries) {
        int count = Workplace.count(entries);
        return new Sample("entries-" + count, 1, Sample.tree(Math.max(1, count / DIRECTORY), count));
    }

    /** Makes the image. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        store = sample(entries).store();
        image = Sample.image(store);
        backend = Trees.backend(place);
    }

    /** Closes its store. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        store.close();
    }

    /** A mount that can be written, and its end. */
    @Benchmark
    public void mountAndEnd() throws IOException {
        backend.mount(store, image, MountOptions.DISPOSABLE).close();
    }

    /** A store is opened, an image found by its name and mounted, a file read, and all of it closed. */
    @Benchmark
    public byte[] openAndReadOne() throws IOException {
        try (LayerStore opened = LayerStore.open(store.directory());
                Mount mount = backend.mount(opened, Sample.image(opened), MountOptions.READ_ONLY)) {
            return Files.readAllBytes(mount.root()
                    .resolve(Sample.path(Math.max(1, Workplace.count(entries) / DIRECTORY), 0)));
        }
    }
}
