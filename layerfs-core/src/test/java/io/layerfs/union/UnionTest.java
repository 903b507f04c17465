package io.layerfs.union;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.LayerPath;
import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The union rule, case by case: the image specification's, and those in which other tools differ. */
class UnionTest {

    @TempDir
    Path directory;

    private List<String> seen(String[]... layers) throws IOException {
        List<Changeset> baseFirst = new ArrayList<>();
        for (String[] layer : layers) {
            baseFirst.add(Layers.layer(directory, layer));
        }
        return Layers.tree(Union.merge(baseFirst));
    }

    private static String[] layer(String... entries) {
        return entries;
    }

    @Test
    void noLayersShowAnEmptyRoot() throws IOException {
        assertThat(seen()).isEmpty();
    }

    @Test
    void aFileReplacesAFileAndOtherNamesOfTheOldOneStay() throws IOException {
        assertThat(seen(layer("a=1", "b=>a"), layer("a=2"))).containsExactly("a=2", "b=1");
    }

    @Test
    void directoriesMergeWithTheTopmostAttributes() throws IOException {
        assertThat(seen(layer("0700 d/", "d/a=1"), layer("0750 d/", "d/b=2"), layer("d/c=3")))
                .containsExactly("0750 d/", "d/a=1", "d/b=2", "d/c=3");
    }

    @Test
    void aFileOverADirectoryHidesTheSubtreeForGood() throws IOException {
        assertThat(seen(layer("d/", "d/a=1"), layer("d=file"), layer("d/", "d/b=2")))
                .containsExactly("d/", "d/b=2");
    }

    @Test
    void aWhiteoutRemovesAFileAndATree() throws IOException {
        assertThat(seen(layer("a=1", "d/", "d/e/", "d/e/f=2", "z=3"), layer(".wh.a", ".wh.d")))
                .containsExactly("z=3");
    }

    @Test
    void aNameComesBackAboveItsWhiteout() throws IOException {
        assertThat(seen(layer("a=1"), layer(".wh.a"), layer("a=3"))).containsExactly("a=3");
    }

    @Test
    void anOpaqueDirectoryHidesWhatIsBelowItWhateverTheOrder() throws IOException {
        String[] base = layer("d/", "d/old=1", "d/sub/", "d/sub/x=1");
        assertThat(seen(base, layer("d/", "d/.wh..wh..opq", "d/new=2"))).containsExactly("d/", "d/new=2");
        assertThat(seen(base, layer("d/", "d/new=2", "d/.wh..wh..opq"))).containsExactly("d/", "d/new=2");
        assertThat(seen(base, layer("d/", "d/sub/", "d/.wh..wh..opq"))).containsExactly("d/", "d/sub/");
    }

    @Test
    void anOpaqueMarkerWithoutItsDirectoryEmptiesTheLowerOneAndKeepsItsAttributes() throws IOException {
        assertThat(seen(layer("0700 d/", "d/a=1"), layer("d/.wh..wh..opq"))).containsExactly("0700 d/");
        assertThat(seen(layer("x=1"), layer("d/.wh..wh..opq"))).containsExactly("x=1");
    }

    @Test
    void whatIsSeenIsNeitherOpaqueNorImplied() throws IOException {
        Changeset seen = Union.merge(List.of(
                Layers.layer(directory, "d/", "d/a=1"),
                Layers.layer(directory, ".wh..wh..opq", "d/.wh..wh..opq", "d/b=1")));
        for (String path : List.of("", "d")) {
            Entry.Directory directory = (Entry.Directory) seen.find(LayerPath.of(path));
            assertThat(directory.opaque()).as(path).isFalse();
            assertThat(directory.implicit()).as(path).isFalse();
        }
    }

    @Test
    void anOpaqueRootHidesEverythingBelow() throws IOException {
        assertThat(seen(layer("a=1", "d/", "d/b=2"), layer(".wh..wh..opq", "n=3")))
                .containsExactly("n=3");
    }

    @Test
    void aWhiteoutNeverHitsAnEntryOfItsOwnLayer() throws IOException {
        assertThat(seen(layer("foo=1"), layer("foo=2", ".wh.foo"))).containsExactly("foo=2");
        assertThat(seen(layer("foo=1"), layer(".wh.foo", "foo=2"))).containsExactly("foo=2");
    }

    @Test
    void aWhiteoutBesideADirectoryOfThatNameMakesItOpaque() throws IOException {
        String[] base = layer("foo/", "foo/old=1");
        assertThat(seen(base, layer(".wh.foo", "foo/", "foo/new=2"))).containsExactly("foo/", "foo/new=2");
        assertThat(seen(base, layer("foo/", "foo/new=2", ".wh.foo"))).containsExactly("foo/", "foo/new=2");
        assertThat(seen(base, layer("foo/new=2", ".wh.foo"))).containsExactly("foo/", "foo/new=2");
    }

    @Test
    void aDirectoryBesideItsWhiteoutHasItsOwnAttributesNeverThoseBelow() throws IOException {
        String[] base = layer("0700 foo/", "foo/old=1");
        assertThat(seen(base, layer("0750 foo/", "foo/new=2", ".wh.foo"))).containsExactly("0750 foo/", "foo/new=2");
        assertThat(seen(base, layer("foo/new=2", ".wh.foo"))).containsExactly("foo/", "foo/new=2");
    }

    @Test
    void aWhiteoutBelowAWhiteoutIsIgnored() throws IOException {
        String[] base = layer("foo/", "foo/bar=1", "z=1");
        assertThat(seen(base, layer(".wh.foo", "foo/.wh.bar"))).containsExactly("z=1");
        assertThat(seen(base, layer("foo/.wh.bar", ".wh.foo"))).containsExactly("z=1");
    }

    @Test
    void aWhiteoutNeverCreatesItsParents() throws IOException {
        assertThat(seen(layer("z=1"), layer("no/such/.wh.bar"))).containsExactly("z=1");
        assertThat(seen(layer("no=file"), layer("no/such/.wh.bar"))).containsExactly("no=file");
        assertThat(seen(layer("no->z", "z=1"), layer("no/.wh.bar"))).containsExactly("no->z", "z=1");
    }

    @Test
    void aWhiteoutOfAMissingPathIsIgnored() throws IOException {
        assertThat(seen(layer("z=1"), layer(".wh.nothing"))).containsExactly("z=1");
    }

    @Test
    void aWhiteoutInsideAnOpaqueDirectoryIsDropped() throws IOException {
        assertThat(seen(layer("d/", "d/a=1"), layer("d/", "d/.wh..wh..opq", "d/.wh.a"), layer("d/b=2")))
                .containsExactly("d/", "d/b=2");
    }

    @Test
    void theNameMakesAWhiteoutWhateverItsType() throws IOException {
        assertThat(seen(layer("a=1", "b=2", "c=3", "d=4"), layer(".wh.a=>d", ".wh.b->x", ".wh.c=body")))
                .containsExactly("d=4");
    }

    @Test
    void aWhiteoutOfNothingOrOfADotIsRefused() {
        for (String name : List.of(".wh.", "d/.wh.", ".wh..", ".wh...", "d/.wh...")) {
            assertThatThrownBy(() -> seen(layer(name)))
                    .as(name)
                    .isInstanceOf(MalformedLayerException.class)
                    .hasMessageContaining(".wh.");
        }
    }

    @Test
    void leftoversOfAufsAreHiddenButCanBeLinkedTo() throws IOException {
        assertThat(seen(layer(".wh..wh.aufs=1", ".wh..wh.orph/", ".wh..wh.orph/x=1", ".wh..wh.plnk/", "k=1")))
                .containsExactly("k=1");
        assertThat(seen(layer(".wh..wh.plnk/", ".wh..wh.plnk/7.8=data", "a=>.wh..wh.plnk/7.8", "b=>a")))
                .containsExactly("a=data", "b=>a");
    }

    @Test
    void theLastOfTwoEntriesForAPathWins() throws IOException {
        assertThat(seen(layer("a=1", "a=2"))).containsExactly("a=2");
        assertThat(seen(layer("d/", "d/x=1", "0700 d/"))).containsExactly("0700 d/", "d/x=1");
        assertThat(seen(layer("d/", "d/x=1", "d=file"))).containsExactly("d=file");
    }

    @Test
    void aMissingParentTakesTheLowerDirectorysAttributes() throws IOException {
        assertThat(seen(layer("0700 d/"), layer("d/e/f=1"))).containsExactly("0700 d/", "d/e/", "d/e/f=1");
    }

    @Test
    void aDirectoryHidesALowerSymlink() throws IOException {
        assertThat(seen(layer("usr/", "usr/lib/", "usr/lib/a=1", "lib->usr/lib"), layer("lib/x=2")))
                .containsExactly("lib/", "lib/x=2", "usr/", "usr/lib/", "usr/lib/a=1");
    }

    @Test
    void aParentThatIsNoDirectoryInTheSameLayerIsReplaced() throws IOException {
        assertThat(seen(layer("a=1", "a/b=2"))).containsExactly("a/", "a/b=2");
        assertThat(seen(layer("a->/outside", "a/b=2"))).containsExactly("a/", "a/b=2");
    }

    @Test
    void theRootEntryGivesTheRootsAttributes() throws IOException {
        assertThat(seen(layer("0700 ./", "a=1"), layer("b=2"))).containsExactly("0700 ./", "a=1", "b=2");
        for (String root : List.of(".=file", "./.=file", "./.->x")) {
            assertThatThrownBy(() -> seen(layer(root))).as(root).isInstanceOf(MalformedLayerException.class);
        }
    }

    @Test
    void hardLinksShareAFileWithinALayer() throws IOException {
        assertThat(seen(layer("a=1", "d/", "d/b=>a", "l->a", "m=>l")))
                .containsExactly("a=1", "d/", "d/b=>a", "l->a", "m=>l");
    }

    @Test
    void aHardLinkToALowerLayerSharesItsFile() throws IOException {
        String[] base = layer("a=1", "d/", "d/x=1");
        assertThat(seen(base, layer("b=>a"))).containsExactly("a=1", "b=>a", "d/", "d/x=1");
        assertThat(seen(base, layer("b=>a"), layer("a=2"))).containsExactly("a=2", "b=1", "d/", "d/x=1");
        assertThat(seen(base, layer("b=>/d/x", ".wh.d"))).containsExactly("a=1", "b=1");
    }

    @Test
    void aHardLinkToNothingToADirectoryOrForwardIsRefused() {
        for (String[] layer : List.of(
                layer("b=>missing"), layer("d/", "b=>d"), layer("b=>a", "a=1"), layer("b=>b"), layer("b=>../x"))) {
            assertThatThrownBy(() -> seen(layer("z=1", "e/"), layer))
                    .as(String.join(" ", layer))
                    .isInstanceOf(MalformedLayerException.class)
                    .hasMessageContaining("link");
        }
        assertThatThrownBy(() -> seen(layer("e/"), layer("b=>e")))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("directory");
        assertThatThrownBy(() -> seen(layer("z=1"), layer("d/", "b=>d")))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("a hard link to 'd', which is a directory");
    }

    @Test
    void spellingsOfAPathAreOnePath() throws IOException {
        assertThat(seen(layer("./a/", "/a/b=1", "a//c=2", "a/./d=3", "a/e/")))
                .containsExactly("a/", "a/b=1", "a/c=2", "a/d=3", "a/e/");
    }

    @Test
    void aPathThatLeavesTheRootIsRefused() {
        for (String path : List.of("../a=1", "a/../../b=1", "..=1", "a/..=1", "../", "/../a=1")) {
            assertThatThrownBy(() -> seen(layer(path)))
                    .as(path)
                    .isInstanceOf(MalformedLayerException.class)
                    .hasMessageContaining("..");
        }
    }
}
