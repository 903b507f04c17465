package io.layerfs.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
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

/** What finding files costs, through {@code Files}: all of a few thousand in turn, and one again and again. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LookupBenchmark {

    private static final int DIRECTORIES = 50;
    private static final int FILES = Trees.files(100);

    /** Where the tree is. */
    @Param({"vfs", "vfs-writable", "erofs", "overlay", "directory", "jimfs", "zipfs"})
    public String place = "vfs";

    /** How many layers the image has. */
    @Param({"1", "32"})
    public int layers = 1;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Trees trees;

    private Path[] present = new Path[0];
    private Path[] absent = new Path[0];
    private Path one = Path.of("");
    private Path deep = Path.of("");
    private int next;

    /** Makes the tree. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        byte[] content = "content".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < DIRECTORIES * FILES; i++) {
            contents.put("d" + i % DIRECTORIES + "/f" + i / DIRECTORIES, content);
        }
        contents.put("a/b/c/d/e/f/g/h", content);
        trees = Trees.make(place, layers, contents);
        Path root = trees.root();
        present = new Path[DIRECTORIES * FILES];
        absent = new Path[present.length];
        for (int i = 0; i < present.length; i++) {
            int scattered = (int) (i * 7919L % present.length);
            present[i] = root.resolve("d" + scattered % DIRECTORIES + "/f" + scattered / DIRECTORIES);
            absent[i] = root.resolve("d" + scattered % DIRECTORIES + "/x" + scattered / DIRECTORIES);
        }
        one = present[0];
        deep = root.resolve("a/b/c/d/e/f/g/h");
    }

    /** Removes it. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        trees.close();
    }

    private int next() {
        next = next + 1 < present.length ? next + 1 : 0;
        return next;
    }

    /** Attributes of one file of five thousand after the other. */
    @Benchmark
    public long attributesOfMany() throws IOException {
        return Files.readAttributes(present[next()], BasicFileAttributes.class).size();
    }

    /** Attributes of one file. */
    @Benchmark
    public long attributesOfOne() throws IOException {
        return Files.readAttributes(one, BasicFileAttributes.class).size();
    }

    /** Attributes of a file eight deep. */
    @Benchmark
    public long attributesDeep() throws IOException {
        return Files.readAttributes(deep, BasicFileAttributes.class).size();
    }

    /** Names that are there. */
    @Benchmark
    public boolean existsPresent() {
        return Files.exists(present[next()]);
    }

    /** Names that are not there. */
    @Benchmark
    public boolean existsAbsent() {
        return Files.exists(absent[next()]);
    }
}
