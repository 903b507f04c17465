package io.layerfs.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 * What reading costs: all of a file of 4 KiB, a large file from its start to its end, and blocks of 4 KiB anywhere in it.
 * {@code mapped} is the floor: the same bytes, copied from a file that this program mapped.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 7, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public class ReadBenchmark {

    private static final int LARGE = Workplace.count(64 << 20);
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 1000;
    private static final int SMALL_FILES = Workplace.count(1000);
    private static final int BUFFER = 256 << 10;

    /** Where the tree is. */
    @Param({"vfs", "vfs-writable", "erofs", "overlay", "directory", "jimfs", "zipfs", "mapped"})
    public String place = "vfs";

    private @Nullable Trees trees;
    private @Nullable ByteBuffer mapped;
    private final long[] positions = new long[BLOCKS];
    private Path[] small = new Path[0];
    private Path large = Path.of("");

    /** What a thread reads into. */
    @State(Scope.Thread)
    public static class Target {
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    }

    /** Makes the tree. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        byte[] bytes = new byte[LARGE];
        Random random = new Random(1);
        random.nextBytes(bytes);
        for (int i = 0; i < BLOCKS; i++) {
            positions[i] = (long) random.nextInt(LARGE / BLOCK) * BLOCK;
        }
        if (place.equals("mapped")) {
            Path file = Files.write(Workplace.directory().resolve("mapped"), bytes);
            try (FileChannel channel = FileChannel.open(file)) {
                mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, LARGE);
            }
            Files.delete(file);
            return;
        }
        Map<String, byte[]> contents = new TreeMap<>();
        contents.put("large", bytes);
        for (int i = 0; i < SMALL_FILES; i++) {
            int start = i * BLOCK % (LARGE - BLOCK);
            contents.put("small/f" + i, Arrays.copyOfRange(bytes, start, start + BLOCK));
        }
        trees = Trees.make(place, new Sample("read", 1, contents));
        Path root = trees.root();
        small = contents.keySet().stream()
                .filter(path -> path.startsWith("small"))
                .map(root::resolve)
                .toArray(Path[]::new);
        large = root.resolve("large");
    }

    /** Removes it. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        if (trees != null) {
            trees.close();
        }
    }

    /** All of a file of 4 KiB, of a thousand in turn. */
    @Benchmark
    public byte[] readAllBytes4K(LookupBenchmark.Turn turn) throws IOException {
        if (mapped == null) {
            return Files.readAllBytes(small[turn.next(small.length)]);
        }
        byte[] bytes = new byte[BLOCK];
        mapped.get((int) positions[turn.next(BLOCKS)], bytes);
        return bytes;
    }

    /** A file of 64 MiB, 256 KiB at a time. */
    @Benchmark
    public long sequential64M(Target target) throws IOException {
        ByteBuffer buffer = target.buffer;
        long sum = 0;
        if (mapped != null) {
            for (int at = 0; at < LARGE; at += BUFFER) {
                buffer.clear().put(mapped.slice(at, Math.min(BUFFER, LARGE - at)));
                sum += buffer.get(0);
            }
            return sum;
        }
        try (SeekableByteChannel channel = Files.newByteChannel(large)) {
            while (channel.read(buffer.clear()) > 0) {
                sum += buffer.get(0);
            }
        }
        return sum;
    }

    /** Blocks of 4 KiB, of a file that is open. */
    @Benchmark
    @OperationsPerInvocation(BLOCKS)
    public long random4K(Target target) throws IOException {
        ByteBuffer buffer = target.buffer;
        long sum = 0;
        if (mapped != null) {
            for (long position : positions) {
                buffer.clear().put(mapped.slice((int) position, BLOCK));
                sum += buffer.get(0);
            }
            return sum;
        }
        try (FileChannel channel = FileChannel.open(large)) {
            for (long position : positions) {
                buffer.clear().limit(BLOCK);
                sum += channel.read(buffer, position);
            }
        }
        return sum;
    }
}
