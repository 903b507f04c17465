package io.layerfs.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
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

/**
 * What reading costs: all of a file of 4 KiB, a large file from its start to its end, and blocks of 4 KiB anywhere in it.
 * {@code memory} is the floor: the same bytes copied from one buffer to another.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReadBenchmark {

    private static final int LARGE = Trees.files(64 << 20);
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 1000;
    private static final int BUFFER = 256 << 10;

    /** Where the tree is. */
    @Param({"vfs", "vfs-writable", "erofs", "overlay", "directory", "jimfs", "zipfs"})
    public String place = "vfs";

    @SuppressWarnings("NullAway.Init") // set up by JMH
    private Trees trees;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private final ByteBuffer memory = ByteBuffer.allocateDirect(LARGE);
    private final long[] positions = new long[BLOCKS];
    private Path small = Path.of("");
    private Path large = Path.of("");

    /** Makes the tree. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        byte[] bytes = new byte[LARGE];
        Random random = new Random(1);
        random.nextBytes(bytes);
        contents.put("small", java.util.Arrays.copyOf(bytes, BLOCK));
        contents.put("large", bytes);
        for (int i = 0; i < BLOCKS; i++) {
            positions[i] = (long) random.nextInt(LARGE / BLOCK) * BLOCK;
        }
        trees = Trees.make(place, 1, contents);
        small = trees.root().resolve("small");
        large = trees.root().resolve("large");
    }

    /** Removes it. */
    @TearDown(Level.Trial)
    public void remove() throws IOException {
        trees.close();
    }

    /** A file of 4 KiB. */
    @Benchmark
    public byte[] all4K() throws IOException {
        return Files.readAllBytes(small);
    }

    /** A file of 64 MiB, 256 KiB at a time. */
    @Benchmark
    public long sequential64M() throws IOException {
        long sum = 0;
        try (var channel = Files.newByteChannel(large)) {
            while (channel.read(buffer.clear()) > 0) {
                sum += buffer.get(0);
            }
        }
        return sum;
    }

    /** As many bytes from memory to memory. */
    @Benchmark
    public int memory64M() {
        memory.clear();
        while (memory.hasRemaining()) {
            ByteBuffer part = memory.slice(memory.position(), Math.min(BUFFER, memory.remaining()));
            buffer.clear().put(part);
            memory.position(memory.position() + part.capacity());
        }
        return buffer.get(0);
    }

    /** Blocks of 4 KiB, of a file that is open. */
    @Benchmark
    @OperationsPerInvocation(BLOCKS)
    public long random4K() throws IOException {
        long sum = 0;
        try (FileChannel channel = FileChannel.open(large)) {
            for (long position : positions) {
                buffer.clear().limit(BLOCK);
                sum += channel.read(buffer, position);
            }
        }
        return sum;
    }
}
