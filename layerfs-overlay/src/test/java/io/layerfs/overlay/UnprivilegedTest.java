package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.FileType;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import io.layerfs.overlay.linux.Linux;
import io.layerfs.vfs.VfsBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is not root mounts in a user namespace, and commits what root would have. */
class UnprivilegedTest {

    private static final String NOBODY = "65534";

    @TempDir
    private Path directory;

    @Test
    void whoIsNotRootMountsAndRunsAndCommits() throws Exception {
        List<String> other = List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--");
        mountAndRunAndCommit(Linux.uid() == 0 ? other : List.of());
    }

    @Test
    void whoIsRootInAUserNamespaceAloneDoesTheSame() throws Exception {
        mountAndRunAndCommit(List.of("unshare", "--user", "--map-root-user", "--"));
    }

    private void mountAndRunAndCommit(List<String> before) throws Exception {
        String reason = InUserNamespace.unavailable();
        assumeTrue(reason == null, () -> "user namespaces: " + reason);
        Path home = Files.createDirectory(directory.resolve("home"));
        List<String> command = new ArrayList<>(before);
        if (before.contains(NOBODY)) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.setAttribute(home, "unix:uid", Integer.parseInt(NOBODY));
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        command.addAll(List.of(java, "-cp", readableClassPath()));
        command.addAll(List.of(UnprivilegedTest.class.getName(), home.toString()));
        Path archive = Files.copy(SharedImages.file("app.oci.tar"), directory.resolve("app.oci.tar"));
        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("r--r--r--"));
        command.add(archive.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exitCode = process.waitFor();
        new ProcessBuilder("rm", "-rf", home.toString()).start().waitFor(); // it is full of links that lead elsewhere
        assertThat(exitCode).as(said).isZero();
        assertThat(said).endsWith("all is as it must be\n");
    }

    /** A copy of this test's class path: another user may not be able to read where it is. */
    private String readableClassPath() throws IOException {
        String own = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Path copies = Files.createDirectory(directory.resolve("classes"));
        List<String> copied = new ArrayList<>();
        for (String entry : own.split(java.io.File.pathSeparator, -1)) {
            Path from = Path.of(entry);
            if (Files.exists(from)) {
                Path to = copies.resolve(copied.size() + "-" + from.getFileName());
                copy(from, to);
                copied.add(to.toString());
            }
        }
        return String.join(java.io.File.pathSeparator, copied);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (java.util.stream.Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Path copy = to.resolve(from.relativize(path).toString());
                Files.copy(path, copy);
                Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    private static Attributes attributes(int mode, int owner) {
        return new Attributes(mode, owner, owner + 1, Instant.ofEpochSecond(1_500_000_000), Xattrs.NONE);
    }

    private static Image image(LayerStore store) throws IOException {
        Attributes capable = new Attributes(
                0755,
                0,
                0,
                Instant.ofEpochSecond(1_500_000_000),
                Xattrs.of(Map.of("security.capability", new byte[20], "user.own", new byte[] {1})));
        ChangesetBuilder base = new ChangesetBuilder()
                .directory("", attributes(0755, 0))
                .directory("d", attributes(0500, 33))
                .file("d/f", attributes(0400, 33), "f".getBytes(StandardCharsets.UTF_8))
                .file("secret", attributes(0, 0), new byte[] {1})
                .file("reading", attributes(0440, 0), new byte[] {2})
                .directory("locked", attributes(0555, 0))
                .directory("common", attributes(0555, 0))
                .file("capable", capable, "c".getBytes(StandardCharsets.UTF_8))
                .file("deleted", attributes(0644, 1000), new byte[1])
                .special("null", attributes(0666, 0), FileType.CHARACTER_DEVICE, 1, 3)
                .special("pipe", attributes(0600, 0), FileType.FIFO, 0, 0)
                .symlink("link", attributes(0777, 0), "d/f");
        ChangesetBuilder top = new ChangesetBuilder()
                .whiteout("deleted")
                .file("d/g", attributes(06711, 1000), "g".getBytes(StandardCharsets.UTF_8));
        return store.createImage(
                List.of(store.add(base.build()), store.add(top.build())), new Platform("linux", "amd64", null));
    }

    /** What is done to a mount of either kind, and then given one time. */
    private static Changeset change(Mount mount) throws IOException {
        Path root = mount.root();
        Files.writeString(root.resolve("d/f"), "changed");
        Files.setAttribute(root.resolve("capable"), "user:own", new byte[] {2});
        Files.delete(root.resolve("d/g"));
        // to just those modes that make them possible for a process that is not root
        Files.writeString(root.resolve("secret"), "changed");
        Files.setPosixFilePermissions(root.resolve("reading"), PosixFilePermissions.fromString("rw-r-----"));
        Files.setPosixFilePermissions(root.resolve("locked"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setAttribute(root.resolve("common"), "unix:mode", 01777);
        Files.createDirectory(root.resolve("new"));
        Files.writeString(root.resolve("new/file"), "new");
        Files.setPosixFilePermissions(root.resolve("new/file"), PosixFilePermissions.fromString("rwx------"));
        for (String changed : List.of("d/f", "secret", "capable", "new/file", "new", "d", "")) {
            Files.setLastModifiedTime(
                    root.resolve(changed), java.nio.file.attribute.FileTime.fromMillis(1_600_000_000_000L));
        }
        return mount.changes();
    }

    /** Runs as whoever it is; gets an empty directory of its own. */
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        try (LayerStore store = LayerStore.open(home.resolve("store"))) {
            Image image = image(store);
            OverlayBackend backend = new OverlayBackend();
            assertThat(backend.unavailable()).isNull();
            try (Mount right = new VfsBackend().mount(store, image, MountOptions.DISPOSABLE);
                    Mount mount = backend.mount(store, image, MountOptions.DISPOSABLE)) {
                assertThat(mount.description()).contains("user namespace");
                assertThat(mount.root().resolve("deleted")).doesNotExist();
                assertThat(store.add(change(mount))).isEqualTo(store.add(change(right)));
            }
            named(backend, store, image);
            readOnly(backend, store, image);
            if (arguments.length > 1) {
                run(backend, store, Path.of(arguments[1]));
            }
        }
        System.out.println("all is as it must be");
    }

    private static void named(OverlayBackend backend, LayerStore store, Image image) throws IOException {
        try (Mount mount = backend.mount(store, image, MountOptions.named("work"))) {
            Files.writeString(mount.root().resolve("kept"), "kept");
        }
        try (Mount mount = backend.open(store, "work")) {
            assertThat(mount.root().resolve("kept")).hasContent("kept");
        }
        assertThat(store.dropView("work")).isTrue();
    }

    private static void readOnly(OverlayBackend backend, LayerStore store, Image image) throws IOException {
        try (Mount mount = backend.mount(store, image, MountOptions.READ_ONLY)) {
            assertThat(mount.root().resolve("d/f")).hasContent("f");
            try {
                Files.createFile(mount.root().resolve("new"));
                throw new AssertionError("a read-only mount was written");
            } catch (FileSystemException e) {
                assertThat(e).hasMessageContaining("Read-only file system");
            }
        }
    }

    private static void run(OverlayBackend backend, LayerStore store, Path archive) throws Exception {
        Image debian = store.importImage(archive, io.layerfs.ImportOptions.DEFAULT);
        try (Mount mount = backend.mount(store, debian, MountOptions.DISPOSABLE)) {
            Process process = mount.command("sh", "-c", "id -u; echo hello > /home/said; cat /proc/1/comm | wc -l")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
            assertThat(said).isEqualTo("0\n1\n");
            assertThat(mount.root().resolve("home/said")).hasContent("hello\n");
            List<String> changed = new ArrayList<>();
            mount.changes().walk((path, entry) -> changed.add(path.toString()));
            assertThat(changed).containsExactly(".", "home", "home/said");
        }
    }
}
