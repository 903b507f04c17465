package io.layerfs.bench;

import io.layerfs.Backend;
import io.layerfs.Backends;
import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
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

/** What it costs to mount an image and end that, to change one byte of a large file in it, and to commit ten files. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MountBenchmark {

    /** By which backend. */
    @Param({"vfs", "erofs", "overlay"})
    public String place = "vfs";

    /** How large the large file is, in MiB. */
    @Param({"1", "100"})
    public int size = 1;

    private Path temporary = Path.of("");

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private LayerStore store;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Image image;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Backend backend;

    /** Makes the image: five thousand small files, and one that is large. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        temporary = Files.createTempDirectory(Trees.directory(), "bench");
        store = LayerStore.open(temporary.resolve("store"));
        Map<String, byte[]> contents = new TreeMap<>();
        for (int i = 0; i < Trees.files(5000); i++) {
            contents.put("d" + i % 50 + "/f" + i / 50, new byte[100]);
        }
        contents.put("large", new byte[size << 20]);
        image = Trees.image(store, 1, contents);
        backend = place.equals("vfs") ? Backends.named("vfs") : KernelBackends.named(place);
        mountAndEnd();
    }

    /** Removes it. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        store.close();
        Trees.delete(temporary);
    }

    /** A disposable mount. */
    @Benchmark
    public void mountAndEnd() throws IOException {
        backend.mount(store, image, MountOptions.DISPOSABLE).close();
    }

    /** A disposable mount, in which one byte of the large file is written. */
    @Benchmark
    public void mountAndWriteOneByte() throws IOException {
        try (Mount mount = backend.mount(store, image, MountOptions.DISPOSABLE);
                FileChannel channel = FileChannel.open(mount.root().resolve("large"), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), 1000);
        } // the channel is closed first
    }

    /** A disposable mount, in which ten files are written that become an image. */
    @Benchmark
    public Image mountAndCommitTen() throws IOException {
        try (Mount mount = backend.mount(store, image, MountOptions.DISPOSABLE)) {
            for (int i = 0; i < 10; i++) {
                Files.write(mount.root().resolve("d7/n" + i), new byte[1000 + i]);
            }
            return store.plus(image, store.add(mount.changes()), History.of("ten"), "committed");
        }
    }
}
