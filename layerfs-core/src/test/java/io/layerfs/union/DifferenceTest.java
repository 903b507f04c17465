package io.layerfs.union;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.LayerPath;
import io.layerfs.View;
import io.layerfs.Xattrs;
import io.layerfs.erofs.ErofsImage;
import io.layerfs.erofs.ErofsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said on top of one tree to make it another, case by case; on top of the first it always gives the second. */
class DifferenceTest {

    @TempDir
    Path directory;

    private View view(Changeset tree) throws IOException {
        Path index = Files.createTempFile(directory, "tree", ".erofs");
        Files.delete(index);
        ErofsWriter.writeMerged(tree, MergedIndexTest.devices(tree), index);
        return ErofsImage.open(index, MergedIndexTest.devices(tree)).view();
    }

    private List<String> said(String[] base, String[] top) throws IOException {
        Changeset below = Layers.layer(directory, base);
        Changeset above = Union.merge(List.of(Layers.layer(directory, top)));
        Changeset difference = Difference.between(view(Union.merge(List.of(below))), view(above));
        assertThat(Layers.tree(Union.merge(List.of(below, difference)))).isEqualTo(Layers.tree(above));
        return lines(difference);
    }

    /** A layer as the entries of its tar. */
    private static List<String> lines(Changeset changes) throws IOException {
        List<String> lines = new ArrayList<>();
        Map<Long, String> firstNames = new HashMap<>();
        changes.walk((path, entry) -> {
            if (entry instanceof Entry.Directory d && d.opaque()) {
                lines.add(path + "/.wh..wh..opq");
            }
            if (entry instanceof Entry.Whiteout) {
                lines.add(path + " is gone");
            } else if (!(entry instanceof Entry.Directory d && d.implicit())) {
                lines.add(Layers.line(path.toString(), entry, firstNames));
            }
        });
        return lines;
    }

    private static String[] tree(String... entries) {
        return entries;
    }

    @Test
    void nothingIsSaidOfWhatIsAlike() throws IOException {
        String[] tree = tree("0700 ./", "d/", "d/a=1", "e/", "empty=", "h=>d/a", "l->x");
        assertThat(said(tree, tree)).isEmpty();
    }

    @Test
    void aFileIsSaidWhereItsBytesDiffer() throws IOException {
        assertThat(said(tree("a=1", "b=1"), tree("a=2", "b=1"))).containsExactly("a=2");
        assertThat(said(tree("a=1"), tree("a=12"))).containsExactly("a=12");
        String block = "x".repeat(64 << 10);
        assertThat(said(tree("a=" + block + "1"), tree("a=" + block + "1"))).isEmpty();
        assertThat(said(tree("a=" + block + "1"), tree("a=" + block + "2"))).containsExactly("a=" + block + "2");
        assertThat(said(tree("a=1" + block), tree("a=2" + block))).containsExactly("a=2" + block);
    }

    @Test
    void aNameIsSaidWhereItsTypeOrTargetDiffers() throws IOException {
        assertThat(said(tree("l->x", "m->x"), tree("l->y", "m->x"))).containsExactly("l->y");
        assertThat(said(tree("l->x"), tree("l=x"))).containsExactly("l=x");
        assertThat(said(tree("a=1"), tree("a/", "a/x=1"))).containsExactly("a/", "a/x=1");
        assertThat(said(tree("d/", "d/x=1", "d/y=2"), tree("d=1"))).containsExactly("d=1");
    }

    @Test
    void aDirectoryIsSaidWhereItIsNewOrItsAttributesDiffer() throws IOException {
        assertThat(said(tree(), tree("d/", "d/a=1"))).containsExactly("d/", "d/a=1");
        assertThat(said(tree("d/", "d/a=1"), tree("d/", "d/a=1", "d/b=2"))).containsExactly("d/b=2");
        assertThat(said(tree("d/", "d/a=1"), tree("0700 d/", "d/a=1"))).containsExactly("0700 d/");
        assertThat(said(tree("a=1"), tree("0700 ./", "a=1"))).containsExactly("0700 ./");
        assertThat(said(tree("d/"), tree("d/", "d/e/"))).containsExactly("d/e/");
    }

    @Test
    void whatIsGoneIsAWhiteout() throws IOException {
        assertThat(said(tree("a=1", "d/", "d/x=1", "z=1"), tree("z=1"))).containsExactly("a is gone", "d is gone");
        assertThat(said(tree("d/", "d/a=1"), tree("d/"))).containsExactly("d/a is gone");
        assertThat(said(tree("d/", "d/a=1", "d/b=2", "d/c=3"), tree("d/", "d/c=3")))
                .containsExactly("d/a is gone", "d/b is gone");
    }

    @Test
    void aDirectoryThatLostAFewNamesSaysWhich() throws IOException {
        String[] base = tree("d/", "d/a=1", "d/b=2");
        assertThat(said(base, tree("d/"))).containsExactly("d/a is gone", "d/b is gone");
        assertThat(said(base, tree("d/", "d/a=2"))).containsExactly("d/a=2", "d/b is gone");
    }

    @Test
    void aDirectoryThatLostManyNamesAndKeptNoneIsOpaque() throws IOException {
        String[] base = many("d/");
        assertThat(said(base, tree("d/"))).containsExactly("d/.wh..wh..opq");
        assertThat(said(base, tree("d/", "d/n=1"))).containsExactly("d/.wh..wh..opq", "d/n=1");
        assertThat(said(base, tree("d/", "d/s=file"))).containsExactly("d/.wh..wh..opq", "d/s=file");
        assertThat(said(base, tree("d/", "d/a0/"))).containsExactly("d/.wh..wh..opq", "d/a0/");
        assertThat(said(base, tree("d/", "d/a0=2"))).containsExactly("d/.wh..wh..opq", "d/a0=2");
    }

    /** overlayfs merges the roots of its layers, so that who unpacks an opaque root for it shows what was removed. */
    @Test
    void theRootIsNeverOpaque() throws IOException {
        assertThat(said(many(""), tree("n=1"))).hasSize(71).contains("a0 is gone", "a69 is gone", "n=1");
    }

    private static String[] many(String in) {
        java.util.stream.Stream<String> names =
                java.util.stream.IntStream.range(0, 70).mapToObj(i -> in + "a" + i + "=1");
        return java.util.stream.Stream.concat(
                        in.isEmpty() ? java.util.stream.Stream.of() : java.util.stream.Stream.of(in), names)
                .toArray(String[]::new);
    }

    @Test
    void aDirectoryBelowThatMergesIsKept() throws IOException {
        String[] base = tree("d/", "d/a=1", "d/b=2", "d/s/", "d/s/x=1");
        assertThat(said(base, tree("d/", "d/s/", "d/s/x=1"))).containsExactly("d/a is gone", "d/b is gone");
        assertThat(said(base, tree("d/", "d/s/", "d/s/x=1", "d/s/y=2")))
                .containsExactly("d/a is gone", "d/b is gone", "d/s/y=2");
    }

    @Test
    void allNamesOfAFileAreSaidAsSoonAsOneIs() throws IOException {
        assertThat(said(tree("a=1", "b=>a"), tree("a=2", "b=>a"))).containsExactly("a=2", "b=>a");
        assertThat(said(tree("a=1", "b=1"), tree("a=1", "b=>a"))).containsExactly("a=1", "b=>a");
        assertThat(said(tree("a=1", "b=>a"), tree("a=1", "b=>a", "c=>a"))).containsExactly("a=1", "b=>a", "c=>a");
        assertThat(said(tree("a=1", "b=>a"), tree("a=1", "b=1"))).containsExactly("b=1");
        assertThat(said(tree("a=1", "b=>a", "c=>a"), tree("a=1", "b=>a"))).containsExactly("c is gone");
        assertThat(said(tree("a=1", "b=1", "c=>b"), tree("a=1", "b=>a", "c=1"))).contains("a=1", "b=>a");
    }

    @Test
    void everyAttributeCounts() throws IOException {
        Attributes old = new Attributes(0644, 1, 2, Instant.ofEpochSecond(3, 4), Xattrs.NONE);
        Xattrs xattrs = Xattrs.of(Map.of("user.k", new byte[] {1}));
        for (Attributes changed : List.of(
                new Attributes(0600, 1, 2, Instant.ofEpochSecond(3, 4), Xattrs.NONE),
                new Attributes(0644, 5, 2, Instant.ofEpochSecond(3, 4), Xattrs.NONE),
                new Attributes(0644, 1, 5, Instant.ofEpochSecond(3, 4), Xattrs.NONE),
                new Attributes(0644, 1, 2, Instant.ofEpochSecond(5, 4), Xattrs.NONE),
                new Attributes(0644, 1, 2, Instant.ofEpochSecond(3, 5), Xattrs.NONE),
                new Attributes(0644, 1, 2, Instant.ofEpochSecond(3, 4), xattrs))) {
            Entry entry = between(device(old, 1, 3), device(changed, 1, 3)).find(LayerPath.of("n"));
            assertThat(((Entry.Special) entry).attributes()).isEqualTo(changed);
        }
        assertThat(between(device(old, 1, 3), device(old, 1, 3)).find(LayerPath.of("n")))
                .isNull();
    }

    @Test
    void everyNumberOfADeviceCounts() throws IOException {
        for (int[] number : new int[][] {{1, 5}, {2, 3}}) {
            Changeset changed = device(Attributes.IMPLICIT_DIRECTORY, number[0], number[1]);
            Entry entry = between(device(Attributes.IMPLICIT_DIRECTORY, 1, 3), changed)
                    .find(LayerPath.of("n"));
            assertThat(((Entry.Special) entry).major()).isEqualTo(number[0]);
            assertThat(((Entry.Special) entry).minor()).isEqualTo(number[1]);
        }
    }

    private static Changeset device(Attributes attributes, int major, int minor) throws IOException {
        return new ChangesetBuilder()
                .special("n", attributes, FileType.CHARACTER_DEVICE, major, minor)
                .build();
    }

    private Changeset between(Changeset base, Changeset top) throws IOException {
        return Difference.between(view(Union.merge(List.of(base))), view(Union.merge(List.of(top))));
    }
}
