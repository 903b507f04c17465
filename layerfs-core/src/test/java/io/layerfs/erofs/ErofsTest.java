package io.layerfs.erofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.Xattrs;
import io.layerfs.blob.Blob;
import io.layerfs.memory.MemoryDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the writer wrote, the reader reads. */
class ErofsTest {

    private static final Attributes SOME = Attributes.IMPLICIT_DIRECTORY;

    @TempDir
    Path directory;

    @Test
    void layersComeBackAsTheyWere() throws IOException {
        List<Blob> blobs = RandomTree.blobs(directory, 1);
        for (int seed = 0; seed < 60; seed++) {
            Changeset tree = RandomTree.layer(seed, blobs.get(0), seed < 5 ? seed : 40 * seed);
            Path file = directory.resolve("layer" + seed);
            ErofsWriter.writeLayer(tree, blobs.get(0), file);
            Changeset back = ErofsImage.open(file, blobs).changeset();
            assertThat(TreeLines.of(back)).as("seed " + seed).isEqualTo(TreeLines.of(tree));
        }
    }

    @Test
    void mergedTreesComeBackAsViews() throws IOException {
        for (int seed = 100; seed < 140; seed++) {
            List<Blob> blobs = RandomTree.blobs(directory, 1 + seed % 7);
            Changeset tree = RandomTree.merged(seed, blobs, 20 * (seed - 100));
            Path file = directory.resolve("merged" + seed);
            ErofsWriter.writeMerged(tree, blobs, file);
            View view = ErofsImage.open(file, blobs).view();
            assertThat(TreeLines.of(view)).as("seed " + seed).isEqualTo(TreeLines.of(tree));
        }
    }

    @Test
    void theEdgesOfTheFormatComeBack() throws IOException {
        List<Blob> blobs = RandomTree.blobs(directory, 3);
        Changeset tree = EdgeTree.of(blobs);
        ErofsWriter.writeMerged(tree, blobs, directory.resolve("edges"));
        View view = ErofsImage.open(directory.resolve("edges"), blobs).view();
        assertThat(TreeLines.of(view)).isEqualTo(TreeLines.of(tree));
    }

    @Test
    void anIndexOfAnIndexIsTheSame() throws IOException {
        List<Blob> blobs = RandomTree.blobs(directory, 3);
        Changeset tree = RandomTree.merged(8, blobs, 700);
        ErofsWriter.writeMerged(tree, blobs, directory.resolve("first"));
        Changeset back = ErofsImage.open(directory.resolve("first"), blobs).changeset();
        ErofsWriter.writeMerged(back, blobs, directory.resolve("second"));
        View view = ErofsImage.open(directory.resolve("second"), blobs).view();
        assertThat(TreeLines.of(view)).isEqualTo(TreeLines.of(tree));
    }

    @Test
    void theSameTreeGivesTheSameBytes() throws IOException {
        List<Blob> blobs = RandomTree.blobs(directory, 1);
        Changeset tree = RandomTree.layer(7, blobs.get(0), 900);
        ErofsWriter.writeLayer(tree, blobs.get(0), directory.resolve("a"));
        ErofsWriter.writeLayer(tree, blobs.get(0), directory.resolve("b"));
        assertThat(directory.resolve("a")).hasSameBinaryContentAs(directory.resolve("b"));
    }

    @Test
    void linkCountsAreThoseOfTheTree() throws IOException {
        MemoryDirectory root = MemoryDirectory.of(SOME);
        Entry.File file = new Entry.Symlink(SOME, 1, "x");
        for (int i = 0; i < 5; i++) {
            root.put(Name.of("f" + i), file);
            root.put(Name.of("d" + i), MemoryDirectory.of(SOME));
        }
        ErofsWriter.writeMerged(root.toChangeset(), List.of(), directory.resolve("links"));
        View view = ErofsImage.open(directory.resolve("links"), List.of()).view();
        assertThat(view.stat(view.lookup(view.root(), Name.of("f3"))).links()).isEqualTo(5);
        assertThat(view.stat(view.root()).links()).isEqualTo(7);
        assertThatThrownBy(() -> view.lookup(view.lookup(view.root(), Name.of("f1")), Name.of("x")))
                .isInstanceOf(NotDirectoryException.class);
    }

    @Test
    void moreWhiteoutsThanAShortInodeHasNames() throws IOException {
        Blob tar = RandomTree.blobs(directory, 1).get(0);
        for (Instant time : List.of(Instant.EPOCH, Instant.ofEpochSecond(1))) {
            MemoryDirectory root = MemoryDirectory.of(new Attributes(0755, 0, 0, time, Xattrs.NONE));
            for (int i = 0; i < 140_000; i++) {
                root.put(Name.of("w" + i), Entry.Whiteout.INSTANCE);
            }
            Path file = directory.resolve("whiteouts" + time.getEpochSecond());
            ErofsWriter.writeLayer(root.toChangeset(), tar, file);
            ErofsImage image = ErofsImage.open(file, List.of(tar));
            int[] whiteouts = {0};
            image.changeset().walk((path, entry) -> whiteouts[0] += entry instanceof Entry.Whiteout ? 1 : 0);
            assertThat(whiteouts[0]).isEqualTo(140_000);
            View view = image.view();
            assertThat(view.stat(view.lookup(view.root(), Name.of("w0"))).links())
                    .isEqualTo(65_535);
        }
    }

    @Test
    void aFileHasMoreNamesThanAShortInodeCanCount() throws IOException {
        MemoryDirectory root = MemoryDirectory.of(SOME);
        Entry.File file = new Entry.Symlink(SOME, 1, "x");
        for (int i = 0; i < 65_536; i++) {
            root.put(Name.of("f" + i), file);
        }
        Path index = directory.resolve("links");
        ErofsWriter.writeMerged(root.toChangeset(), List.of(), index);
        View view = ErofsImage.open(index, List.of()).view();
        assertThat(view.stat(view.lookup(view.root(), Name.of("f0"))).links()).isEqualTo(65_536);
    }

    @Test
    void whatTheFormatCannotSayIsRefusedByPath() {
        MemoryDirectory root = MemoryDirectory.of(SOME);
        root.put(Name.of("dir"), MemoryDirectory.of(SOME).put(Name.of("y".repeat(256)), Entry.Whiteout.INSTANCE));
        assertThatThrownBy(() -> ErofsWriter.writeMerged(root.toChangeset(), List.of(), directory.resolve("refused")))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("dir/yyy");
    }

    @Test
    void everyFlippedByteIsNoticedOrHarmless() throws IOException {
        List<Blob> blobs = RandomTree.blobs(directory, 2);
        Changeset tree = RandomTree.merged(3, blobs, 60);
        Path file = directory.resolve("flipped");
        ErofsWriter.writeMerged(tree, blobs, file);
        byte[] sound = Files.readAllBytes(file);
        List<String> expected = TreeLines.of(tree);
        for (int at = 0; at < sound.length; at += 5 + at % 7) {
            byte[] damaged = sound.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            Files.write(file, damaged);
            try {
                View view = ErofsImage.open(file, blobs).view();
                assertThat(TreeLines.of(view)).as("byte " + at).isEqualTo(expected);
            } catch (DamagedIndexException e) {
                assertThat(e.getMessage()).isNotEmpty();
            } catch (UncheckedIOException e) {
                assertThat(e).hasCauseInstanceOf(DamagedIndexException.class);
            }
        }
    }
}
