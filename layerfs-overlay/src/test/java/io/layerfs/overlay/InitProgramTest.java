package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Mount;
import io.layerfs.oci.RunConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** {@code layerfs-init} itself: where it lies, and where it comes from. */
class InitProgramTest extends DebianPrograms {

    private static final Path RESOURCES = Path.of("src/main/resources/io/layerfs/overlay");

    private static String version(String program) throws Exception {
        try {
            Process process = new ProcessBuilder(program, "--version").start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    /** Who reads the source knows what is run. */
    @Test
    void itIsWhatItsSourceIsCompiledTo() throws Exception {
        for (String architecture : List.of("x86_64", "aarch64")) {
            String tools = architecture + "-linux-gnu-";
            assumeTrue(version(tools + "gcc").endsWith(" 12.2.0"), "no " + tools + "gcc 12.2.0");
            assumeTrue(version(tools + "ld").endsWith(" 2.40"), "no " + tools + "ld 2.40");
        }
        Path built = Files.createDirectory(directory.resolve("built"));
        assertThat(run(new ProcessBuilder("src/main/native/build", built.toString())))
                .isEqualTo(new Result(0, ""));
        for (String architecture : List.of("x86_64", "aarch64")) {
            assertThat(Files.readAllBytes(built.resolve("layerfs-init-" + architecture)))
                    .isEqualTo(Files.readAllBytes(RESOURCES.resolve("layerfs-init-" + architecture)));
        }
    }

    /** As far as the emulator knows the calls: arguments, processes, and what a directory is. */
    @Test
    void itRunsOnTheOtherArchitecture() throws Exception {
        Kernel.requireRoot();
        assumeTrue(!version("qemu-aarch64").isEmpty(), "no qemu-aarch64");
        String program = RESOURCES.resolve("layerfs-init-aarch64").toString();
        assertThat(run(new ProcessBuilder("qemu-aarch64", program)).output()).contains("by nobody else");
        assertThat(run(new ProcessBuilder("qemu-aarch64", program, "run", "root=%2"))
                        .output())
                .isEqualTo("layerfs: not an escaped byte: '%2'\n");
        String watch = "watch=" + ProcessHandle.current().pid();
        List<String> command = List.of(
                "qemu-aarch64", program, "run", watch, "root=/%65tc", "major=1", "minor=2", "inode=3", "--", "sh");
        assertThat(run(new ProcessBuilder(command)))
                .isEqualTo(new Result(125, "layerfs: what is there is not the mount: '/etc'\n"));
    }

    @Test
    void whatIsInMemoryCannotBeChanged() throws Exception {
        String path = InitProgram.inMemory();
        assumeTrue(path != null, "the kernel executes nothing in memory");
        try (FileChannel channel = FileChannel.open(Path.of(path), StandardOpenOption.WRITE)) {
            Assertions.assertThatThrownBy(() -> channel.truncate(0)).isInstanceOf(IOException.class);
            Assertions.assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1)))
                    .isInstanceOf(IOException.class);
        }
        assertThat(Files.readAllBytes(Path.of(path))).isEqualTo(InitProgram.program());
    }

    /** Where the administrator forbids programs in memory. */
    @Test
    void itRunsFromAFile() throws Exception {
        Kernel.requireRoot();
        Path area = Files.createDirectory(directory.resolve("area"));
        String path = InitProgram.inFile(area);
        assertThat(InitProgram.inFile(area)).isEqualTo(path);
        try (Mount mount = mount(debian)) {
            Way.Seen seen = new Way.Seen(mount.root(), "", 0, lazily -> {});
            RunConfig config = RunConfig.parse("config", bytes("{}"));
            assertThat(run(RootCommand.in(seen, path, config, "echo", "from a file"))
                            .output())
                    .isEqualTo("from a file\n");
            String script = "exec 3>/proc/1/exe"; // CVE-2019-5736
            assertThat(run(RootCommand.in(seen, path, config, "sh", "-c", script))
                            .exitCode())
                    .isNotZero();
        }
        assertThat(Files.readAllBytes(Path.of(path))).isEqualTo(InitProgram.program());
    }

    @Test
    void itEndsWhereItsParentIsAnother() throws Exception {
        try (Mount mount = mount(debian)) {
            List<String> command = mount.command("echo", "it ran").command();
            ProcessBuilder between = new ProcessBuilder("/bin/sh", "-c", "\"$@\"; exit $?", "sh");
            between.command().addAll(command);
            assertThat(run(between).output()).contains("parent").doesNotContain("it ran");
        }
    }

    @Test
    void whatDoesNotExistIsSaidBeforeAnythingRuns() {
        Assertions.assertThatThrownBy(() -> InitProgram.inFile(directory.resolve("none")))
                .isInstanceOf(FileSystemException.class);
    }
}
