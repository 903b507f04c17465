package io.layerfs.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are open: what channels and streams of a view do, beside those of the default provider. */
class ChannelTest {

    private final MemoryView view = new MemoryView();
    private final FileSystem files = LayerFileSystems.open(view);
    private final Path file = files.getPath("/f");
    private final byte[] bytes = new byte[700_001];

    @TempDir
    private Path host;

    @BeforeEach
    void fill() throws IOException {
        new Random(3).nextBytes(bytes);
        view.file("f", bytes);
        Files.write(host.resolve("f"), bytes);
    }

    @AfterEach
    void close() throws IOException {
        assertThat(Thread.interrupted()).isFalse();
        files.close();
    }

    private interface Use {
        Object of(FileChannel channel) throws Exception;
    }

    private static Object outcome(Path path, Use use) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            try {
                return use.of(channel);
            } catch (Exception e) {
                return e.getClass();
            }
        }
    }

    private void agrees(String name, Use use) throws IOException {
        assertThat(outcome(file, use)).as(name).isEqualTo(outcome(host.resolve("f"), use));
    }

    private static List<Object> scatter(FileChannel channel) throws IOException {
        ByteBuffer[] buffers = {ByteBuffer.allocate(3), ByteBuffer.allocate(0), ByteBuffer.allocateDirect(5)};
        List<Object> seen = new ArrayList<>();
        seen.add(channel.position(channel.size() - 11).read(buffers));
        seen.add(channel.read(buffers));
        buffers[0].clear();
        buffers[2].clear();
        seen.add(channel.read(buffers, 1, 2));
        seen.add(channel.read(buffers));
        seen.add(channel.position());
        seen.add(buffers[2].flip());
        return seen;
    }

    private static List<Object> transfer(FileChannel channel, long at, long count) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long n = channel.transferTo(at, count, Channels.newChannel(out));
        return List.of(n, java.util.Arrays.hashCode(out.toByteArray()), channel.position());
    }

    @Test
    void channelsAgreeWithTheDefaultProvider() throws IOException {
        agrees("scatter", ChannelTest::scatter);
        agrees("negative position", c -> c.position(-1));
        agrees("read before the start", c -> c.read(ByteBuffer.allocate(1), -1));
        agrees("read behind the end", c -> c.read(ByteBuffer.allocate(1), 1L << 40));
        agrees(
                "read into a read-only buffer",
                c -> c.read(ByteBuffer.allocate(1).asReadOnlyBuffer()));
        agrees("transfer all", c -> transfer(c, 0, Long.MAX_VALUE));
        agrees("transfer some", c -> transfer(c, 299_999, 300_000));
        agrees("transfer behind the end", c -> transfer(c, 1 << 30, 1));
        agrees("transfer before the start", c -> transfer(c, -1, 1));
        agrees("write", c -> c.write(ByteBuffer.allocate(1)));
        agrees("write at", c -> c.write(ByteBuffer.allocate(1), 5));
        agrees("gather", c -> c.write(new ByteBuffer[] {ByteBuffer.allocate(1)}));
        agrees("truncate", c -> c.truncate(3));
        agrees("truncate to less than nothing", c -> c.truncate(-3));
        agrees("map for writing", c -> c.map(FileChannel.MapMode.READ_WRITE, 0, 1));
        agrees("exclusive lock", FileChannel::tryLock);
        agrees("force", c -> {
            c.force(true);
            return "done";
        });
        agrees("closed", c -> {
            c.close();
            c.close();
            return c.isOpen() ? "open" : c.read(ByteBuffer.allocate(1));
        });
        agrees("closed target", c -> {
            ReadableByteChannel none = Channels.newChannel(InputStream.nullInputStream());
            none.close();
            return c.transferFrom(none, 0, 1);
        });
    }

    @Test
    void randomReadsAreOfTheRightBytes() throws IOException {
        Random random = new Random(17);
        try (FileChannel channel = FileChannel.open(file)) {
            for (int i = 0; i < 2_000; i++) {
                int at = random.nextInt(bytes.length + 10);
                ByteBuffer target = ByteBuffer.allocate(1 + random.nextInt(5_000));
                int n = channel.read(target, at);
                int expected = Math.min(target.capacity(), bytes.length - at);
                assertThat(n).isEqualTo(expected <= 0 ? -1 : expected);
                assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(bytes, Math.min(at, bytes.length), Math.max(0, n)));
            }
        }
    }

    @Test
    void sharedLocksAreHadForTheAsking() throws IOException {
        FileChannel channel = FileChannel.open(file);
        FileLock lock = channel.lock(0, Long.MAX_VALUE, true);
        assertThat(lock.isShared() && lock.isValid()).isTrue();
        lock.release();
        assertThat(lock.isValid()).isFalse();
        FileLock other = channel.tryLock(0, 1, true);
        channel.close();
        assertThat(other.isValid()).isFalse();
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(other::release);
        assertThatExceptionOfType(NonWritableChannelException.class)
                .isThrownBy(() -> FileChannel.open(file).lock());
    }

    @Test
    void anInterruptClosesTheChannelThatIsReadAndNoOther() throws IOException {
        try (FileChannel read = FileChannel.open(file);
                FileChannel other = FileChannel.open(file)) {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(ClosedByInterruptException.class)
                    .isThrownBy(() -> read.read(ByteBuffer.allocate(1)));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(read.isOpen()).isFalse();
            assertThat(other.isOpen()).isTrue();
            assertThat(other.read(ByteBuffer.allocate(1), 7)).isEqualTo(1);
        }
    }

    @Test
    void anInterruptedThreadReadsWholeFiles() throws IOException {
        for (Path path : List.of(file, host.resolve("f"))) {
            Thread.currentThread().interrupt();
            assertThat(Files.readAllBytes(path)).isEqualTo(bytes);
            try (InputStream in = Files.newInputStream(path)) {
                assertThat(in.readAllBytes()).isEqualTo(bytes);
            }
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private static List<Object> read(InputStream in) throws IOException {
        List<Object> seen = new ArrayList<>();
        seen.add(in.available());
        seen.add(in.read());
        seen.add(in.skip(100));
        seen.add(in.skip(-3));
        seen.add(in.read(new byte[0]));
        seen.add(ByteBuffer.wrap(in.readNBytes(9)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        seen.add(in.transferTo(out));
        seen.add(java.util.Arrays.hashCode(out.toByteArray()));
        seen.add(in.read());
        seen.add(in.read(new byte[3]));
        seen.add(in.readAllBytes().length);
        seen.add(in.available());
        return seen;
    }

    @Test
    void streamsAgreeWithTheDefaultProvider() throws IOException {
        try (InputStream ours = Files.newInputStream(file);
                InputStream theirs = Files.newInputStream(host.resolve("f"))) {
            assertThat(read(ours)).isEqualTo(read(theirs));
        }
        InputStream closed = Files.newInputStream(file);
        closed.close();
        closed.close();
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(closed::read);
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(closed::readAllBytes);
        try (InputStream directory = Files.newInputStream(files.getPath("/"))) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(directory::readAllBytes)
                    .withMessage("Is a directory");
        }
    }

    @Test
    void linesAndTextAreRead() throws IOException {
        view.file("text", "eins\nzwei\n".getBytes(UTF_8));
        assertThat(Files.readAllLines(files.getPath("/text"))).containsExactly("eins", "zwei");
        try (var lines = Files.lines(files.getPath("/text"))) {
            assertThat(lines.count()).isEqualTo(2);
        }
    }
}
