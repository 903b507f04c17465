package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Mount;
import io.layerfs.oci.RunConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Programs of a Debian image, run in it. */
class CommandTest extends DebianPrograms {

    private Mount mount;

    @BeforeEach
    void mountTheImage() throws IOException {
        mount = mount(debian);
    }

    @AfterEach
    void unmount() throws IOException {
        mount.close();
    }

    private Result run(String... command) throws Exception {
        return run(mount.command(command));
    }

    @Test
    void aProgramSeesTheImageAsItsRoot() throws Exception {
        assertThat(run("sh", "-c", "pwd; cat /etc/debian_version; ls -d /proc/1 /dev/null /sys/kernel"))
                .isEqualTo(new Result(
                        0,
                        "/\n" + Files.readString(mount.root().resolve("etc/debian_version"))
                                + "/dev/null\n/proc/1\n/sys/kernel\n"));
    }

    @Test
    void whatARealSystemNeedsWorks() throws Exception {
        Result result = run("sh", "-c", "apt-get --version | head -1 && python3 -c 'print(42)'");
        assertThat(result.output()).startsWith("apt ").endsWith("\n42\n");
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void exitCodeAndStreamsAreThoseOfTheProgram() throws Exception {
        Process process =
                mount.command("sh", "-c", "cat; echo problem >&2; exit 42").start();
        process.getOutputStream().write("input".getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        try (InputStream out = process.getInputStream();
                InputStream err = process.getErrorStream()) {
            assertThat(new String(out.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("input");
            assertThat(new String(err.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("problem\n");
        }
        assertThat(process.waitFor()).isEqualTo(42);
    }

    @Test
    void theEnvironmentIsTheImages() throws Exception {
        ProcessBuilder builder = mount.command("sh", "-c", "echo $HOME $EXTRA; env | grep -c ^JAVA_HOME");
        builder.environment().put("EXTRA", "extra");
        assertThat(run(builder).output()).isEqualTo("/root extra\n0\n");
    }

    private static RunConfig config(String user, String... environment) throws IOException {
        String variables = String.join("\", \"", environment);
        String json = "{\"config\": {\"User\": \"" + user + "\", \"WorkingDir\": \"/var\", \"Env\": [\"" + variables
                + "\"], \"Entrypoint\": [\"sh\", \"-c\"], \"Cmd\": [\"id -u; pwd; echo $HOME $A $LD_PRELOAD\"]}}";
        return RunConfig.parse("config", json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theConfigSaysWhoRunsAndWhere() throws Exception {
        Kernel.requireRoot();
        Way.Seen seen = new Way.Seen(mount.root(), "", 0, lazily -> {});
        assertThat(run(RootCommand.in(seen, InitProgram.path(directory), config("www-data", "A=a")))
                        .output())
                .isEqualTo("33\n/var\n/var/www a\n");
        assertThat(run(RootCommand.in(seen, InitProgram.path(directory), config("12345:54321", "A=b")))
                        .output())
                .isEqualTo("12345\n/var\n/ b\n");
        assertThatThrownBy(() -> RootCommand.in(seen, InitProgram.path(directory), config("no-such-user", "A=a")))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("no-such-user");
    }

    @Test
    void onlyWhatItDidIsChanged() throws Exception {
        run("sh", "-c", "ls -lR / > /dev/null 2>&1; echo new > /home/new; rm /etc/debian_version");
        assertThat(changed(mount)).containsExactly(".", "etc", "etc/debian_version", "home", "home/new");
    }

    @Test
    void itSeesItsOwnProcessesAlone() throws Exception {
        assertThat(run("sh", "-c", "ls -d /proc/[0-9]* | wc -l; cut -d' ' -f5 /proc/self/mountinfo | grep -c '^/$'")
                        .output())
                .matches("[1-9]\n1\n");
    }

    @Test
    void whatItLeavesRunningIsKilled() throws Exception {
        Result result = run("sh", "-c", "sleep 1000 > /dev/null 2>&1 < /dev/null & echo started");
        assertThat(result.output()).isEqualTo("started\n");
        assertThat(processes("sleep\0001000")).isZero();
    }

    @Test
    void whoIsDestroyedTakesEverythingWithIt() throws Exception {
        for (boolean forcibly : new boolean[] {false, true}) {
            Process process =
                    mount.command("sh", "-c", "sleep 2000 & sleep 3000").start();
            while (processes("sleep\0003000") == 0 || processes("sleep\0002000") == 0) {
                assertThat(process.isAlive()).isTrue();
                Thread.sleep(10);
            }
            if (forcibly) {
                process.destroyForcibly();
            } else {
                process.destroy();
            }
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            while (processes("sleep\0003000") > 0 || processes("sleep\0002000") > 0) {
                Thread.sleep(10);
            }
        }
    }

    private static int processes(String start) throws IOException {
        int count = 0;
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                count += commandLine(process).startsWith(start) ? 1 : 0;
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

    @Test
    void aProgramThatIsNotThereIsNotFound() throws Exception {
        Result result = run("no-such-program");
        assertThat(result.exitCode()).isEqualTo(127);
        assertThat(result.output()).contains("no-such-program");
    }
}
