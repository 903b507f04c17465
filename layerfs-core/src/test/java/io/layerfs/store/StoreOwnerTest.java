package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.ChangesetBuilder;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.ProgressListener;
import io.layerfs.Verification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose a store is, and what others can do to it. */
class StoreOwnerTest {

    @TempDir
    private Path directory;

    private LayerStore store;

    @BeforeEach
    void open() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Test
    void aStoreIsItsOwnersAlone() throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            assertThat(Files.getPosixFilePermissions(directory.resolve("store")))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
    }

    /** User 12345 need not exist. */
    private void asRoot() throws IOException {
        Path probe = Files.createFile(directory.resolve("probe"));
        try {
            Files.setAttribute(probe, "unix:uid", 12345);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            assumeTrue(false, "only root can give a store away: " + e);
        }
    }

    @Test
    void aStoreOfSomebodyElseIsRefused() throws IOException {
        asRoot();
        Path theirs = directory.resolve("store");
        Files.setAttribute(theirs, "unix:uid", 12345);
        assertThatThrownBy(() -> LayerStore.open(theirs))
                .isInstanceOf(FileSystemException.class)
                .hasMessageStartingWith(theirs.toRealPath() + ": ")
                .hasMessageContaining("belongs to user 12345, and this process is of user 0")
                .hasMessageContaining("SUDO_UID=12345");
        Files.setAttribute(theirs, "unix:uid", 0);
        LayerStore.open(theirs).close();
    }

    /** As sudo has it: root, for the user whose the store is. */
    @Test
    void rootCanUseTheStoreOfWhomItActsFor() throws Exception {
        asRoot();
        Path theirs = directory.resolve("store");
        Files.setAttribute(theirs, "unix:uid", 12345);
        for (String sudoer : List.of("12345", "54321")) {
            ProcessBuilder opening = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            OpenedStore.class.getName(),
                            theirs.toString())
                    .redirectErrorStream(true);
            opening.environment().put("SUDO_UID", sudoer);
            Process process = opening.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isEqualTo(sudoer.equals("12345") ? 0 : 1);
        }
    }

    /** A process of its own, which opens a store. */
    static final class OpenedStore {
        private OpenedStore() {}

        public static void main(String[] arguments) throws IOException {
            LayerStore.open(Path.of(arguments[0])).close();
        }
    }

    @Test
    void whatOthersCanChangeIsFound() throws IOException {
        Layer layer = store.add(new ChangesetBuilder().build());
        Path root = directory.toRealPath().resolve("store");
        assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
        asRoot();
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path blob = root.resolve("blobs/sha256").resolve(layer.diffId().encoded());
        Files.setAttribute(blob, "unix:uid", 12345);
        Verification found = store.verify(ProgressListener.NONE);
        assertThat(found.findings())
                .containsExactly(
                        new Verification.Finding(
                                Verification.Kind.EXPOSED,
                                root.toString(),
                                "can be written by everybody, not by its owner alone"),
                        new Verification.Finding(
                                Verification.Kind.EXPOSED,
                                layer.diffId().toString(),
                                "belongs to user 12345, not to the owner of the store"));
        assertThat(found.isSound()).isFalse();
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwx---"));
        assertThat(store.verify(ProgressListener.NONE).findings().get(0).message())
                .startsWith("can be written by group 0, ");
    }

    /** What root makes for somebody by sudo is that user's, all of it: he opens, collects and deletes it (red team, row 12). */
    @Test
    void whatRootMakesInTheStoreOfAnotherIsHis() throws Exception {
        asRoot();
        store.close();
        Path theirs = directory.resolve("store");
        assertThat(SmallDisk.run("chown", "-R", "12345:12346", theirs.toString()))
                .isZero();
        assertThat(run("12345", MadeStore.class, theirs)).isEmpty();
        try (java.util.stream.Stream<Path> all = Files.walk(theirs)) {
            assertThat(all)
                    .hasSizeGreaterThan(20)
                    .allSatisfy(file -> assertThat(Files.readAttributes(file, "unix:uid,gid"))
                            .as(file.toString())
                            .containsEntry("uid", 12345)
                            .containsEntry("gid", 12346));
        }
    }

    private static String run(String sudoer, Class<?> main, Path place) throws Exception {
        ProcessBuilder starting = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        place.toString())
                .redirectErrorStream(true);
        starting.environment().put("SUDO_UID", sudoer);
        Process process = starting.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    /** A process that makes one of each thing, and then dies with all of it open. */
    static final class MadeStore {
        private MadeStore() {}

        public static void main(String[] arguments) throws IOException {
            LayerStore store = LayerStore.open(Path.of(arguments[0]));
            Layer layer = store.add(new ChangesetBuilder().build());
            io.layerfs.Image image = store.createImage(List.of(layer), io.layerfs.Platform.parse("linux/amd64"));
            store.tag(image, "a:1");
            store.view(image);
            io.layerfs.Lease lease = store.lease(image);
            for (io.layerfs.WritableView view :
                    List.of(store.createView("kept", image, Long.MAX_VALUE), store.writable(image, Long.MAX_VALUE))) {
                long file = view.createFile(view.root(), io.layerfs.Name.of("f"), 0644);
                try (io.layerfs.WritableView.OpenFile open =
                        view.open(new io.layerfs.WritableView.Place(view.root(), io.layerfs.Name.of("f"), file))) {
                    open.write(0, java.nio.ByteBuffer.allocate(1 << 20));
                }
            }
            Runtime.getRuntime().halt(lease == null ? 1 : 0);
        }
    }
}
