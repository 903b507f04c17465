package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.MountOptions;
import io.layerfs.overlay.linux.Mounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is left of a process that was killed: "Low" of what was broken. */
class KilledTest extends DebianPrograms {

    /** A program went on when the JVM was killed: with a child in a session of its own, one that ignores signals, an orphan. */
    @Test
    void noProgramOutlivesTheProcessThatStartedIt() throws Exception {
        Process process = ProgramAndWait.builder(directory.resolve("store"), debian, "wait")
                .redirectErrorStream(true)
                .start();
        assertThat(process.inputReader().readLine()).isEqualTo("runs");
        while (sleepers() < 3) {
            assertThat(process.isAlive()).isTrue();
            Thread.sleep(10);
        }
        process.destroyForcibly().waitFor();
        long start = System.nanoTime();
        while (sleepers() > 0) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MINUTES.toNanos(1));
            Thread.sleep(10);
        }
        new OverlayBackend().mount(store, debian, MountOptions.READ_ONLY).close();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(directory + "/store");
    }

    /** Those whose command line is that of the script's. */
    private static int sleepers() throws IOException {
        int count = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                count += commandLine(process).matches("sleep\\x00471[123]\\x00") ? 1 : 0;
            }
        }
        return count;
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it ended
        }
    }

    /** A mount stayed for ever at a place of others when its process died right after it came to be there. */
    @Test
    void aMountIsFoundWhenItsProcessWasKilledRightAfterItWasAttached() throws Exception {
        Kernel.requireRoot();
        Path at = Files.createDirectory(directory.toRealPath().resolve("attached"));
        for (String moment : new String[] {"before", "after"}) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Killed.class.getName(),
                            directory.resolve("store").toString(),
                            at.toString(),
                            moment)
                    .inheritIO()
                    .start();
            assertThat(process.waitFor()).isEqualTo(137);
            assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).contains(directory + "/store");
            assertThat(Files.exists(at.resolve("seen"))).isEqualTo(moment.equals("after"));

            new OverlayBackend().mount(store, debian, MountOptions.READ_ONLY).close();

            assertThat(at).isEmptyDirectory();
            assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(directory.toString());
        }
    }

    /** A process that dies at a moment of mounting at a place of others. */
    static final class Killed {

        private Killed() {}

        /** Gets the store, the place, and when. */
        public static void main(String[] arguments) throws Exception {
            io.layerfs.store.Store store = io.layerfs.store.Store.open(Path.of(arguments[0]));
            Path area = store.newMountArea().directory();
            MountPoint.at(
                    Path.of(arguments[1]),
                    area,
                    target -> {
                        Mounts.mount("tmpfs", "size=64k", 0, target);
                        Files.createFile(area.resolve("root/seen"));
                    },
                    (mount, directory) -> {
                        if (arguments[2].equals("after")) {
                            Mounts.attach(mount, directory);
                        }
                        Runtime.getRuntime().halt(137);
                    });
        }
    }
}
