package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.Linux;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows 2, 15 and 16: a program that runs in a mount exchanges what this process makes and reads there meanwhile. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class RacingProgramTest {

    private static final int ROUNDS = 500;

    @TempDir
    private Path directory;

    private Path root;
    private Path secret;

    @BeforeEach
    void makeFiles() throws IOException {
        assumeTrue(Linux.isHere(), "it needs Linux");
        root = Files.createDirectories(directory.resolve("root/etc")).getParent();
        secret = Files.createFile(directory.resolve("secret"));
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    }

    /** A change of mode by a name would follow the link, on the host, with the rights of this process. */
    @Test
    void aPlaceholderThatIsExchangedForALinkLeavesTheHostsFileAsItIs() throws Exception {
        Path hosts = root.resolve("etc/hosts");
        Path proc = root.resolve("proc");
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger exchanged = new AtomicInteger();
        Thread program = new Thread(() -> {
            while (!over.get()) {
                exchange(hosts, exchanged);
                exchange(proc, exchanged);
            }
        });
        program.start();
        try (Fd open = Fd.directory(root)) {
            for (int round = 0; round < ROUNDS; round++) {
                hosts.toFile().delete();
                proc.toFile().delete();
                makePlaceholders(open);
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
                        .as("round " + round)
                        .isEqualTo("rw-------");
            }
        } finally {
            over.set(true);
            program.join();
        }
        assertThat(exchanged.get()).isPositive();
    }

    private static void makePlaceholders(Fd root) {
        try {
            Placeholders.make(root);
        } catch (IOException e) {
            // what it was about to change is another thing now
            assertThat(e).isInstanceOf(FileSystemException.class);
        }
    }

    private void exchange(Path place, AtomicInteger exchanged) {
        if (Files.isSymbolicLink(place) || !Files.exists(place)) {
            return;
        }
        try {
            Path link = Files.createSymbolicLink(root.resolve("link"), secret);
            if (Files.isDirectory(place)) {
                Files.delete(place);
            }
            Files.move(link, place, StandardCopyOption.ATOMIC_MOVE);
            exchanged.incrementAndGet();
        } catch (IOException e) {
            root.resolve("link").toFile().delete();
        }
    }

    /** What was a file when it was listed is a pipe, which nobody writes to, or a link, when it is read: whatever is asked. */
    @Test
    void whatIsNoFileAnyMoreIsNotOpenedForAnyQuestion() throws Exception {
        run("mkfifo", root.resolve("pipe").toString());
        Files.createSymbolicLink(root.resolve("link"), secret);
        Files.createSymbolicLink(root.resolve("by"), root);
        Files.write(root.resolve("file"), new byte[1]);
        for (UpperContent content : new UpperContent[] {
            new UpperContent(root.toString(), "pipe", 10),
            new UpperContent(root.toString(), "link", 10),
            new UpperContent(root.resolve("by").toString(), "file", 10)
        }) {
            assertThatThrownBy(() -> content.read(0, ByteBuffer.allocate(1))).isInstanceOf(FileSystemException.class);
            assertThatThrownBy(() -> content.nextData(0)).isInstanceOf(FileSystemException.class);
            assertThatThrownBy(() -> content.dataEnd(0)).isInstanceOf(FileSystemException.class);
        }
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
