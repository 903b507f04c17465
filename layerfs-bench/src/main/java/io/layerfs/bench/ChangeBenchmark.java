package io.layerfs.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

/** What it costs to make, write, rename and delete a small file, and to change one byte of a file that is already there. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ChangeBenchmark {

    private static final byte[] CONTENT = new byte[4096];

    /** Where the tree is. */
    @Param({"vfs-writable", "erofs", "overlay", "directory", "jimfs"})
    public String place = "vfs-writable";

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Trees trees;

    private Path directory = Path.of("");
    private Path known = Path.of("");

    /** Makes the tree. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        trees = Trees.make(place, 1, Map.of("d/known", CONTENT));
        directory = trees.root().resolve("d");
        known = directory.resolve("known");
    }

    /** Removes it. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        trees.close();
    }

    /** An empty file is made and deleted. */
    @Benchmark
    public void createAndDelete() throws IOException {
        Files.delete(Files.createFile(directory.resolve("new")));
    }

    /** A file of 4 KiB is made, renamed and deleted. */
    @Benchmark
    public void writeRenameDelete() throws IOException {
        Path made = Files.write(directory.resolve("new"), CONTENT);
        Files.delete(Files.move(made, directory.resolve("renamed")));
    }

    /** One byte of a file of 4 KiB is written. */
    @Benchmark
    public int writeOneByte() throws IOException {
        try (FileChannel channel = FileChannel.open(known, StandardOpenOption.WRITE)) {
            return channel.write(ByteBuffer.allocate(1), 100);
        }
    }
}
