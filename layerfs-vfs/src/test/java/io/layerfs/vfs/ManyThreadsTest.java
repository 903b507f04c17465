package io.layerfs.vfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many readers of one file system, of one channel, and one who closes it. */
class ManyThreadsTest {

    private static final int THREADS = 16;
    private static final int FILES = 50;

    private final MemoryView view = new MemoryView();
    private final LayerFileSystem files = (LayerFileSystem) LayerFileSystems.open(view);
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    private interface Work {
        void run(Random random) throws Exception;
    }

    @BeforeEach
    void fill() throws IOException {
        view.directory("d");
        view.symlink("s", "d");
        for (int i = 0; i < FILES; i++) {
            byte[] bytes = new byte[1000];
            java.util.Arrays.fill(bytes, (byte) i);
            view.file("d/n" + i, bytes);
        }
    }

    @AfterEach
    void close() throws IOException {
        threads.shutdownNow();
        files.close();
    }

    private void inAllThreads(Work work) throws Exception {
        List<Future<?>> futures = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(i);
            futures.add(threads.submit(() -> {
                work.run(random);
                return null;
            }));
        }
        for (Future<?> future : futures) {
            future.get();
        }
    }

    @Test
    void allSeeTheSame() throws Exception {
        inAllThreads(random -> {
            for (int k = 0; k < 2_000; k++) {
                int i = random.nextInt(FILES);
                Path path = files.getPath(k % 2 == 0 ? "/d" : "/s/../s", "n" + i);
                byte[] bytes = Files.readAllBytes(path);
                assertThat(bytes.length == 1000 && bytes[random.nextInt(1000)] == i)
                        .isTrue();
                assertThat(Files.exists(files.getPath("/d/none" + i))).isFalse();
                if (k % 100 == 0) {
                    try (var list = Files.list(files.getPath("/s"))) {
                        assertThat(list.count()).isEqualTo(FILES);
                    }
                }
            }
        });
        assertThat(files.resources()).isZero();
    }

    @Test
    void aChannelsPositionIsNeverTorn() throws Exception {
        byte[] seen = new byte[64_000];
        byte[] bytes = new byte[seen.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i / 4 * 31);
        }
        view.file("big", bytes);
        try (FileChannel channel = FileChannel.open(files.getPath("/big"))) {
            inAllThreads(random -> {
                ByteBuffer four = ByteBuffer.allocate(4);
                while (channel.read(four.clear()) == 4) {
                    assertThat(four.get(3)).isEqualTo(four.get(0));
                    synchronized (seen) {
                        seen[four.get(0) & 0xff]++;
                    }
                }
            });
            assertThat(channel.position()).isEqualTo(bytes.length);
        }
    }

    /** Whoever is late gets the exception of what is closed, and nobody leaves a channel behind. */
    @Test
    void closingAmongReadersLeavesNothingOpen() throws Exception {
        for (int round = 0; round < 20; round++) {
            FileSystem closing = LayerFileSystems.open(view);
            inAllThreads(random -> {
                try {
                    for (int k = 0; k < 200; k++) {
                        Files.newByteChannel(closing.getPath("/d/n" + random.nextInt(FILES)));
                        if (random.nextInt(400) == 0) {
                            closing.close();
                        }
                    }
                    closing.close();
                } catch (java.nio.file.ClosedFileSystemException late) {
                    assertThat(closing.isOpen()).isFalse();
                } catch (NoSuchFileException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(((LayerFileSystem) closing).resources()).isZero();
        }
    }
}
