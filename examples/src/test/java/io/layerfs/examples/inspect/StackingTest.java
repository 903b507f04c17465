package io.layerfs.examples.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.LayerPath;
import io.layerfs.Provenance;
import io.layerfs.Xattrs;
import io.layerfs.examples.inspect.Change.Kind;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What layers do to each other; where a file comes from is judged by {@link Provenance}. */
class StackingTest {

    private static Attributes attributes(int mode) {
        return new Attributes(mode, 0, 0, Instant.EPOCH, Xattrs.NONE);
    }

    private static final Attributes ANY = attributes(0755);

    private static Stacking stack(ChangesetBuilder... layers) throws IOException {
        Stacking stacking = new Stacking();
        for (ChangesetBuilder layer : layers) {
            stacking.add(layer.build());
        }
        return stacking;
    }

    private static ChangesetBuilder layer() {
        return new ChangesetBuilder();
    }

    /** Path, kind, bytes. */
    private static List<String> told(Stacking stacking, int layer) {
        return stacking.layers().get(layer).stream()
                .map(change -> path(change.node) + " " + change.kind + " "
                        + (change.kind == Kind.REMOVED ? change.before : change.size))
                .toList();
    }

    private static String path(PathNode node) {
        return node.parent == null ? "" : path(node.parent) + "/" + node.name;
    }

    private static long wasted(Stacking stacking, int layer) {
        return stacking.layers().get(layer).stream()
                .filter(Inspection::isWasted)
                .mapToLong(change -> change.size)
                .sum();
    }

    @Test
    void addedChangedRemoved() throws IOException {
        Stacking stacking = stack(
                layer().directory("d", ANY)
                        .file("d/a", ANY, new byte[10])
                        .file("d/b", ANY, new byte[20])
                        .file("c", ANY, new byte[5]),
                layer().directory("d", ANY)
                        .file("d/a", ANY, new byte[11])
                        .whiteout("d/b")
                        .file("c", attributes(0700), new byte[5]));
        assertThat(told(stacking, 0)).containsExactly("/c ADDED 5", "/d ADDED 0", "/d/a ADDED 10", "/d/b ADDED 20");
        assertThat(told(stacking, 1)).containsExactly("/c METADATA 5", "/d/a CHANGED 11", "/d/b REMOVED 20");
        assertThat(wasted(stacking, 0)).isEqualTo(35);
        assertThat(wasted(stacking, 1)).isZero();
    }

    @Test
    void wholeDirectoriesAndOpaqueOnes() throws IOException {
        ChangesetBuilder base = layer().file("d/e/a", ANY, new byte[1]).file("d/b", ANY, new byte[2]);
        Stacking removed = stack(base, layer().whiteout("d"));
        assertThat(told(removed, 1)).containsExactly("/d REMOVED 3");
        Stacking opaque = stack(
                layer().file("d/e/a", ANY, new byte[1])
                        .file("d/b", ANY, new byte[2])
                        .file("d/c", ANY, new byte[4]),
                layer().opaque("d").file("d/b", ANY, new byte[3]));
        assertThat(told(opaque, 1)).containsExactlyInAnyOrder("/d/e REMOVED 1", "/d/c REMOVED 4", "/d/b CHANGED 3");
        assertThat(wasted(opaque, 0)).isEqualTo(7);
    }

    @Test
    void bytesOfSeveralNamesCountOnce() throws IOException {
        Stacking stacking = stack(
                layer().file("a", ANY, new byte[10]).hardLink("b", "a"),
                layer().whiteout("a").hardLink("c", "a").whiteout("b"));
        assertThat(told(stacking, 0)).containsExactly("/a ADDED 10", "/b ADDED 0");
        assertThat(told(stacking, 1)).containsExactly("/a REMOVED 10", "/b REMOVED 0", "/c ADDED 0");
        assertThat(wasted(stacking, 0)).as("seen as c").isZero();
    }

    @Test
    void aDirectoryInPlaceOfAFileAndBack() throws IOException {
        Stacking stacking = stack(
                layer().file("x", ANY, new byte[7]),
                layer().file("x/y", ANY, new byte[8]),
                layer().file("x", ANY, new byte[9]));
        assertThat(told(stacking, 1)).containsExactly("/x CHANGED 0", "/x/y ADDED 8");
        assertThat(told(stacking, 2)).containsExactly("/x CHANGED 9");
        assertThat(wasted(stacking, 0)).isEqualTo(7);
        assertThat(wasted(stacking, 1)).isEqualTo(8);
    }

    @Test
    void agreesWithProvenance() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            Stacking stacking = new Stacking();
            List<Changeset> layers = new ArrayList<>();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                Changeset layer = random(random);
                layers.add(layer);
                stacking.add(layer);
            }
            Map<String, PathNode> nodes =
                    stacking.nodes().stream().collect(Collectors.toMap(StackingTest::path, node -> node));
            for (String path : paths("", 3)) {
                Provenance.Statement provider =
                        Provenance.of(layers, LayerPath.of(path)).provider();
                PathNode node = nodes.get(path);
                boolean seen = node != null && node.seen != null;
                assertThat(seen).as("%s in round %d", path, round).isEqualTo(provider != null);
                if (seen && !node.change.directory) {
                    assertThat(node.change.layer)
                            .as("%s in round %d", path, round)
                            .isEqualTo(provider.layer());
                    assertThat(node.change.hiddenBy).isEqualTo(-1);
                }
            }
        }
    }

    private static List<String> paths(String directory, int depth) {
        List<String> paths = new ArrayList<>();
        for (String name : depth == 0 ? List.<String>of() : List.of("a", "b")) {
            paths.add(directory + "/" + name);
            paths.addAll(paths(directory + "/" + name, depth - 1));
        }
        return paths;
    }

    private static Changeset random(Random random) throws IOException {
        ChangesetBuilder layer = new ChangesetBuilder();
        say(layer, random, "", 3);
        return layer.build();
    }

    private static void say(ChangesetBuilder layer, Random random, String directory, int depth) throws IOException {
        for (String name : depth == 0 ? List.<String>of() : List.of("a", "b")) {
            String path = directory + "/" + name;
            switch (random.nextInt(8)) {
                case 0 -> layer.whiteout(path);
                case 1 -> layer.file(path, ANY, new byte[random.nextInt(3)]);
                case 2 -> {
                    layer.directory(path, attributes(random.nextInt(0777)));
                    say(layer, random, path, depth - 1);
                }
                case 3 -> {
                    layer.opaque(path);
                    say(layer, random, path, depth - 1);
                }
                case 4, 5 -> say(layer, random, path, depth - 1);
                default -> {} // says nothing
            }
        }
    }
}
