package io.layerfs.bench;

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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to make, write, rename and delete a small file. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 7, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class ChangeBenchmark {

    private static final byte[] CONTENT = new byte[4096];

    /** Where the tree is. */
    @Param({"vfs-writable", "erofs", "overlay", "directory", "jimfs"})
    public String place = "vfs-writable";

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Trees trees;

    private Path directory = Path.of("");
    private Path written = Path.of("");

    /** Makes the tree. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        trees = Trees.make(place, new Sample("change", 1, Map.of("d/known", CONTENT)));
        directory = trees.root().resolve("d");
        written = Files.write(directory.resolve("written"), CONTENT);
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

    /** A file gets another name, and its own again. */
    @Benchmark
    @OperationsPerInvocation(2)
    public Path rename() throws IOException {
        return Files.move(Files.move(written, directory.resolve("renamed")), written);
    }

    /** A file of 4 KiB is written anew. */
    @Benchmark
    public Path write4K() throws IOException {
        return Files.write(written, CONTENT);
    }

    /** A file of 4 KiB is made, renamed and deleted. */
    @Benchmark
    public void writeRenameDelete() throws IOException {
        Path made = Files.write(directory.resolve("new"), CONTENT);
        Files.delete(Files.move(made, directory.resolve("renamed")));
    }
}
