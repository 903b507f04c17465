package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.ChangesetBuilder;
import io.layerfs.Entry;
import io.layerfs.Image;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Name;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

/** What a program needs to be there is no change of the image: neither in one of a single static program, nor in others. */
class PlaceholdersTest extends DebianPrograms {

    /** The one static program that is at hand: what it says when it is not asked properly. */
    private static final Result SAID = new Result(125, "layerfs: it is started by layerfs, and by nobody else\n");

    private static Image scratch() throws IOException {
        return scratch(
                new ChangesetBuilder().file("program", PROGRAM, InitProgram.program()), "\"Cmd\": [\"/program\"]");
    }

    @Test
    void anImageOfOneStaticProgramRunsAndIsNotChanged() throws Exception {
        try (Mount mount = mount(scratch())) {
            assertThat(run(mount.command())).isEqualTo(SAID);
            assertThat(run(mount.command("program")).exitCode()).isEqualTo(127); // it is in no directory of the PATH
            assertUnchanged(mount);
        }
        try (Mount mount = new OverlayBackend().mount(store, scratch(), MountOptions.READ_ONLY)) {
            assertThat(run(mount.command())).isEqualTo(SAID);
        }
    }

    @Test
    void anImageWithoutMountPointsIsNotChanged() throws Exception {
        Image image = image(
                new ChangesetBuilder()
                        .whiteout("proc")
                        .whiteout("sys")
                        .whiteout("dev")
                        .whiteout("etc/resolv.conf"),
                "");
        try (Mount mount = mount(image)) {
            String names = Files.readString(Path.of("/etc/resolv.conf"));
            String script = "cat /etc/resolv.conf; ls -d /proc/1 /sys/kernel /dev/null";
            assertThat(run(mount.command("/bin/sh", "-c", script)).output())
                    .isEqualTo(names + "/dev/null\n/proc/1\n/sys/kernel\n");
            assertUnchanged(mount);
        }
    }

    @Test
    void whatIsPutIntoThemIsAChange() throws Exception {
        try (Mount mount = mount(scratch())) {
            run(mount.command());
            Files.writeString(mount.root().resolve("etc/hosts"), "x");
            Files.createDirectory(mount.root().resolve("dev/own"));
            assertThat(changed(mount)).containsExactly(".", "dev", "dev/own", "etc", "etc/hosts");
            Entry.Directory etc = (Entry.Directory) mount.changes().root().child(Name.of("etc"));
            assertThat(etc.attributes().mode()).isEqualTo(0755);
            assertThat(((Entry.File) etc.child(Name.of("hosts"))).attributes().mode())
                    .isEqualTo(0644);
        }
    }

    @Test
    void whatSomebodyElseMadeIsAChange() throws Exception {
        try (Mount mount = mount(scratch())) {
            Files.createDirectory(mount.root().resolve("proc"));
            Files.createDirectory(mount.root().resolve("etc"));
            Files.createFile(mount.root().resolve("etc/hosts"));
            run(mount.command());
            assertThat(changed(mount)).containsExactly(".", "etc", "etc/hosts", "proc");
        }
    }

    @Test
    void aNamedViewKnowsThemLater() throws Exception {
        Image image = scratch();
        try (Mount mount = new OverlayBackend().mount(store, image, MountOptions.named("placeholders"))) {
            run(mount.command());
        }
        try (Mount mount = new OverlayBackend().open(store, "placeholders")) {
            assertThat(mount.root().resolve("proc")).isDirectory();
            assertUnchanged(mount);
        }
        assertThat(store.dropView("placeholders")).isTrue();
    }

    /** As a directory of the image is: whatever mode it has there. */
    @Test
    void aDirectoryOfTheImageIsNone() throws Exception {
        Image image = scratch(
                new ChangesetBuilder()
                        .file("program", PROGRAM, InitProgram.program())
                        .directory(
                                "dev",
                                new io.layerfs.Attributes(
                                        01755, 0, 0, java.time.Instant.EPOCH, io.layerfs.Xattrs.NONE)),
                "\"Cmd\": [\"/program\"]");
        try (Mount mount = mount(image)) {
            assertThat(run(mount.command())).isEqualTo(SAID);
            Files.setPosixFilePermissions(mount.root().resolve("dev"), PosixFilePermissions.fromString("rwx------"));
            assertThat(changed(mount)).containsExactly(".", "dev");
        }
    }
}
