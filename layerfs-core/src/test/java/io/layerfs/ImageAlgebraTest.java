package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that are made of images: derived, put onto another base, squashed, and what of it is refused. */
class ImageAlgebraTest {

    private static final byte[] CONFIG =
            "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
                    .getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    private LayerStore store;

    @BeforeEach
    void open() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    /** A layer that lists what {@code entries} spell: {@code path=content}, {@code path/}, {@code -path}, {@code !path/} opaque. */
    private Layer layer(String... entries) throws IOException {
        ChangesetBuilder changes = new ChangesetBuilder();
        for (String entry : entries) {
            String[] sides = entry.split("=", -1);
            if (entry.startsWith("-")) {
                changes.whiteout(entry.substring(1));
            } else if (entry.startsWith("!")) {
                changes.opaque(entry.substring(1, entry.length() - 1));
            } else if (sides.length == 2) {
                changes.file(sides[0], LayerStoreTest.attributes(0644), sides[1].getBytes(StandardCharsets.UTF_8));
            } else {
                changes.directory(entry.substring(0, entry.length() - 1), LayerStoreTest.attributes(0755));
            }
        }
        return store.add(changes.build());
    }

    private Image image(@Nullable Image base, Layer... layers) throws IOException {
        List<History> histories = new ArrayList<>();
        for (Layer layer : layers) {
            histories.add(History.of("added " + layer.diffId()));
        }
        return store.derive(base, List.of(layers), histories, CONFIG, null);
    }

    private List<String> conflicts(List<String> old, List<String> now, String... own) throws IOException {
        Image base = image(null, layer(old.toArray(new String[0])));
        Image image = image(base, layer(own));
        Image newBase = image(null, layer(now.toArray(new String[0])));
        Rebased rebased = store.rebase(image, base, newBase, null);
        assertThat(rebased.image().layers())
                .containsExactly(newBase.layers().get(0), image.layers().get(1));
        return rebased.conflicts().stream().map(LayerPath::toString).toList();
    }

    @Test
    void whatTheBasesShowAlikeIsNoConflict() throws IOException {
        List<String> old = List.of("d/", "d/f=1", "g=1");
        assertThat(conflicts(old, List.of("d/", "d/f=1", "g=2", "h=1"), "d/f=9", "d/n=9"))
                .isEmpty();
        assertThat(conflicts(old, List.of("d/", "d/f=1", "g=2"), "-d/f")).isEmpty();
    }

    @Test
    void whatBothChangedIsAConflictWhateverTheySayOfIt() throws IOException {
        List<String> old = List.of("d/", "d/f=1", "g=1");
        assertThat(conflicts(old, List.of("d/", "d/f=2", "g=1"), "d/f=9")).containsExactly("d/f");
        assertThat(conflicts(old, List.of("d/", "d/f=2", "g=1"), "-d/f")).containsExactly("d/f");
        assertThat(conflicts(old, List.of("d/", "g=1"), "d/f=9")).containsExactly("d/f");
        assertThat(conflicts(old, List.of("d/", "d/f=1", "g=1", "n=2"), "n=9")).containsExactly("n");
    }

    @Test
    void whatLiesInADirectoryThatIsGoneOrReplacedIsAConflict() throws IOException {
        List<String> old = List.of("d/", "d/f=1", "g=1");
        assertThat(conflicts(old, List.of("g=1"), "d/n=9")).containsExactly("d/n");
        assertThat(conflicts(old, List.of("d=2", "g=1"), "d/n=9")).containsExactly("d/n");
        assertThat(conflicts(old, List.of("g=1"), "-d")).containsExactly("d");
    }

    /** Of a directory that has nothing of what it had the new base says that it is opaque, not what is gone. */
    @Test
    void whatLiesInADirectoryThatWasEmptiedIsAConflict() throws IOException {
        List<String> old = new ArrayList<>(List.of("d/", "d/f=1"));
        for (int i = 0; i < 70; i++) {
            old.add("d/n" + i + "=1");
        }
        List<String> now = List.of("d/", "d/z=1");
        assertThat(store.diff(image(null, layer(old.toArray(new String[0]))), image(null, layer("d/", "d/z=1")))
                        .find(LayerPath.of("d")))
                .matches(entry -> entry instanceof Entry.Directory made && made.opaque());
        assertThat(conflicts(old, now, "d/f=9")).containsExactly("d/f");
    }

    @Test
    void anImageThatDoesNotBeginWithTheOldBaseIsNotRebased() throws IOException {
        Image one = image(null, layer("f=1"));
        Image other = image(null, layer("g=1"), layer("h=1"));
        for (Image image : List.of(one, image(one, layer("i=1")))) {
            assertThatThrownBy(() -> store.rebase(image, other, one, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("image " + image + " does not begin with the layers of " + other);
        }
    }

    @Test
    void aDerivedImageHasALayerAndAHistoryForEach() throws IOException {
        Layer layer = layer("f=1");
        assertThatThrownBy(() -> store.derive(null, List.of(layer), List.of(), CONFIG, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1 layers, and 0 histories");
        assertThatThrownBy(() -> store.derive(null, List.of(), List.of(), CONFIG, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an image has at least one layer");
        Image base = image(null, layer);
        assertThat(image(base).layers()).isEqualTo(base.layers());
    }

    @Test
    void squashedLayersLeaveThoseBelowAndWhatIsSeen() throws IOException {
        Image image = image(null, layer("f=1", "g=1"), layer("-f", "h=1"), layer("f=3", "-h"));
        Image squashed = store.squash(image, 1, History.of("squash"), "squashed");
        assertThat(squashed.layers()).hasSize(2).startsWith(image.layers().get(0));
        Changeset said = store.diff(image, squashed);
        assertThat(said.root().children().hasNext()).isFalse();
        assertThat(store.image("squashed")).isEqualTo(squashed);
        assertThat(store.squash(image, 0, History.of("flat"), null).layers()).hasSize(1);
    }
}
