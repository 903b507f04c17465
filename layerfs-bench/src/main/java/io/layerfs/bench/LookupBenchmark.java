package io.layerfs.bench;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.View;
import io.layerfs.Xattrs;
import io.layerfs.vfs.LayerFileSystems;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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

/**
 * What finding a file costs: through {@code Files} on an image, and on the same tree in a plain directory beside it.
 *
 * <p>{@code java -jar layerfs-bench/target/benchmarks.jar LookupBenchmark}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class LookupBenchmark {

    private static final int DIRECTORIES = 20;
    private static final int FILES = 50;

    /** Where the tree is. */
    @Param({"layerfs", "directory"})
    public String backend = "layerfs";

    /** How many layers the image has. */
    @Param({"1", "32"})
    public int layers = 1;

    private Path temporary = Path.of("");
    private FileSystem files = java.nio.file.FileSystems.getDefault();
    private Path present = Path.of("");
    private Path deep = Path.of("");
    private Path absent = Path.of("");

    /** Makes the tree. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        temporary = Files.createTempDirectory("layerfs-bench");
        Path root = backend.equals("layerfs") ? image() : directory();
        present = root.resolve("d7/f31");
        deep = root.resolve("a/b/c/d/e/f/g/h");
        absent = root.resolve("d7/f31x");
    }

    private Path image() throws IOException {
        Attributes attributes = new Attributes(0755, 0, 0, Instant.EPOCH, Xattrs.NONE);
        try (LayerStore store = LayerStore.open(temporary.resolve("store"))) {
            List<Layer> stack = new ArrayList<>();
            for (int layer = 0; layer < layers; layer++) {
                ChangesetBuilder changes = new ChangesetBuilder();
                if (layer == 0) {
                    changes.file("a/b/c/d/e/f/g/h", attributes, bytes("deep"));
                }
                for (int i = layer; i < DIRECTORIES * FILES; i += layers) {
                    changes.file("d" + i % DIRECTORIES + "/f" + i / DIRECTORIES, attributes, bytes("content"));
                }
                stack.add(store.add(changes.build()));
            }
            Image image = store.createImage(stack, Platform.host());
            View view = store.view(image);
            files = LayerFileSystems.open(view);
            return files.getPath("/");
        }
    }

    private Path directory() throws IOException {
        Path root = temporary.resolve("plain");
        for (int i = 0; i < DIRECTORIES * FILES; i++) {
            Path directory = Files.createDirectories(root.resolve("d" + i % DIRECTORIES));
            Files.write(directory.resolve("f" + i / DIRECTORIES), bytes("content"));
        }
        Files.write(Files.createDirectories(root.resolve("a/b/c/d/e/f/g")).resolve("h"), bytes("deep"));
        return root;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Removes it. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        if (backend.equals("layerfs")) {
            files.close();
        }
        try (Stream<Path> all = Files.walk(temporary)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Attributes of a file two deep. */
    @Benchmark
    public long readAttributes() throws IOException {
        return Files.readAttributes(present, BasicFileAttributes.class).size();
    }

    /** Attributes of a file eight deep. */
    @Benchmark
    public long readAttributesDeep() throws IOException {
        return Files.readAttributes(deep, BasicFileAttributes.class).size();
    }

    /** A name that is not there. */
    @Benchmark
    public boolean existsAbsent() {
        return Files.exists(absent);
    }

    /** All bytes of a small file. */
    @Benchmark
    public byte[] readAllBytes() throws IOException {
        return Files.readAllBytes(present);
    }
}
