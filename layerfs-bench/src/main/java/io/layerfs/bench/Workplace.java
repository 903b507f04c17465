package io.layerfs.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The directory in which benchmarks make what they measure: the property {@code layerfs.bench.dir}, else where temporary files
 * are. Images and archives that are made once stay in it, for the processes that JMH starts one after the other.
 */
final class Workplace {

    static final String PROPERTY = "layerfs.bench.dir";

    static final String SHRINK = "layerfs.bench.shrink";

    private Workplace() {}

    static Path directory() throws IOException {
        String named = System.getProperty(PROPERTY);
        Path directory = named == null
                ? Path.of(System.getProperty("java.io.tmpdir")).resolve("layerfs-bench")
                : Path.of(named).toAbsolutePath();
        return Files.createDirectories(directory);
    }

    /** A new directory in it, for its caller to delete. */
    static Path newDirectory() throws IOException {
        return Files.createTempDirectory(directory(), "bench");
    }

    /** So many, or fewer where the property {@code layerfs.bench.shrink} divides it: to try a benchmark, not to measure. */
    static int count(int count) {
        return Math.max(1, count / Integer.getInteger(SHRINK, 1));
    }

    static void delete(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
