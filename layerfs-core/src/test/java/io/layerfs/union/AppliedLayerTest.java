package io.layerfs.union;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Changeset;
import io.layerfs.MalformedLayerException;
import io.layerfs.View;
import io.layerfs.blob.Blob;
import io.layerfs.erofs.ErofsImage;
import io.layerfs.erofs.ErofsWriter;
import io.layerfs.upper.AppliedLayer;
import io.layerfs.upper.ViewLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A layer that is put on top of a view in memory shows what the merged index of both shows: field faults, section 1. */
class AppliedLayerTest {

    @TempDir
    Path directory;

    private View merged(List<Changeset> layers) throws IOException {
        Changeset tree = Union.merge(layers);
        List<Blob> devices = MergedIndexTest.devices(tree);
        Path index = Files.createTempFile(directory, "tree", ".erofs");
        Files.delete(index);
        ErofsWriter.writeMerged(tree, devices, index);
        return ErofsImage.open(index, devices).view();
    }

    private void agree(String[] base, String[] top) throws IOException {
        Changeset below = Layers.layer(directory, base);
        Changeset above = Layers.layer(directory, top);
        assertThat(ViewLines.of(AppliedLayer.on(merged(List.of(below)), above)))
                .isEqualTo(ViewLines.of(merged(List.of(below, above))));
    }

    private static String[] layer(String... entries) {
        return entries;
    }

    @Test
    void aRemovalBelowAFileLeavesTheFile() throws IOException {
        agree(layer("f=1", "l->f"), layer("f/.wh.x", "l/a/.wh.x"));
        agree(layer("f=1"), layer("f/.wh..wh..opq"));
    }

    @Test
    void aRemovalBelowWhatIsNotThereMakesNoDirectory() throws IOException {
        agree(layer("d/"), layer("a/b/.wh.x", "d/c/.wh.x", "e/.wh..wh..opq"));
    }

    @Test
    void anOpaqueDirectoryThatIsImpliedKeepsItsAttributes() throws IOException {
        agree(layer("0700 d/", "d/a=1"), layer("d/.wh..wh..opq", "d/b=2"));
        agree(layer("a=1", "d/", "d/b=2"), layer(".wh..wh..opq", "c=3"));
    }

    @Test
    void aFileThatIsLinkedAnewAndRemovedHasOneName() throws IOException {
        agree(layer("a=1"), layer("b=>a", ".wh.a"));
        agree(layer("z=1"), layer("b=>z", ".wh.z"));
        agree(layer("d/", "d/z=1"), layer("b=>d/z", "d/.wh..wh..opq"));
        agree(layer("a=1", "c=>a"), layer("b=>a", ".wh.a"));
    }

    @Test
    void aLinkToALinkIsOneMoreNameOfTheFileBelow() throws IOException {
        agree(layer("a=1"), layer("b=>a", "c=>b", "d=>c"));
        assertThat(Layers.tree(Union.merge(
                        List.of(Layers.layer(directory, "a=1"), Layers.layer(directory, "b=>a", "c=>b", ".wh.a")))))
                .containsExactly("b=1", "c=>b");
    }

    @Test
    void aLinkToADirectoryBelowIsRefused() throws IOException {
        View below = merged(List.of(Layers.layer(directory, "d/", "d/f=1")));
        assertThatThrownBy(() -> AppliedLayer.on(below, Layers.layer(directory, "loop=>d")))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("a hard link to d, which is a directory in the layers below");
        assertThatThrownBy(() -> AppliedLayer.on(below, Layers.layer(directory, "x=>d/f/g")))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("nowhere in the layers below");
    }
}
