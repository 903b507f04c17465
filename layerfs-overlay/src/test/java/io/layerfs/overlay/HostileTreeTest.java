package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.ChangesetBuilder;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.Image;
import io.layerfs.Mount;
import io.layerfs.Name;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Images whose files are laid out to catch what starts programs in them. */
class HostileTreeTest extends DebianPrograms {

    /** Row 2: the tools that prepared the root were looked up by the image's PATH, in the image, and ran outside of it. */
    @Test
    void nothingOfAnImageIsRunOutsideOfIt() throws Exception {
        Kernel.requireRoot();
        Path marker = directory.resolve("marker");
        byte[] script = bytes("#!/bin/sh\necho run >> " + marker + "\n");
        ChangesetBuilder layer =
                new ChangesetBuilder().whiteout("proc").whiteout("sys").whiteout("dev");
        for (String name : List.of("mkdir", "mount", "ln", "sh", "env", "unshare", "setpriv", "nsenter", "cat", "id")) {
            layer.file("h/" + name, PROGRAM, script);
        }
        layer.file("etc/ld.so.preload", PLAIN, bytes("/h/preloaded.so\n"));
        layer.file("h/preloaded.so", PROGRAM, bytes("no library\n"));
        layer.file("usr/lib/x86_64-linux-gnu/libnss_files.so.2", PROGRAM, bytes("no library\n"));
        Image image = image(
                layer,
                "\"Env\": [\"PATH=h:/h:.\", \"LD_LIBRARY_PATH=h\"], \"User\": \"www-data\", \"WorkingDir\": \"/h\"");

        Result result = sh(image, "exec /usr/bin/id -u");

        assertThat(result.output()).endsWith("33\n");
        assertThat(marker).doesNotExist();
    }

    /** Links to the outside, by so many dots, and by the links of /proc, in the places where something is mounted. */
    @Test
    void noLinkLeadsAMountOutOfTheRoot() throws Exception {
        Path victim = Files.createDirectory(directory.resolve("victim"));
        String up = "../".repeat(40) + victim.toString().substring(1);
        for (String place : List.of("proc", "sys", "dev")) {
            for (String target : List.of(victim.toString(), up, "/", "..", "/proc/1/root", "nowhere", place)) {
                ChangesetBuilder layer = new ChangesetBuilder().whiteout(place).symlink(place, PLAIN, target);
                Result result = sh(image(layer, ""), "echo it ran");
                assertThat(result.exitCode()).as(place + " -> " + target).isEqualTo(125);
                assertThat(result.output()).contains("'" + place + "'").doesNotContain("it ran");
            }
        }
        assertThat(victim).isEmptyDirectory();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(victim.toString());
    }

    @Test
    void whatIsNoDirectoryIsNotMountedOn() throws Exception {
        ChangesetBuilder layer = new ChangesetBuilder().whiteout("dev").special("dev", PLAIN, FileType.FIFO, 0, 0);
        assertThat(sh(image(layer, ""), "true").exitCode()).isEqualTo(125);
    }

    /** Below /dev all is new, whatever the image has there. */
    @Test
    void whatAnImageHasBelowItsMountPointsIsNotUsed() throws Exception {
        Path victim = Files.createDirectory(directory.resolve("terminals"));
        ChangesetBuilder layer = new ChangesetBuilder()
                .opaque("dev")
                .symlink("dev/pts", PLAIN, victim.toString())
                .symlink("dev/shm", PLAIN, "../".repeat(40) + victim)
                .symlink("dev/null", PLAIN, victim + "/null")
                .file("dev/fd", PLAIN, bytes("x"));
        Result result =
                sh(image(layer, ""), "echo lost > /dev/null; ls -d /dev/pts/ptmx /dev/shm/.; echo x > /dev/fd/1");
        assertThat(result).isEqualTo(new Result(0, "/dev/pts/ptmx\n/dev/shm/.\nx\n"));
        assertThat(victim).isEmptyDirectory();
    }

    /** The copy lies on the link, and not where that leads; it cannot be written; the host's file stays. */
    @Test
    void theHostsFilesAreShownOnALinkAndNotThroughIt() throws Exception {
        Path victim = Files.writeString(directory.resolve("victim-file"), "the host's");
        String names = Files.readString(Path.of("/etc/resolv.conf"));
        for (String target : List.of(
                victim.toString(),
                "../".repeat(40) + victim,
                "/proc/1/root" + victim,
                "../run/absent/stub.conf",
                "hosts")) {
            ChangesetBuilder layer =
                    new ChangesetBuilder().whiteout("etc/resolv.conf").symlink("etc/resolv.conf", PLAIN, target);
            try (Mount mount = mount(image(layer, ""))) {
                Result result = run(mount.command("/bin/sh", "-c", "echo x >> /etc/resolv.conf; cat /etc/resolv.conf"));
                assertThat(result.output()).as(target).endsWith(names).contains("Read-only file system");
                assertUnchanged(mount);
            }
        }
        assertThat(victim).hasContent("the host's");
    }

    @Test
    void aDirectoryOfTheImageThatLeadsOutLeadsIntoTheImage() throws Exception {
        Path victim = Files.createDirectory(directory.resolve("victim-etc"));
        Files.writeString(victim.resolve("resolv.conf"), "the host's");
        for (String target :
                List.of("../".repeat(40) + victim, "/proc/self/root/etc", "/proc/1/cwd", victim.toString())) {
            ChangesetBuilder layer = new ChangesetBuilder().whiteout("etc").symlink("etc", PLAIN, target);
            Result result = sh(image(layer, ""), "cat /proc/self/mountinfo | cut -d' ' -f5 | grep resolv; echo ran");
            assertThat(result.output()).as(target).isEqualTo("ran\n");
        }
        assertThat(victim.resolve("resolv.conf")).hasContent("the host's");
    }

    /** Whoever runs in the mount while its changes are stored does not lead the reader to files of the host. */
    @Test
    void whatIsExchangedAfterItWasListedIsNotReadElsewhere() throws Exception {
        Path victim = Files.createDirectory(directory.resolve("secrets"));
        Files.writeString(victim.resolve("f"), "secret");
        try (Mount mount = mount(debian)) {
            Path made = Files.createDirectory(mount.root().resolve("made"));
            Files.writeString(made.resolve("f"), "public");
            Files.writeString(mount.root().resolve("g"), "public");
            Entry.Directory root = mount.changes().root();
            Entry.RegularFile f =
                    (Entry.RegularFile) ((Entry.Directory) root.child(Name.of("made"))).child(Name.of("f"));
            Entry.RegularFile g = (Entry.RegularFile) root.child(Name.of("g"));
            assertThat(f.content().read(0, ByteBuffer.allocate(6))).isEqualTo(6);
            String script = "mv made old; ln -s " + victim + " made; rm g; mkfifo g";
            assertThat(run(mount.command("/bin/sh", "-c", script)).exitCode()).isZero();
            assertThatThrownBy(() -> f.content().read(0, ByteBuffer.allocate(6)))
                    .isInstanceOf(FileSystemException.class);
            assertThatThrownBy(() -> g.content().read(0, ByteBuffer.allocate(6)))
                    .hasMessageContaining("regular");
        }
    }

    /** Where a mount is gone, or another thing is in its place, nothing is run: it would be the host's. */
    @Test
    void whatIsNotTheMountAnyMoreIsNoRoot() throws Exception {
        Kernel.requireRoot();
        Path at = Files.createDirectory(directory.toRealPath().resolve("at"));
        ProcessBuilder builder;
        try (Mount mount = new OverlayBackend().mount(store, debian, io.layerfs.MountOptions.DISPOSABLE.at(at))) {
            builder = mount.command("/bin/sh", "-c", "echo it ran");
        }
        Result result = run(builder);
        assertThat(result.exitCode()).isEqualTo(125);
        assertThat(result.output()).contains("is not the mount").doesNotContain("it ran");
    }

    /** What a message says of an image does not speak to the terminal. */
    @Test
    void messagesAreInert() throws Exception {
        Image image = image(nothing(), "\"Cmd\": [\"\\u001b]0;title\\u0007\\u009b\"]");
        try (Mount mount = mount(image)) {
            Result result = run(mount.command());
            assertThat(result.exitCode()).isEqualTo(127);
            assertThat(result.output()).contains("\\x1b]0;title\\x07\\xc2\\x9b").matches("[\\x20-\\x7e]*\n");
        }
    }
}
