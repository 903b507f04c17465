package io.layerfs.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
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

/**
 * What finding files costs when the kernel remembers none: before each round its caches are dropped, of data, directory entries
 * and inodes. Needs root. The code is warm: what is measured is what the file system has to look for.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2)
@Measurement(iterations = 7)
public class ColdBenchmark {

    private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");
    private static final int DIRECTORIES = 10;
    private static final int TAKEN = 100;
    private static final int WARM = 200;

    /** Where the tree is. */
    @Param({"vfs", "overlay"})
    public String place = "vfs";

    /** How many layers the image has. */
    @Param({"1", "8", "32", "128", "500"})
    public int layers = 1;

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Trees trees;

    private Path merged = Path.of("");
    private Path[] absent = new Path[0];
    private Path[] bottom = new Path[0];

    static boolean isPossible() {
        return Files.isWritable(DROP_CACHES);
    }

    /** Makes the tree: every layer has a part of every directory. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        Sample sample = new Sample("cold", layers, Sample.tree(DIRECTORIES, 10 * DIRECTORIES * layers));
        trees = Trees.make(place, sample);
        List<String> files = sample.inLayer(0);
        merged = trees.root().resolve("d7");
        absent = paths(files, path -> path.replace("/f", "/x"));
        bottom = paths(files, path -> path);
        for (int i = 0; i < WARM; i++) {
            findAbsent();
            attributesOfFirstLayer();
            list();
        }
    }

    private Path[] paths(List<String> files, UnaryOperator<String> change) {
        Path root = trees.root();
        return files.stream().limit(TAKEN).map(change).map(root::resolve).toArray(Path[]::new);
    }

    /** Removes it. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        trees.close();
    }

    /** Has the kernel forget what is not in use. */
    @Setup(Level.Invocation)
    public void drop() throws IOException {
        Files.writeString(DROP_CACHES, "3");
    }

    /** Names that are not there, in directories that every layer has. */
    @Benchmark
    @OperationsPerInvocation(TAKEN)
    public int existsAbsent() {
        return findAbsent();
    }

    private int findAbsent() {
        int found = 0;
        for (Path path : absent) {
            found += Files.exists(path) ? 1 : 0;
        }
        return found;
    }

    /** Attributes of files that the base has. */
    @Benchmark
    @OperationsPerInvocation(TAKEN)
    public long attributesOfFirstLayer() throws IOException {
        long sum = 0;
        for (Path path : bottom) {
            sum += Files.readAttributes(path, BasicFileAttributes.class).size();
        }
        return sum;
    }

    /** The names in a directory that every layer has. */
    @Benchmark
    public int list() throws IOException {
        int count = 0;
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(merged)) {
            for (Path path : stream) {
                count += path.getNameCount();
            }
        }
        return count;
    }
}
