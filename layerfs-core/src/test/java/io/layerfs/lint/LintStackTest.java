package io.layerfs.lint;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Layer;
import io.layerfs.LayerLint;
import io.layerfs.LayerLint.Severity;
import io.layerfs.LayerStore;
import io.layerfs.LintRule;
import io.layerfs.Xattrs;
import io.layerfs.tar.TarBytes;
import io.layerfs.tar.TarBytes.Header;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is odd about a layer because of what it lies on. */
class LintStackTest {

    private static final Attributes ANY = new Attributes(0755, 0, 0, Instant.EPOCH, Xattrs.NONE);

    @TempDir
    private Path directory;

    private LayerStore store;
    private Layer base;

    @BeforeEach
    void open() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        base = store.add(new ChangesetBuilder()
                .directory("usr", ANY)
                .directory("usr/lib", ANY)
                .file("usr/lib/a", ANY, new byte[] {1})
                .file("usr/lib/Makefile", ANY, new byte[] {1})
                .file("plain", ANY, new byte[0])
                .symlink("lib", ANY, "usr/lib")
                .build());
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private Map<LintRule, Long> counts(TarBytes tar) throws IOException {
        return lint(tar).counts();
    }

    private LayerLint lint(TarBytes tar) throws IOException {
        return LayerLint.of(
                List.of(base), store.add(new ByteArrayInputStream(tar.end().toBytes())));
    }

    private static TarBytes tar() {
        return new TarBytes();
    }

    @Test
    void whiteoutsThatHideNothing() throws IOException {
        assertThat(counts(tar().file("usr/lib/.wh.a", ""))).isEmpty();
        assertThat(counts(tar().file("usr/lib/.wh.b", ""))).isEqualTo(Map.of(LintRule.WHITEOUT_HIDES_NOTHING, 1L));
        assertThat(counts(tar().file("usr/lib/.wh..wh..opq", ""))).isEmpty();
        assertThat(counts(tar().file("none/.wh..wh..opq", ""))).isEqualTo(Map.of(LintRule.WHITEOUT_HIDES_NOTHING, 1L));
    }

    @Test
    void pathsThroughLinksAndFilesOfLowerLayers() throws IOException {
        LayerLint found = lint(tar().file("lib/x", ""));
        // the link is no directory: one is implied in its place
        assertThat(found.counts()).isEqualTo(Map.of(LintRule.PARENT_IS_SYMLINK, 1L, LintRule.MISSING_PARENT, 1L));
        assertThat(found.worst()).isEqualTo(Severity.WARNING);
        assertThat(counts(tar().file("plain/x", ""))).containsEntry(LintRule.PARENT_IS_FILE, 1L);
        assertThat(counts(tar().header(new Header('5', "lib/")).file("lib/x", "")))
                .isEmpty();
        assertThat(counts(tar().file(".wh.lib", "").file("lib/x", ""))).isEqualTo(Map.of(LintRule.MISSING_PARENT, 1L));
    }

    @Test
    void parentsThatLowerLayersHaveAreNotMissing() throws IOException {
        assertThat(counts(tar().file("usr/lib/b", ""))).isEmpty();
        assertThat(counts(tar().file("usr/share/b", ""))).isEqualTo(Map.of(LintRule.MISSING_PARENT, 1L));
    }

    @Test
    void namesThatDifferInCaseFromThoseOfLowerLayers() throws IOException {
        assertThat(counts(tar().file("usr/lib/A", ""))).isEqualTo(Map.of(LintRule.CASE_COLLISION, 1L));
        assertThat(counts(tar().file("usr/lib/makefile", ""))).isEqualTo(Map.of(LintRule.CASE_COLLISION, 1L));
        assertThat(counts(tar().file("usr/lib/MAKEFILE", ""))).isEqualTo(Map.of(LintRule.CASE_COLLISION, 1L));
        assertThat(counts(tar().file("usr/lib/Makefile", ""))).isEmpty();
        assertThat(counts(tar().file("usr/lib/.wh.Makefile", "").file("usr/lib/makefile", "")))
                .isEmpty();
    }

    @Test
    void hardLinksToFilesOfLowerLayers() throws IOException {
        LayerLint lower = lint(tar().header(new Header('1', "l").link("plain")));
        assertThat(lower.counts()).isEqualTo(Map.of(LintRule.HARD_LINK_TARGET, 1L));
        assertThat(lower.worst()).isEqualTo(Severity.WARNING);
        LayerLint absent = lint(tar().header(new Header('1', "l").link("absent")));
        assertThat(absent.counts()).isEqualTo(Map.of(LintRule.HARD_LINK_TARGET, 1L));
        assertThat(absent.worst()).isEqualTo(Severity.ERROR);
    }

    @Test
    void aLayerBelowThatCannotBeStackedStopsNothing() throws IOException {
        Layer broken = store.add(new ByteArrayInputStream(
                tar().header(new Header('1', "l").link("absent")).end().toBytes()));
        Layer top =
                store.add(new ByteArrayInputStream(tar().file("l/x", "").end().toBytes()));
        assertThat(LayerLint.of(List.of(base, broken), top).counts()).isEqualTo(Map.of(LintRule.MISSING_PARENT, 1L));
    }

    @Test
    void whatThisLibraryWritesIsClean() throws IOException {
        assertThat(LayerLint.of(base).counts()).isEmpty();
        assertThat(LayerLint.of(List.of(), base).counts()).isEmpty();
    }
}
