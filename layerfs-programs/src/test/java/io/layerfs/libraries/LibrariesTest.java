package io.layerfs.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Field faults, section 2: what our modules do with libraries works with the oldest and with the newest of each. */
class LibrariesTest {

    @ParameterizedTest
    @EnumSource
    @Timeout(300)
    void everythingWorks(LibrarySet libraries, @TempDir Path work) throws IOException, InterruptedException {
        Path output = work.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        libraries.classPath(),
                        EverythingOnce.class.getName(),
                        Files.createDirectory(work.resolve("work")).toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(280, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(output)).endsWith("all done\n");
        assertThat(process.exitValue()).isZero();
    }
}
