package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.ChangesetBuilder;
import io.layerfs.Digest;
import io.layerfs.GcOptions;
import io.layerfs.GcReport;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.Verification;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that died left, and nobody can delete, keeps nobody from anything (red team, row 5). */
class LeftOversTest {

    @TempDir
    private Path directory;

    private Path leave(String area) throws Exception {
        Path stays = Files.createDirectories(
                directory.resolve("store/layerfs").resolve(area).resolve("stays"));
        assumeTrue(SmallDisk.run("mount", "-t", "tmpfs", "none", stays.toString()) == 0, "mounting needs root");
        return stays;
    }

    @Test
    void whatCannotBeDeletedKeepsNoCommandFromWorking() throws Exception {
        LayerStore.open(directory.resolve("store")).close();
        List<Path> mounted = List.of(leave("tmp/dead"), leave("holds/dead"));
        try (LayerStore store = LayerStore.open(directory.resolve("store"))) {
            var image = store.createImage(
                    List.of(store.add(new ChangesetBuilder().build())), Platform.parse("linux/amd64"));
            store.tag(image, "a");
            assertThat(store.usage().images()).hasSize(1);
            store.view(image);
            store.remove("a");
            GcReport collected = store.gc(GcOptions.DEFAULT);
            assertThat(collected.removed(GcReport.Kind.LAYER)).hasSize(1);
            assertThat(collected.leftOver()).hasSize(2).allMatch(left -> left.contains("dead/stays"));
            Verification verified = store.verify(ProgressListener.NONE);
            assertThat(verified.isSound()).isTrue();
            assertThat(verified.findings())
                    .extracting(Verification.Finding::kind)
                    .hasSize(2)
                    .containsOnly(Verification.Kind.LEFT_OVER);
        } finally {
            for (Path place : mounted) {
                SmallDisk.run("umount", place.toString());
            }
        }
        try (LayerStore store = LayerStore.open(directory.resolve("store"))) {
            assertThat(store.gc(GcOptions.DEFAULT).leftOver()).isEmpty();
        }
    }

    /** Of "Low": memory that is short while a view is opened leaves it locked for nobody. */
    @Test
    void anErrorLeavesNoViewLocked() throws IOException {
        Path root = directory.resolve("store");
        try (LayerStore store = LayerStore.open(root)) {
            var image = store.createImage(
                    List.of(store.add(new ChangesetBuilder().build())), Platform.parse("linux/amd64"));
            store.createView("v", image, Long.MAX_VALUE).close();
            Views views = new Views(
                    new StorePaths(store.directory()),
                    diffIds -> {
                        throw new OutOfMemoryError("planted");
                    },
                    () -> null,
                    () -> null);
            assertThatThrownBy(() -> views.open("v")).isInstanceOf(OutOfMemoryError.class);
            store.openView("v").close();
        }
    }

    /** Row 5: a layer that was unpacked has paths that no call takes; nobody need know how large what lies there is. */
    @Test
    void anUnpackedLayerWithPathsThatAreTooLongIsSurveyedAndCollected() throws IOException {
        Path root = directory.resolve("store");
        try (LayerStore store = LayerStore.open(root)) {
            StorePaths paths = new StorePaths(store.directory());
            Path unpacked = paths.unpacked(Digest.sha256(new byte[1]), "form");
            Files.createDirectories(unpacked.getParent());
            moveIntoDirectories(Files.write(directory.resolve("tree"), new byte[10]), 40);
            Files.move(directory.resolve("tree"), unpacked);
            Files.write(unpacked.resolve("beside"), new byte[7]);
            assertThat(store.usage().unreferenced()).isGreaterThanOrEqualTo(7);
            assertThat(store.gc(GcOptions.DEFAULT).leftOver()).isEmpty();
            assertThat(unpacked).doesNotExist();
        }
    }

    /** Each with a name as long as it can be, made from the bottom. */
    private void moveIntoDirectories(Path tree, int levels) throws IOException {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            assumeTrue(stream instanceof SecureDirectoryStream, "names are looked up by paths alone here");
            SecureDirectoryStream<Path> in = (SecureDirectoryStream<Path>) stream;
            for (int i = 0; i < levels; i++) {
                Files.createDirectory(directory.resolve("next"));
                try (SecureDirectoryStream<Path> next = in.newDirectoryStream(Path.of("next"))) {
                    in.move(tree.getFileName(), next, Path.of("n".repeat(255)));
                }
                in.move(Path.of("next"), in, tree.getFileName());
            }
        }
    }

    /** Odd things that a process, or a user, may leave there. */
    @Test
    void whatIsNoDirectoryOfAProcessIsDeletedOrPassedOver() throws IOException, InterruptedException {
        LayerStore.open(directory.resolve("store")).close();
        Path temporary = directory.resolve("store/layerfs/tmp");
        Files.createFile(temporary.resolve("file"));
        Files.createDirectories(temporary.resolve("area/lock"));
        Files.createSymbolicLink(
                Files.createDirectory(temporary.resolve("link")).resolve("lock"), directory);
        if (SmallDisk.run("mkfifo", temporary.resolve("pipe").toString()) == 0) {
            Files.move(
                    temporary.resolve("pipe"),
                    Files.createDirectory(temporary.resolve("piped")).resolve("lock"));
        }
        LayerStore.open(directory.resolve("store")).close();
        assertThat(temporary).isEmptyDirectory();
    }
}
