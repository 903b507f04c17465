package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Backends;
import io.layerfs.overlay.OverlayBackend;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code layerfs run} and {@code layerfs doctor}, as processes: what runs inherits their streams. */
class RunCommandTest {

    @TempDir
    private Path directory;

    private record Result(int exitCode, String output) {}

    private Result layerfs(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", // its output is compared, and later JDKs warn
                "-cp",
                System.getProperty("java.class.path"),
                Layerfs.class.getName(),
                "--store",
                directory.resolve("store").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    @BeforeEach
    void importAnImage() throws Exception {
        String problem = new OverlayBackend().unavailable();
        assumeTrue(problem == null, () -> "the kernel backend: " + problem);
        Result imported = layerfs("import", Shared.file("images/app.oci.tar").toString(), "--tag", "app:1");
        assertThat(imported.exitCode()).as(imported.output()).isZero();
    }

    @Test
    void aProgramRunsAndItsExitCodeIsTheAnswer() throws Exception {
        assertThat(layerfs(
                        "run",
                        "app:1",
                        "--env",
                        "WHO=me",
                        "--",
                        "sh",
                        "-c",
                        "echo $WHO; python3 -c 'print(42)'; exit 7"))
                .isEqualTo(new Result(7, "me\n42\n"));
    }

    @Test
    void whatItChangedIsCommittedIfItSucceeds() throws Exception {
        Result failed = layerfs("run", "app:1", "--commit", "app:2", "--", "sh", "-c", "echo x > /home/x; exit 1");
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(layerfs("ls", "app:2", "/").exitCode()).isEqualTo(3);
        Result done = layerfs("run", "app:1", "--commit", "app:2", "--", "sh", "-c", "echo x > /home/x");
        assertThat(done.exitCode()).as(done.output()).isZero();
        assertThat(done.output()).startsWith("sha256:");
        assertThat(layerfs("cat", "app:2", "/home/x").output()).isEqualTo("x\n");
        assertThat(layerfs("diff", "app:1", "app:2").output()).isEqualTo("C /home\nA /home/x\n");
        try (var mounts = Files.newDirectoryStream(directory.resolve("store/layerfs/mounts"))) {
            assertThat(mounts).isEmpty();
        }
    }

    @Test
    void theDoctorTellsWhatWorks() throws Exception {
        Result told = layerfs("doctor");
        assertThat(told.exitCode()).as(told.output()).isZero();
        assertThat(told.output())
                .contains("backend vfs")
                .contains("EROFS of files")
                .contains("loop devices")
                .contains("user namespace")
                .contains(Backends.best().reason());
    }
}
