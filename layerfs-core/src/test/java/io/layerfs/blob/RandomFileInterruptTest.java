package io.layerfs.blob;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Interrupts of the threads that use a file, which are the user's, do nothing to the file (row 4 of what was broken). */
@Timeout(60)
class RandomFileInterruptTest {

    @AfterEach
    void endTheInterrupt() {
        Thread.interrupted();
    }

    @Test
    void anInterruptedThreadReadsAndWritesAndStaysInterrupted() throws IOException {
        try (FileSystem other = Jimfs.newFileSystem(Configuration.unix())) {
            Path path = other.getPath("/f");
            try (RandomFile file = RandomFile.open(path)) {
                file.write(0, new byte[] {1, 2, 3}, 0, 3);
                Path moved = other.getPath("/g");
                Files.move(path, moved);
                file.renamed(moved);
                Thread.currentThread().interrupt();
                file.write(1, new byte[] {9}, 0, 1);
                file.sync();
                byte[] read = new byte[3];
                file.readFully(0, read);
                assertThat(read).containsExactly(1, 9, 3);
                file.truncate(2);
                assertThat(file.length()).isEqualTo(2);
                assertThat(Thread.interrupted()).isTrue();
                assertThat(Files.exists(path)).isFalse();
            }
        }
    }

    @Test
    void aStormOfInterruptsLosesNothing() throws Exception {
        try (FileSystem other = Jimfs.newFileSystem(Configuration.unix());
                RandomFile file = RandomFile.open(other.getPath("/f"))) {
            Thread user = Thread.currentThread();
            AtomicBoolean done = new AtomicBoolean();
            Thread storm = new Thread(() -> {
                while (!done.get()) {
                    user.interrupt();
                    Thread.onSpinWait();
                }
            });
            storm.start();
            byte[] read = new byte[1000];
            for (int i = 0; i < 1000; i++) {
                byte[] bytes = new byte[1000];
                Arrays.fill(bytes, (byte) i);
                file.write(i * 10L, bytes, 0, bytes.length);
                file.readFully(i * 10L, read);
                assertThat(read).isEqualTo(bytes);
            }
            done.set(true);
            while (storm.isAlive()) {
                Thread.onSpinWait();
            }
        }
    }
}
