package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writing through channels: the same calls on a file of the host, and on one of a writable view. */
class ChannelWritingTest {

    private static final OpenOption READ = StandardOpenOption.READ;
    private static final OpenOption WRITE = StandardOpenOption.WRITE;
    private static final OpenOption APPEND = StandardOpenOption.APPEND;

    private static final List<List<OpenOption>> WAYS = List.of(
            List.of(READ, WRITE),
            List.of(WRITE),
            List.of(READ),
            List.of(APPEND),
            List.of(READ, WRITE, StandardOpenOption.SYNC),
            List.of(WRITE, StandardOpenOption.DSYNC));

    private static void fill(Path root) throws IOException {
        Files.writeString(root.resolve("f"), "content");
        Files.write(root.resolve("big"), bytes(300_000));
        Files.writeString(root.resolve("empty"), "");
        Files.write(root.resolve("second"), bytes(50_000));
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private static ByteBuffer buffer(int count, boolean direct) {
        ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(count) : ByteBuffer.allocate(count);
        return buffer.put(bytes(count)).flip();
    }

    private static int size(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(5);
            case 1 -> random.nextInt(5000);
            case 2 -> 4096 * random.nextInt(5);
            default -> random.nextInt(100_000);
        };
    }

    private static long inside(FileChannel channel, long at) throws IOException {
        return WritableTwin.LATER_JDK ? Math.max(0, Math.min(at, channel.size())) : at;
    }

    /** One call, chosen by {@code random}, with what can be seen of it. */
    private static Object call(FileChannel channel, FileChannel other, Random random) throws IOException {
        long at = (long) size(random) - (random.nextInt(30) == 0 ? 1000 : 0);
        int n = size(random);
        boolean direct = random.nextBoolean();
        return switch (random.nextInt(17)) {
            case 0 -> channel.write(buffer(n, direct));
            case 1 -> channel.write(buffer(n, direct), at);
            case 2 -> {
                ByteBuffer[] sources = {buffer(n, direct), buffer(0, direct), buffer(7, false), buffer(n / 2, true)};
                yield channel.write(sources) + " " + sources[3].remaining();
            }
            case 3 -> channel.write(new ByteBuffer[] {buffer(3, direct), buffer(5, direct), buffer(n, false)}, 1, 1);
            case 4 -> {
                ByteBuffer target = ByteBuffer.allocate(n);
                yield channel.read(target) + " " + Arrays.hashCode(target.array());
            }
            case 5 -> {
                ByteBuffer target = ByteBuffer.allocate(n);
                yield channel.read(target, at) + " " + Arrays.hashCode(target.array());
            }
            case 6 -> {
                ByteBuffer[] targets = {ByteBuffer.allocate(3), ByteBuffer.allocate(n)};
                yield channel.read(targets) + " " + Arrays.hashCode(targets[1].array());
            }
            case 7 -> channel.position(at).position();
            case 8 -> channel.truncate(at).position();
            case 9 -> channel.transferTo(at, n, other) + " " + other.position();
            case 10 -> channel.transferFrom(other, inside(channel, at), n) + " " + other.position();
            case 11 ->
                channel.transferFrom(
                        Channels.newChannel(new ByteArrayInputStream(bytes(n))),
                        inside(channel, at),
                        random.nextInt(9000));
            case 12 -> {
                // of the host's file once in a while only, since it takes its time
                if (random.nextInt(10) > 0) {
                    yield "not";
                }
                channel.force(direct);
                yield "forced";
            }
            case 13 -> channel.read(ByteBuffer.allocate(2).asReadOnlyBuffer());
            case 14 -> channel.write(buffer(4, direct).asReadOnlyBuffer(), at);
            case 15 -> channel.write(new ByteBuffer[] {buffer(3, direct)}, 0, 1 + random.nextInt(2));
            default -> channel.size();
        };
    }

    private static Object sequence(Path root, long seed) throws IOException {
        Random random = new Random(seed);
        List<String> seen = new ArrayList<>();
        String file = List.of("f", "big", "empty").get(random.nextInt(3));
        List<OpenOption> way = WAYS.get(random.nextInt(WAYS.size()));
        try (FileChannel one = FileChannel.open(root.resolve(file), way.toArray(new OpenOption[0]));
                FileChannel two = FileChannel.open(root.resolve("second"), READ, WRITE)) {
            for (int i = 0; i < 25; i++) {
                boolean second = random.nextInt(4) == 0;
                FileChannel channel = second ? two : one;
                FileChannel other = second ? one : two;
                long step = random.nextLong();
                seen.add(WritableTwin.outcome(r -> call(channel, other, new Random(step)), root));
                seen.add(one.position() + "/" + one.size() + " " + two.position() + "/" + two.size());
            }
        }
        return file + way + seen;
    }

    @Test
    void sequencesOfCallsAgree(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, ChannelWritingTest::fill)) {
            for (long seed = 0; seed < 400; seed++) {
                long chosen = seed;
                twin.agree("seed " + seed, root -> sequence(root, chosen));
                if (seed % 5 == 0) {
                    twin.fresh();
                }
            }
        }
    }

    /** All calls, each on a channel that is closed, and with arguments that are wrong. */
    @Test
    void refusalsAgree(@TempDir Path directory) throws IOException {
        List<WritableTwin.Operation> states = List.of(
                root -> FileChannel.open(root.resolve("f"), READ),
                root -> FileChannel.open(root.resolve("f"), WRITE),
                root -> FileChannel.open(root.resolve("f"), READ, WRITE),
                root -> FileChannel.open(root.resolve("f"), APPEND),
                root -> {
                    FileChannel channel = FileChannel.open(root.resolve("f"), READ, WRITE);
                    channel.close();
                    return channel;
                });
        try (WritableTwin twin = new WritableTwin(directory, ChannelWritingTest::fill)) {
            for (int state = 0; state < states.size(); state++) {
                WritableTwin.Operation opener = states.get(state);
                for (int i = 0; i < REFUSED.size(); i++) {
                    Call call = REFUSED.get(i);
                    twin.agree("state " + state + ", call " + i, root -> {
                        try (FileChannel channel = (FileChannel) opener.on(root)) {
                            return call.on(channel);
                        }
                    });
                }
            }
        }
    }

    private interface Call {
        Object on(FileChannel channel) throws IOException;
    }

    private static final List<Call> REFUSED = List.of(
            FileChannel::size,
            FileChannel::position,
            c -> c.position(-1),
            c -> c.position(5).position(),
            c -> c.truncate(-1),
            c -> c.truncate(100).size(),
            c -> c.read(ByteBuffer.allocate(0)),
            c -> c.read(ByteBuffer.allocate(1), -1),
            c -> c.read(new ByteBuffer[] {ByteBuffer.allocate(1)}, 1, 1),
            c -> c.read(new ByteBuffer[0]),
            c -> c.write(ByteBuffer.allocate(0)),
            c -> c.write(ByteBuffer.allocate(1), -1),
            c -> c.write(ByteBuffer.allocate(0), 100) + " " + c.size(),
            c -> c.write(new ByteBuffer[] {ByteBuffer.allocate(1)}, 0, 2),
            c -> c.write(new ByteBuffer[0]),
            c -> c.transferTo(-1, 1, Channels.newChannel(java.io.OutputStream.nullOutputStream())),
            c -> c.transferTo(0, -1, Channels.newChannel(java.io.OutputStream.nullOutputStream())),
            c -> c.transferTo(100, 1, Channels.newChannel(java.io.OutputStream.nullOutputStream())),
            c -> c.transferTo(2, 100, Channels.newChannel(java.io.OutputStream.nullOutputStream())),
            c -> c.transferFrom(Channels.newChannel(java.io.InputStream.nullInputStream()), -1, 1),
            c -> c.transferFrom(Channels.newChannel(java.io.InputStream.nullInputStream()), 0, -1),
            c -> c.transferFrom(Channels.newChannel(java.io.InputStream.nullInputStream()), 100, 1),
            c -> {
                c.force(true);
                return "";
            },
            c -> c.map(FileChannel.MapMode.READ_ONLY, -1, 1),
            c -> c.map(FileChannel.MapMode.READ_ONLY, 0, -1),
            c -> c.map(FileChannel.MapMode.READ_ONLY, Long.MAX_VALUE, 1),
            c -> c.map(FileChannel.MapMode.READ_ONLY, 0, 1L << 32),
            c -> c.tryLock(-1, 1, true),
            c -> c.tryLock(0, -1, false),
            c -> c.tryLock(Long.MAX_VALUE, 1, false),
            c -> c.lock(0, 1, true).isValid(),
            c -> c.lock(0, 1, false).isShared(),
            c -> c.tryLock().size());

    /** Also what several buffers hold is appended at once. */
    @Test
    void appendsDoNotMix(@TempDir Path directory) throws Exception {
        try (WritableTwin twin = new WritableTwin(directory, ChannelWritingTest::fill)) {
            Path file = twin.root().resolve("empty");
            int threads = 4;
            int each = 300;
            List<Thread> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                byte mark = (byte) ('a' + t);
                all.add(new Thread(() -> append(file, mark, each)));
            }
            all.forEach(Thread::start);
            for (Thread thread : all) {
                thread.join();
            }
            byte[] bytes = Files.readAllBytes(file);
            assertThat(bytes).hasSize(threads * each * 30);
            for (int i = 0; i < bytes.length; i += 30) {
                assertThat(Arrays.copyOfRange(bytes, i, i + 30)).containsOnly(bytes[i]);
            }
        }
    }

    private static void append(Path file, byte mark, int times) {
        byte[] ten = new byte[10];
        Arrays.fill(ten, mark);
        try (FileChannel channel = FileChannel.open(file, APPEND)) {
            for (int i = 0; i < times; i++) {
                ByteBuffer[] three = {ByteBuffer.wrap(ten), ByteBuffer.wrap(ten), ByteBuffer.wrap(ten)};
                channel.write(three);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aFileWithoutANameGoesOn(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, ChannelWritingTest::fill)) {
            for (String file : List.of("f", "big", "empty")) {
                twin.agree(file, root -> {
                    Path path = root.resolve(file);
                    try (FileChannel channel = FileChannel.open(path, READ, WRITE);
                            var in = Files.newInputStream(path)) {
                        Files.delete(path);
                        Files.writeString(path, "another");
                        channel.write(ByteBuffer.wrap(bytes(100)), 5000);
                        return channel.size() + " " + Arrays.hashCode(in.readAllBytes()) + Files.readString(path);
                    }
                });
            }
        }
    }

    @Test
    void allSeeAWriteAtOnce(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, ChannelWritingTest::fill)) {
            twin.agree("readers of a file that is written", root -> {
                Path path = root.resolve("big");
                try (FileChannel reader = FileChannel.open(path, READ);
                        var in = Files.newInputStream(path);
                        FileChannel writer = FileChannel.open(path, WRITE)) {
                    int first = in.read();
                    writer.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), 0);
                    ByteBuffer four = ByteBuffer.allocate(4);
                    reader.read(four, 0);
                    writer.truncate(3);
                    return first
                            + Arrays.toString(four.array())
                            + Arrays.toString(in.readAllBytes())
                            + in.available()
                            + reader.size();
                }
            });
        }
    }
}
