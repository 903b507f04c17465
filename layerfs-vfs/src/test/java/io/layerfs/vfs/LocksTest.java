package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Locks within this JVM: who is refused, and when a lock ends. */
class LocksTest {

    private static final int ROUNDS = Integer.getInteger("layerfs.rounds", 400);

    private static void fill(Path root) throws IOException {
        Files.writeString(root.resolve("f"), "content");
        Files.createLink(root.resolve("hard"), root.resolve("f"));
        Files.writeString(root.resolve("other"), "other");
    }

    private static FileChannel open(Path root, Random random) throws IOException {
        Path path = root.resolve(List.of("f", "hard", "other").get(random.nextInt(3)));
        return switch (random.nextInt(3)) {
            case 0 -> FileChannel.open(path, StandardOpenOption.READ);
            case 1 -> FileChannel.open(path, StandardOpenOption.WRITE);
            default -> FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        };
    }

    private static Object step(List<FileChannel> channels, List<FileLock> locks, Random random) throws IOException {
        FileChannel channel = channels.get(random.nextInt(channels.size()));
        long at = random.nextInt(10);
        long size = WritableTwin.LATER_JDK ? 1 + random.nextInt(4) : random.nextInt(5);
        boolean shared = random.nextBoolean();
        switch (random.nextInt(6)) {
            case 0, 1, 2 -> {
                FileLock lock = channel.tryLock(at, size, shared);
                locks.add(lock);
                return lock.isShared() + " " + lock.position() + " " + lock.size() + " "
                        + (lock.acquiredBy() == channel);
            }
            case 3 -> {
                FileLock lock = channel.lock(at, size, shared);
                locks.add(lock);
                return lock.isValid();
            }
            case 4 -> {
                if (!locks.isEmpty()) {
                    locks.get(random.nextInt(locks.size())).release();
                }
                return "released";
            }
            default -> {
                if (random.nextInt(4) == 0) {
                    channel.close();
                }
                return channel.isOpen();
            }
        }
    }

    private static Object sequence(Path root, long seed) throws IOException {
        Random random = new Random(seed);
        List<FileChannel> channels = new ArrayList<>();
        List<FileLock> locks = new ArrayList<>();
        List<Object> seen = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                channels.add(open(root, random));
            }
            for (int i = 0; i < 30; i++) {
                seen.add(WritableTwin.outcome(r -> step(channels, locks, random), root));
                seen.add(locks.stream().map(FileLock::isValid).toList());
            }
        } finally {
            for (FileChannel channel : channels) {
                channel.close();
            }
        }
        return seen;
    }

    @Test
    void sequencesAgree(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, LocksTest::fill)) {
            for (long seed = 0; seed < 300; seed++) {
                long chosen = seed;
                twin.agree("seed " + seed, root -> sequence(root, chosen));
            }
        }
    }

    @Test
    void twoFileSystemsOfOneViewLockTheSameFiles(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, LocksTest::fill);
                var other = LayerFileSystems.open(twin.view());
                FileChannel one = FileChannel.open(twin.root().resolve("f"), StandardOpenOption.WRITE);
                FileChannel two = FileChannel.open(other.getPath("/hard"), StandardOpenOption.WRITE)) {
            FileLock lock = one.lock();
            assertThatExceptionOfType(OverlappingFileLockException.class).isThrownBy(two::tryLock);
            lock.release();
            two.lock().release();
        }
    }

    /** The platform's words for it: the lock, or which failure; whether the channel is open then, and the thread interrupted. */
    private static Object inAnInterruptedThread(FileChannel channel, boolean waits) throws IOException {
        Thread.currentThread().interrupt();
        String outcome;
        try {
            FileLock lock = waits ? channel.lock() : channel.tryLock();
            outcome = "locked " + lock.isValid();
        } catch (IOException e) {
            outcome = e.getClass().getSimpleName();
        }
        return outcome + ", open " + channel.isOpen() + ", interrupted " + Thread.interrupted();
    }

    @Test
    void anInterruptedThreadIsToldAsByThePlatform(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, LocksTest::fill)) {
            for (boolean waits : List.of(true, false)) {
                twin.agree("a lock in an interrupted thread, which waits: " + waits, root -> {
                    try (FileChannel channel = FileChannel.open(root.resolve("f"), StandardOpenOption.WRITE)) {
                        return inAnInterruptedThread(channel, waits);
                    }
                });
            }
            twin.agree("a lock after that", root -> {
                try (FileChannel channel = FileChannel.open(root.resolve("f"), StandardOpenOption.WRITE)) {
                    return channel.tryLock().isValid();
                }
            });
        }
    }

    /** Who asks for a lock while another thread closes the channel gets none that outlives it. */
    @Test
    void aLockThatComesAfterTheEndOfItsChannelIsNone(@TempDir Path directory) throws IOException {
        try (WritableTwin twin = new WritableTwin(directory, LocksTest::fill);
                FileChannel other = FileChannel.open(twin.root().resolve("f"), StandardOpenOption.WRITE)) {
            FileLocks locks = ((LayerFileSystem) twin.files()).locks();
            long inode = (Long) Files.getAttribute(twin.root().resolve("f"), "unix:ino");
            FileChannel closed = FileChannel.open(twin.root().resolve("f"), StandardOpenOption.WRITE);
            closed.close();
            assertThatExceptionOfType(ClosedChannelException.class)
                    .isThrownBy(() -> locks.take(closed, inode, 0, Long.MAX_VALUE, false));
            assertThat(other.tryLock().isValid()).isTrue();
        }
    }

    @Test
    void threadsThatLockAndCloseLeaveNoLock(@TempDir Path directory) throws Exception {
        try (WritableTwin twin = new WritableTwin(directory, LocksTest::fill)) {
            Path file = twin.root().resolve("f");
            for (int round = 0; round < ROUNDS; round++) {
                FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                Thread locking = new Thread(() -> {
                    try {
                        channel.tryLock();
                    } catch (IOException e) {
                        assertThat(channel.isOpen()).isFalse();
                    }
                });
                locking.start();
                channel.close();
                locking.join();
                try (FileChannel next = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    assertThat(next.tryLock().isValid()).as("round " + round).isTrue();
                }
            }
        }
    }
}
