package io.layerfs.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What steps do to files, and rules to their attributes. */
class RootfsTest {

    private static final Instant BEFORE = Instant.ofEpochSecond(1_600_000_000);
    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000);

    @TempDir
    private Path directory;

    private LayerStore store;
    private Image base;

    @BeforeEach
    void makeABase() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        Attributes file = new Attributes(0640, 5, 6, BEFORE, Xattrs.NONE);
        Attributes sticky = new Attributes(01777, 7, 8, BEFORE, Xattrs.NONE);
        Attributes dir = new Attributes(0750, 5, 6, BEFORE, Xattrs.NONE);
        base = store.createImage(
                List.of(store.add(new ChangesetBuilder()
                        .directory("etc", dir)
                        .file("etc/motd", file, "base".getBytes(StandardCharsets.UTF_8))
                        .hardLink("etc/motd.link", "etc/motd")
                        .directory("tmp", sticky)
                        .directory("usr", dir)
                        .directory("usr/lib", dir)
                        .file("usr/lib/a.so", file, new byte[] {1})
                        .file("usr/lib/b.so", file, new byte[] {2})
                        .directory("usr/lib/c.so.d", dir)
                        .file("usr/lib/c.so.d/x", file, new byte[] {3})
                        .symlink("lib", file, "/usr/lib")
                        .build())),
                new Platform("linux", "amd64", null));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private Rootfs compose() {
        return Rootfs.from(store, base).time(TIME);
    }

    @Test
    void stepsAreDoneInTheirOrderAndEachIsALayer() throws IOException {
        Image image = compose()
                .write("/a", "1")
                .write("/a", "2")
                .remove("/a")
                .write("/b", "3")
                .commit("app:1");
        assertThat(image.layers()).hasSize(5);
        assertThat(image.tags()).containsExactly("app:1");
        assertThat(Shown.has(store, image, "/a")).isFalse();
        assertThat(Shown.text(store, image, "/b")).isEqualTo("3");
        assertThat(store.images()).as("the base and what was committed").hasSize(2);
        Image one = compose()
                .write("/a", "1")
                .remove("/a")
                .write("/b", "3")
                .inOneLayer()
                .commit(null);
        assertThat(one.layers()).hasSize(2);
        assertThat(Shown.said(Shown.top(one))).containsExactly("+ b");
        assertThat(Shown.tree(store, one)).isEqualTo(Shown.tree(store, image));
    }

    @Test
    void whatIsThereIsNotTouched() throws IOException {
        Image image = compose()
                .write("/tmp/x", "x")
                .mkdir("/etc")
                .mkdir("/usr/lib/new/deep")
                .remove("/usr/lib/a.so")
                .inOneLayer()
                .commit(null);
        assertThat(Shown.said(Shown.top(image)))
                .containsExactly("+ tmp/x", "- usr/lib/a.so", "+ usr/lib/new", "+ usr/lib/new/deep");
        assertThat(Shown.file(store, image, "/tmp")).isEqualTo("/tmp 41777 7:8 1600000000");
        assertThat(Shown.file(store, image, "/usr/lib")).isEqualTo("/usr/lib 40750 5:6 1600000000");
        assertThat(Shown.file(store, image, "/usr/lib/new/deep")).isEqualTo("/usr/lib/new/deep 40755 0:0 1700000000");
        assertThat(Shown.file(store, image, "/tmp/x")).isEqualTo("/tmp/x 100644 0:0 1700000000");
    }

    @Test
    void linksOnTheWayAreFollowedWithinTheImage() throws IOException {
        Image image = compose().write("/lib/new.so", "x").remove("/lib/*.so").commit(null);
        assertThat(Shown.has(store, image, "/usr/lib/new.so")).isFalse();
        image = compose().write("/lib/new.so", "x").mkdir("/lib").commit(null);
        assertThat(Shown.said(image.layers().get(1))).containsExactly("+ usr/lib/new.so");
        assertThat(Shown.said(image.layers().get(2))).isEmpty();
    }

    @Test
    void aFileIsReplacedUnderOneNameAlone() throws IOException {
        Image image = compose().write("/etc/motd", "new").commit(null);
        assertThat(Shown.text(store, image, "/etc/motd")).isEqualTo("new");
        assertThat(Shown.text(store, image, "/etc/motd.link")).isEqualTo("base");
        assertThat(Shown.file(store, image, "/etc/motd")).isEqualTo("/etc/motd 100644 0:0 1700000000");
    }

    @Test
    void aLastLinkIsReplacedButNoDirectory() throws IOException {
        Image image = compose()
                .symlink("/etc/motd", "/run/motd")
                .write("/etc/motd", "x")
                .commit(null);
        assertThat(Shown.text(store, image, "/etc/motd")).isEqualTo("x");
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> compose().write("/usr/lib", "x").commit(null))
                .withMessageStartingWith("/usr/lib: is a directory in the image");
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> compose().write("/lib", "x").commit(null))
                .withMessageStartingWith("/lib: is a directory in the image");
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> compose().write("/etc/motd/x", "x").commit(null))
                .withMessageStartingWith("/etc/motd: is no directory in the image");
    }

    @Test
    void whatIsRemovedIsHiddenAndMustBeThere() throws IOException {
        Image image = compose().remove("/usr/lib/*.so").remove("/usr/**/x").commit("app:1");
        assertThat(Shown.said(image.layers().get(1))).containsExactly("- usr/lib/a.so", "- usr/lib/b.so");
        assertThat(Shown.said(image.layers().get(2))).containsExactly("- usr/lib/c.so.d/x");
        assertThat(Shown.tree(store, image)).noneMatch(line -> line.contains("a.so") || line.contains("/x "));
        assertThat(Shown.has(store, compose().remove("/usr").commit(null), "/usr"))
                .isFalse();
        for (String absent : List.of("/usr/share/doc", "/usr/lib/*.a", "/nowhere/*", "/etc/motd/x")) {
            assertThatExceptionOfType(NoSuchFileException.class)
                    .isThrownBy(() -> compose().remove(absent).commit("app:1"))
                    .withMessage(absent + ": is to be removed, and is not there");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> compose().remove("etc").commit(null));
        assertThat(store.image("app:1")).as("a failure leaves the name").isEqualTo(image);
    }

    @Test
    void aDirectoryOfTheHostIsCopiedWithoutWhatIsTheHosts() throws IOException {
        Path host = Files.createDirectories(directory.resolve("host/bin"));
        Files.writeString(host.resolve("run"), "#!/bin/sh");
        Files.setPosixFilePermissions(host.resolve("run"), PosixFilePermissions.fromString("rwx--x---"));
        Files.writeString(host.resolve("data"), "data");
        Files.setPosixFilePermissions(host.resolve("data"), PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setPosixFilePermissions(host, PosixFilePermissions.fromString("rwx------"));
        Files.createSymbolicLink(host.resolve("link"), Path.of("../bin/run"));
        Image image = compose().copy(directory.resolve("host"), "/app").commit(null);
        assertThat(Shown.tree(store, image).stream().filter(line -> line.startsWith("/app")))
                .containsExactlyInAnyOrder(
                        "/app 40755 0:0 1700000000",
                        "/app/bin 40755 0:0 1700000000",
                        "/app/bin/data 100644 0:0 1700000000",
                        "/app/bin/link 120777 0:0 1700000000",
                        "/app/bin/run 100755 0:0 1700000000");
        assertThat(Shown.text(store, image, "/app/bin/link")).isEqualTo("#!/bin/sh");
        Image intoTheRoot = compose().copy(directory.resolve("host"), "/").commit(null);
        assertThat(Shown.said(Shown.top(intoTheRoot)))
                .containsExactly("+ bin", "+ bin/data", "+ bin/link", "+ bin/run");
    }

    @Test
    void aFileOfTheHostIsCopiedToAPathOrIntoADirectory() throws IOException {
        Path file = Files.writeString(directory.resolve("app.jar"), "jar");
        Files.createSymbolicLink(directory.resolve("latest.jar"), file);
        Image image = compose()
                .copy(file, "/opt/renamed.jar")
                .copy(file, "/opt/")
                .copy(directory.resolve("latest.jar"), "/opt/x.jar")
                .commit(null);
        for (String path : List.of("/opt/renamed.jar", "/opt/app.jar", "/opt/x.jar")) {
            assertThat(Shown.text(store, image, path)).isEqualTo("jar");
        }
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(
                        () -> compose().copy(directory.resolve("none"), "/x").commit(null))
                .withMessageEndingWith("none: is to be copied, and is not there");
    }

    @Test
    void namesAreBytes() throws IOException {
        Image image = compose()
                .write("/etc/\udcff\u00fc", "x")
                .owner("/etc/\udcff*", 1, 1)
                .commit(null);
        assertThat(Shown.said(Shown.top(image))).containsExactly("+ etc/\udcff\u00fc");
        assertThat(Shown.tree(store, image)).contains("/etc/\udcff\u00fc 100644 1:1 1700000000");
    }

    @Test
    void rulesAreForAllThatIsAddedAndTheLastCounts() throws IOException {
        Image image = compose()
                .mode("/srv/**.sh", 0700)
                .owner("/srv{,/**}", 10, 20)
                .write("/srv/run.sh", "x")
                .owner("/srv/data{,/**}", -2, -2)
                .write("/srv/data/x", "x")
                .symlink("/srv/data/link", "x")
                .mkdir("/srv/data/spool")
                .mode("/srv/data/spool", 03770)
                .mode("/srv/data/{x,link}", 04755)
                .commit(null);
        assertThat(Shown.tree(store, image).stream().filter(line -> line.startsWith("/srv")))
                .containsExactlyInAnyOrder(
                        "/srv 40755 10:20 1700000000",
                        "/srv/run.sh 100700 10:20 1700000000",
                        "/srv/data 40755 -2:-2 1700000000",
                        "/srv/data/x 104755 -2:-2 1700000000",
                        "/srv/data/link 120777 -2:-2 1700000000",
                        "/srv/data/spool 43770 -2:-2 1700000000");
    }

    @Test
    void rulesLeaveTheBaseAndMustMatch() throws IOException {
        Image image = compose().owner("/**", 9, 9).write("/etc/new", "x").commit(null);
        assertThat(Shown.file(store, image, "/etc")).isEqualTo("/etc 40750 5:6 1600000000");
        assertThat(Shown.file(store, image, "/etc/new")).isEqualTo("/etc/new 100644 9:9 1700000000");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        compose().owner("/ap/**", 1, 2).write("/app/x", "x").commit(null))
                .withMessage("the rule 'owner /ap/** 1:2' matches nothing that the composition adds");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        compose().mode("/app/*", 0600).symlink("/app/x", "x").commit(null))
                .withMessageStartingWith("the rule 'mode /app/* 0600' matches nothing");
        assertThatIllegalArgumentException().isThrownBy(() -> compose().mode("/x", 010000));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> compose().mode("/{x", 0).commit(null));
    }

    @Test
    void thereIsALayerAtLeast() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rootfs.empty(store, Platform.host()).commit(null))
                .withMessage("an image has at least one layer");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> compose().write("/", "x").commit(null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> compose().write("/../x", "x").commit(null));
    }
}
