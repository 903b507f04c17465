package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are mapped, as the default provider maps them (field faults, section 4, "FileChannel.map"). */
class MappingTest {

    private static final int LARGE = 300_000;

    private WritableTwin twin;

    @BeforeEach
    void make(@TempDir Path directory) throws IOException {
        twin = new WritableTwin(directory, MappingTest::fill);
    }

    @AfterEach
    void close() throws IOException {
        twin.close();
    }

    private static byte[] bytes(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void fill(Path root) throws IOException {
        Files.write(root.resolve("empty"), new byte[0]);
        Files.write(root.resolve("small"), bytes(100, 1));
        Files.write(root.resolve("large"), bytes(LARGE, 2));
    }

    private static FileChannel open(Path path, StandardOpenOption... options) throws IOException {
        return FileChannel.open(path, options);
    }

    private static FileChannel openBoth(Path path) throws IOException {
        return open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Each form in which the data of a file can be, by what was done to it. */
    private static final Map<String, WritableTwin.Operation> FORMS = new LinkedHashMap<>();

    static {
        FORMS.put("as in the image", root -> "");
        FORMS.put("one byte changed", root -> {
            write(root.resolve("small"), 1, 50);
            write(root.resolve("large"), 1, 100_000);
            return "";
        });
        FORMS.put("more blocks changed than are held", root -> {
            write(root.resolve("large"), 60_000, 100_001);
            return "";
        });
        FORMS.put("written anew, cut, extended", root -> {
            Files.write(root.resolve("large"), bytes(LARGE, 7));
            Files.write(root.resolve("small"), bytes(LARGE, 8));
            try (FileChannel channel = openBoth(root.resolve("small"))) {
                channel.truncate(200_001).write(ByteBuffer.wrap(new byte[] {5}), 210_000);
            }
            return "";
        });
    }

    private static void write(Path file, int count, long at) throws IOException {
        try (FileChannel channel = openBoth(file)) {
            channel.write(ByteBuffer.wrap(bytes(count, 4)), at);
        }
    }

    @Test
    void whatIsMappedIsWhatIsRead() throws IOException {
        for (Map.Entry<String, WritableTwin.Operation> form : FORMS.entrySet()) {
            twin.fresh();
            twin.agree(form.getKey(), form.getValue());
            for (String name : List.of("empty", "small", "large")) {
                for (MapMode mode : List.of(MapMode.READ_ONLY, MapMode.PRIVATE)) {
                    for (long[] piece : pieces(Files.size(twin.root().resolve(name)))) {
                        String what = mode + " of " + name + ", " + form.getKey() + ": " + piece[0] + ", " + piece[1];
                        assertThat(mapped(twin.root().resolve(name), mode, piece))
                                .as(what)
                                .isEqualTo(mapped(twin.host().resolve(name), mode, piece));
                    }
                }
            }
        }
    }

    private static long[][] pieces(long size) {
        return new long[][] {{0, size}, {0, 0}, {size, 0}, {size / 2 + 1, size / 3}, {Math.max(0, size - 7), 7}};
    }

    private static String mapped(Path file, MapMode mode, long... piece) throws IOException {
        try (FileChannel channel = openBoth(file)) {
            MappedByteBuffer buffer = channel.map(mode, piece[0], piece[1]);
            buffer.load();
            return buffer + " " + buffer.isReadOnly() + " " + buffer.isDirect() + " " + buffer.hashCode() + " "
                    + Files.size(file);
        }
    }

    @Test
    void whatIsRefusedAndExtendedIsTheSame() throws IOException {
        for (MapMode mode : List.of(MapMode.READ_ONLY, MapMode.PRIVATE)) {
            for (StandardOpenOption[] options : new StandardOpenOption[][] {
                {StandardOpenOption.READ},
                {StandardOpenOption.WRITE},
                {StandardOpenOption.APPEND},
                {StandardOpenOption.READ, StandardOpenOption.WRITE}
            }) {
                for (long[] piece :
                        new long[][] {{0, 10}, {-1, 1}, {0, -1}, {90, 20}, {Long.MAX_VALUE, 1}, {0, 1L << 31}, {105, 0}
                        }) {
                    twin.agree(mode + " " + List.of(options) + " " + piece[0] + ", " + piece[1], root -> {
                        try (FileChannel channel = open(root.resolve("small"), options)) {
                            return channel.map(mode, piece[0], piece[1]).hashCode();
                        }
                    });
                    twin.freshIfChanged();
                }
            }
        }
        twin.agree("no mode", root -> {
            try (FileChannel channel = openBoth(root.resolve("small"))) {
                return channel.map(null, 0, 1);
            }
        });
        twin.agree("of a closed channel", root -> {
            FileChannel channel = openBoth(root.resolve("small"));
            channel.close();
            return channel.map(MapMode.READ_ONLY, 0, 1);
        });
    }

    @Test
    void aPrivateMappingIsWrittenAndTheFileIsNot() throws IOException {
        for (String name : List.of("small", "large")) {
            twin.agree("store into " + name, root -> {
                try (FileChannel channel = openBoth(root.resolve(name))) {
                    MappedByteBuffer buffer = channel.map(MapMode.PRIVATE, 3, 50);
                    buffer.put(0, (byte) 77);
                    buffer.force();
                    return buffer.get(0) + " " + buffer.hashCode();
                }
            });
        }
    }

    @Test
    void aMappingOutlivesItsChannelTheFileAndTheFileSystem() throws IOException {
        Path large = twin.root().resolve("large");
        byte[] right = Files.readAllBytes(large);
        Files.write(large, bytes(LARGE, 6));
        MappedByteBuffer changed = readOnly(large);
        twin.fresh();
        MappedByteBuffer unchanged = readOnly(twin.root().resolve("large"));
        Files.delete(twin.root().resolve("large"));
        Files.delete(twin.host().resolve("large"));
        assertThat(unchanged).isEqualTo(ByteBuffer.wrap(right));
        assertThat(changed).isEqualTo(ByteBuffer.wrap(bytes(LARGE, 6)));
        assertThatThrownBy(() -> unchanged.put(0, (byte) 1)).isInstanceOf(java.nio.ReadOnlyBufferException.class);
    }

    private static MappedByteBuffer readOnly(Path file) throws IOException {
        try (FileChannel channel = open(file, StandardOpenOption.READ)) {
            return channel.map(MapMode.READ_ONLY, 0, channel.size());
        }
    }

    @Test
    void theTarAndAScratchFileAreMappedThemselvesAndCopiesLeaveNothing() throws IOException {
        long before = copies();
        MappedByteBuffer ofTar = readOnly(twin.root().resolve("large"));
        Files.write(twin.root().resolve("small"), bytes(LARGE, 5));
        MappedByteBuffer ofScratch = readOnly(twin.root().resolve("small"));
        write(twin.root().resolve("small"), 1, 1000);
        assertThat(ofScratch.get(1000))
                .as("what is written later, in the same file")
                .isEqualTo(bytes(1, 4)[0]);
        write(twin.root().resolve("large"), 1, 1000);
        MappedByteBuffer ofCopy = readOnly(twin.root().resolve("large"));
        assertThat(copies()).isEqualTo(before);
        assertThat(mappings("/blobs/sha256/")).isPositive();
        assertThat(mappings("layerfs-mapped")).isPositive();
        assertThat(ofTar.get(1000)).as("what it was when it was mapped").isNotEqualTo(ofCopy.get(1000));
    }

    private static long copies() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(f -> f.getFileName().toString().startsWith("layerfs-mapped"))
                    .count();
        }
    }

    private static long mappings(String part) throws IOException {
        Path maps = Path.of("/proc/self/maps");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(maps), "no /proc, which tells what is mapped");
        try (Stream<String> lines = Files.lines(maps)) {
            return lines.filter(line -> line.contains(part)).count();
        }
    }

    @Test
    void anInterruptedThreadMapsNothingAndClosesItsChannel() throws IOException {
        write(twin.root().resolve("small"), 1, 1000);
        for (String name : List.of("large", "small")) {
            try (FileChannel channel = openBoth(twin.root().resolve(name))) {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> channel.map(MapMode.READ_ONLY, 0, 10))
                        .isInstanceOf(ClosedByInterruptException.class);
                assertThat(Thread.interrupted()).isTrue();
                assertThat(channel.isOpen()).isFalse();
            }
        }
        write(twin.host().resolve("small"), 1, 1000);
    }

    @Test
    void aFileWithHolesIsMappedByACopyThatHasThem(@TempDir Path other) throws IOException {
        int at = 17 << 20; // where a tar has a hole, and not zeros
        WritableTwin.Filler sparse = root -> {
            try (FileChannel channel = open(root.resolve("f"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(bytes(5000, 3)), at);
            }
        };
        try (WritableTwin holes = new WritableTwin(other, sparse)) {
            MappedByteBuffer mapped = readOnly(holes.root().resolve("f"));
            assertThat(mapped).isEqualTo(readOnly(holes.host().resolve("f")));
            assertThat(mappings("layerfs-mapped")).isPositive();
        }
    }

    @Test
    void forWritingItIsRefusedWithTheReason() throws IOException {
        try (FileChannel channel = openBoth(twin.root().resolve("large"))) {
            assertThatThrownBy(() -> channel.map(MapMode.READ_WRITE, 0, 10))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("write by the channel");
        }
    }

    @Test
    void aForkAndAnImageAreMapped() throws IOException {
        Files.write(twin.root().resolve("small"), bytes(LARGE, 5));
        try (WritableView fork = twin.view().fork();
                java.nio.file.FileSystem files = LayerFileSystems.open(fork);
                java.nio.file.FileSystem past =
                        LayerFileSystems.open(twin.view().snapshot())) {
            write(files.getPath("/small"), 1, 1000);
            for (java.nio.file.FileSystem system : List.of(files, past)) {
                Path small = system.getPath("/small");
                assertThat(readOnly(small)).isEqualTo(ByteBuffer.wrap(Files.readAllBytes(small)));
            }
        }
        Files.copy(
                twin.root().resolve("small"),
                twin.host().resolve("small"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
}
