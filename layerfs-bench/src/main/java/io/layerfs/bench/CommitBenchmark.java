package io.layerfs.bench;

import io.layerfs.History;
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

/** What it costs to make an image of ten files that were written in a mount: what changed, stored, synced and named. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 200)
@Measurement(iterations = 30)
public class CommitBenchmark {

    private static final int CHANGED = 10;

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
    private Mount mount;

    private int round;

    /** Makes the image. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        store = MountBenchmark.sample(entries).store();
        image = Sample.image(store);
    }

    /** Closes its store. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        store.close();
    }

    /** Mounts it and writes the files, others each time. */
    @Setup(Level.Invocation)
    public void change() throws IOException {
        mount = Trees.backend(place).mount(store, image, MountOptions.DISPOSABLE);
        round++;
        for (int i = 0; i < CHANGED; i++) {
            Files.write(mount.root().resolve("d0/f" + i), new byte[1000 + round]);
        }
    }

    /** Ends the mount, and takes the image out of the list, which else would have thousands. */
    @TearDown(Level.Invocation)
    public void end() throws IOException {
        mount.close();
        store.remove("committed");
    }

    /** The commit alone. */
    @Benchmark
    public Image commitTen() throws IOException {
        return store.commit(image, mount.changes(), History.of("ten"), "committed");
    }
}
