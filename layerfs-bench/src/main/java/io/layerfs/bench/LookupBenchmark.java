package io.layerfs.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 * What finding files costs, through {@code Files}. {@code hashmap} is the floor: a map from the same paths, as text.
 *
 * <p>Files are taken in a random order, five thousand at most, whatever the number of entries: what grows with that is what the
 * search does, and what the processor's caches cannot hold.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 7, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class LookupBenchmark {

    private static final int DIRECTORY = 100;
    private static final int TAKEN = 5000;
    private static final String DEEP = "a/b/c/d/e/f/g/";

    /** Where the tree is. */
    @Param({"vfs", "vfs-writable", "erofs", "overlay", "directory", "jimfs", "zipfs", "hashmap"})
    public String place = "vfs";

    /** How many layers the image has. */
    @Param({"1", "8", "32", "128", "500"})
    public int layers = 1;

    /** How many files there are. */
    @Param("5000")
    public int entries = TAKEN;

    private @Nullable Trees trees;
    private Names present = Names.NONE;
    private Names absent = Names.NONE;
    private Names deep = Names.NONE;
    private Names first = Names.NONE;
    private Names last = Names.NONE;

    /** Where a thread is in the names that it takes in turn. */
    @State(Scope.Thread)
    public static class Turn {
        private int next;

        /** Takes the next of so many. */
        int next(int count) {
            next = next + 1 < count ? next + 1 : 0;
            return next;
        }
    }

    /** Names that are looked for in turn, in a tree or, where there is none, in a map. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Names(Path[] paths, String[] texts, Map<String, Long> map, Set<String> known) {

        static final Names NONE = new Names(new Path[0], new String[0], Map.of(), Set.of());

        long size(Turn turn) throws IOException {
            int i = turn.next(texts.length);
            return paths.length == 0
                    ? map.getOrDefault(texts[i], -1L)
                    : Files.readAttributes(paths[i], BasicFileAttributes.class).size();
        }

        boolean exists(Turn turn) {
            int i = turn.next(texts.length);
            return paths.length == 0 ? known.contains(texts[i]) : Files.exists(paths[i]);
        }
    }

    /** Makes the tree. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        int count = Math.max(Workplace.count(entries), layers); // none is empty
        int directories = Math.max(1, count / DIRECTORY);
        Map<String, byte[]> contents = Sample.tree(directories, count);
        List<String> deepFiles = new ArrayList<>();
        for (int i = 0; i < Math.min(count, DIRECTORY); i++) {
            deepFiles.add(DEEP + "f" + i);
            contents.put(DEEP + "f" + i, new byte[0]);
        }
        Sample sample = new Sample("lookup-" + count, layers, contents);
        trees = place.equals("hashmap") ? null : Trees.make(place, sample);

        Random random = new Random(1);
        Set<String> some = new TreeSet<>();
        List<String> others = new ArrayList<>();
        for (int i = 0; i < Math.min(count, TAKEN); i++) {
            String path = Sample.path(directories, count <= TAKEN ? i : random.nextInt(count));
            some.add(path);
            others.add(path.replace("/f", "/x"));
        }
        present = names(contents, some);
        absent = names(contents, others);
        deep = names(contents, deepFiles);
        first = names(contents, sample.inLayer(0));
        last = names(contents, sample.inLayer(layers - 1));
    }

    /** In a random order: that of the tree would find the next one in the processor's caches. */
    private Names names(Map<String, byte[]> contents, Collection<String> wanted) {
        List<String> texts = new ArrayList<>(wanted);
        Collections.shuffle(texts, new Random(2));
        if (trees != null) {
            Path root = trees.root();
            Path[] paths = texts.stream().map(root::resolve).toArray(Path[]::new);
            return new Names(paths, texts.toArray(new String[0]), Map.of(), Set.of());
        }
        Map<String, Long> sizes = new HashMap<>();
        contents.forEach((path, content) -> sizes.put(path, (long) content.length));
        return new Names(new Path[0], texts.toArray(new String[0]), sizes, new HashSet<>(sizes.keySet()));
    }

    /** Removes it. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        if (trees != null) {
            trees.close();
        }
    }

    /** Attributes of files of all layers. */
    @Benchmark
    public long attributes(Turn turn) throws IOException {
        return present.size(turn);
    }

    /** Attributes of files eight deep. */
    @Benchmark
    public long attributesDeep(Turn turn) throws IOException {
        return deep.size(turn);
    }

    /** Attributes of files that the base has. */
    @Benchmark
    public long attributesOfFirstLayer(Turn turn) throws IOException {
        return first.size(turn);
    }

    /** Attributes of files that the top layer has. */
    @Benchmark
    public long attributesOfLastLayer(Turn turn) throws IOException {
        return last.size(turn);
    }

    /** Names that are there. */
    @Benchmark
    public boolean existsPresent(Turn turn) {
        return present.exists(turn);
    }

    /** Names that are not there, in directories that every layer has. */
    @Benchmark
    public boolean existsAbsent(Turn turn) {
        return absent.exists(turn);
    }
}
