package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code cp} into a view and out of one, as {@code cp -a}; {@code export} of whole files (field faults, sections 1 and 3). */
class CopyCommandTest {

    @TempDir
    private Path directory;

    private Path store;
    private Path in;

    @BeforeEach
    void makeView() throws IOException {
        store = directory.resolve("store");
        in = Files.createDirectories(directory.resolve("in"));
        Files.createDirectory(directory.resolve("empty"));
        assertThat(layerfs("import", directory.resolve("empty"), "--tag", "a:1").exitCode())
                .isZero();
        assertThat(layerfs("new", "v", "a:1").exitCode()).isZero();
    }

    private Run layerfs(Object... arguments) {
        Object[] all = new Object[arguments.length + 2];
        all[0] = "--store";
        all[1] = store;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return Run.layerfs(all);
    }

    private static void run(String why, String... command) throws IOException, InterruptedException {
        assumeTrue(new ProcessBuilder(command).inheritIO().start().waitFor() == 0, why);
    }

    private static Map<String, Object> stat(Path file) throws IOException {
        return Files.readAttributes(file, "unix:mode,rdev,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void allThatCpKeepsIsKept() throws Exception {
        assumeTrue(in.getFileSystem().supportedFileAttributeViews().contains("unix"), "no numbers here");
        Files.createDirectory(in.resolve("sticky"));
        Files.createFile(in.resolve("setuid"));
        Files.createDirectory(in.resolve("setgid"));
        Files.createSymbolicLink(in.resolve("link"), Path.of("nowhere"));
        FileTime time = FileTime.fromMillis(1_000_000_000_123L);
        Files.getFileAttributeView(in.resolve("link"), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(time, time, null);
        Files.setAttribute(in.resolve("sticky"), "unix:mode", 01777);
        Files.setAttribute(in.resolve("setuid"), "unix:mode", 04755);
        Files.setAttribute(in.resolve("setgid"), "unix:mode", 02750);
        run("there is no mkfifo", "mkfifo", "-m", "640", in.resolve("pipe").toString());
        run("a device needs root", "mknod", "-m", "600", in.resolve("device").toString(), "c", "1", "3");
        assertThat(layerfs("cp", "-a", in, "v:/").err()).isEmpty();
        assertThat(layerfs("cp", "-a", "v:/in", directory.resolve("out")).err()).isEmpty();
        assertThat(layerfs("cp", "v:/in", directory.resolve("plain")).err()).isEmpty();
        for (String name : new String[] {"sticky", "setuid", "setgid", "link", "pipe", "device"}) {
            assertThat(stat(directory.resolve("out").resolve(name))).as(name).isEqualTo(stat(in.resolve(name)));
        }
        assertThat(stat(directory.resolve("plain/setuid"))).containsEntry("mode", 0100755);
    }

    @Test
    void aDirectoryIsNotCopiedIntoItself() throws IOException {
        Files.createDirectory(in.resolve("d"));
        assertThat(layerfs("cp", in, "v:/").exitCode()).isZero();
        for (String target : new String[] {"v:/in", "v:/in/d", "v:/in/new/er"}) {
            Run whole = layerfs("cp", "v:/", target);
            assertThat(whole.exitCode()).as(target).isEqualTo(1);
            assertThat(whole.err()).contains("cannot be copied into itself");
        }
        assertThat(layerfs("cp", "v:/in", "v:/in/d").err()).contains("cannot be copied into itself");
        assertThat(layerfs("cp", "v:/in/d", "v:/in").err()).contains("are the same file");
        assertThat(layerfs("cp", "v:/in/d", "v:/in/e").exitCode()).isZero();
    }

    @Test
    void whatCannotBeCopiedIsToldAndTheRestIsCopied() throws Exception {
        Files.createFile(in.resolve("a"));
        Files.createFile(in.resolve("z"));
        Files.createDirectories(directory.resolve("out/in/m/below")); // in the place of a file
        Files.createFile(in.resolve("m"));
        assertThat(layerfs("cp", in, "v:/").exitCode()).isZero();
        Run copied = layerfs("cp", "v:/in", directory.resolve("out"));
        assertThat(copied.exitCode()).isEqualTo(1);
        assertThat(copied.err()).startsWith("/in/m: ").hasLineCount(1);
        assertThat(directory.resolve("out/in/a")).exists();
        assertThat(directory.resolve("out/in/z")).exists();
    }

    @Test
    void anExportedTarIsThereWholeOrNotAtAll() throws IOException {
        Files.createFile(in.resolve("f"));
        assertThat(layerfs("cp", in, "v:/").exitCode()).isZero();
        Path tar = Files.writeString(directory.resolve("x.tar"), "mine");
        Run refused = layerfs("export", "v", tar);
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("is there already");
        assertThat(tar).hasContent("mine");
        assertThat(layerfs("export", "v", tar, "--replace").exitCode()).isZero();
        assertThat(tar)
                .isRegularFile()
                .satisfies(file -> assertThat(Files.size(file)).isGreaterThan(1000));
        assertThat(directory).isDirectoryNotContaining("glob:**.layerfs-*");
    }
}
