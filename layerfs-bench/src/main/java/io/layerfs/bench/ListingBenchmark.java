package io.layerfs.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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

/** What it costs to list a directory of a thousand files, and to walk a tree of ten of them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 7, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class ListingBenchmark {

    private static final int DIRECTORIES = 10;
    private static final int FILES = Workplace.count(1000);

    /** Where the tree is. */
    @Param({"vfs", "vfs-writable", "erofs", "overlay", "directory", "jimfs", "zipfs"})
    public String place = "vfs";

    /** How many layers the image has; each has a part of every directory. */
    @Param({"1", "32"})
    public int layers = 1;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Trees trees;

    private Path root = Path.of("");
    private Path directory = Path.of("");

    /** Makes the tree. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        Sample sample = new Sample("listing", layers, Sample.tree(DIRECTORIES, DIRECTORIES * FILES));
        trees = Trees.make(place, sample);
        root = trees.root();
        directory = root.resolve("d7");
    }

    /** Removes it. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        trees.close();
    }

    /** A thousand names. */
    @Benchmark
    public int names() throws IOException {
        int count = 0;
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            for (Path path : stream) {
                count += path.getNameCount();
            }
        }
        return count;
    }

    /** A thousand names, each with its attributes. */
    @Benchmark
    public long namesWithAttributes() throws IOException {
        long sum = 0;
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            for (Path path : stream) {
                sum += Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .size();
            }
        }
        return sum;
    }

    /** Ten thousand files in ten directories. */
    @Benchmark
    public long walk() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.count();
        }
    }
}
