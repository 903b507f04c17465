package io.layerfs.union;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.LayerPath;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.blob.Blob;
import io.layerfs.blob.BlobSlice;
import io.layerfs.erofs.ErofsImage;
import io.layerfs.erofs.ErofsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looking a path up in the merged index finds what looking through the stack of layers, each time anew, finds. */
class MergedIndexTest {

    private static final int ROUNDS = 400;

    @TempDir
    Path directory;

    @Test
    void theMergedIndexIsTheStack() throws IOException {
        for (int seed = 0; seed < ROUNDS; seed++) {
            List<Changeset> layers = new ArrayList<>();
            for (List<String> layer : UnionLawsTest.randomLayers(new Random(seed))) {
                layers.add(Layers.layer(directory, layer.toArray(new String[0])));
            }
            Changeset stack = Union.merge(layers);
            Path index = directory.resolve("index");
            List<Blob> devices = devices(stack);
            ErofsWriter.writeMerged(stack, devices, index);
            View view = ErofsImage.open(index, devices).view();
            for (String a : List.of("a", "b", "c", "link")) {
                for (String b : List.of("", "/a", "/b", "/c")) {
                    for (String c : List.of("", "/a", "/b", "/c")) {
                        LayerPath path = LayerPath.of(a + b + c);
                        assertSame("seed " + seed + " " + path, view, path, stack.find(path));
                    }
                }
            }
            Files.delete(index);
        }
    }

    private static void assertSame(String what, View view, LayerPath path, Entry expected) throws IOException {
        long inode = view.root();
        for (Name name : path.names()) {
            boolean directory = inode != View.ABSENT && view.type(inode) == io.layerfs.FileType.DIRECTORY;
            inode = directory ? view.lookup(inode, name) : View.ABSENT;
        }
        if (expected == null) {
            assertThat(inode).as(what).isEqualTo(View.ABSENT);
            return;
        }
        Entry.Node node = (Entry.Node) expected;
        assertThat(view.type(inode)).as(what).isEqualTo(node.type());
        assertThat(view.stat(inode).mode()).as(what).isEqualTo(node.attributes().mode());
        if (node instanceof Entry.RegularFile file) {
            assertThat(view.content(inode)).as(what).isEqualTo(file.content());
        }
    }

    static List<Blob> devices(Changeset tree) throws IOException {
        Set<Blob> blobs = new LinkedHashSet<>();
        tree.walk((path, entry) -> {
            if (entry instanceof Entry.RegularFile file && file.content() instanceof BlobSlice slice) {
                blobs.add(slice.blob());
            }
        });
        return List.copyOf(blobs);
    }
}
