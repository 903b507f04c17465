package io.layerfs.upper;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Entry;
import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerPath;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds of every writable view, whatever was done to it: found by doing whatever can be done. */
class WritableViewLawsTest {

    private static final Platform PLATFORM = new Platform("linux", "amd64", null);
    private static final int SEQUENCES = 150;
    private static final int STEPS = 60;

    @TempDir
    Path directory;

    private LayerStore store;
    private Image image;

    @BeforeEach
    void makeImage() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        Attributes file = new Attributes(0644, 0, 0, Instant.ofEpochSecond(1000, 5), Xattrs.NONE);
        Attributes dir = new Attributes(0755, 0, 0, Instant.ofEpochSecond(2000), Xattrs.NONE);
        byte[] large = new byte[150_000];
        new Random(1).nextBytes(large);
        Changeset base = new ChangesetBuilder()
                .directory("dir", dir)
                .file("dir/a", file, "hello".getBytes(StandardCharsets.UTF_8))
                .file("dir/b", file, large)
                .hardLink("dir/c", "dir/b")
                .directory("dir/dir", dir)
                .file("dir/dir/a", file, new byte[0])
                .file("dir/dir/b", file, new byte[10_000])
                .hardLink("c", "dir/a")
                .symlink("a", file, "dir/a")
                .directory("b", new Attributes(01777, 0, 0, Instant.EPOCH, Xattrs.of(Map.of("user.k", new byte[] {9}))))
                .file("b/a", file, "in b".getBytes(StandardCharsets.UTF_8))
                .file("b/b", file, "in b, too".getBytes(StandardCharsets.UTF_8))
                .build();
        Changeset second = new ChangesetBuilder()
                .whiteout("b/b")
                .file("dir/dir/c", file, "second layer".getBytes(StandardCharsets.UTF_8))
                .build();
        image = store.createImage(List.of(store.add(base), store.add(second)), PLATFORM);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private View plus(Changeset changes) throws IOException {
        List<Layer> layers = new ArrayList<>(image.layers());
        layers.add(store.add(changes));
        return store.view(store.createImage(layers, PLATFORM));
    }

    @Test
    void whatWasChangedOnTopOfTheBaseIsTheView() throws IOException {
        for (int seed = 0; seed < SEQUENCES; seed++) {
            RandomOperations random = new RandomOperations(seed, 200_000);
            try (WritableView view = store.writable(image, Long.MAX_VALUE)) {
                for (int step = 0; step < STEPS; step++) {
                    random.step(view);
                }
                assertThat(ViewLines.of(plus(view.changes())))
                        .as("seed %d", seed)
                        .isEqualTo(ViewLines.of(view));
                checkCanonical(view.changes());
                if (seed % 10 == 0) {
                    random.step(view);
                    assertThat(ViewLines.of(plus(view.changes())))
                            .as("seed %d, after a commit", seed)
                            .isEqualTo(ViewLines.of(view));
                }
            }
        }
    }

    /** Every whiteout hides something, and none lies where nothing of the base is seen. */
    private void checkCanonical(Changeset changes) throws IOException {
        View base = store.view(image);
        checkCanonical(changes.root(), base, base.root(), LayerPath.ROOT);
    }

    private static void checkCanonical(Entry.Directory said, View base, long below, LayerPath path) throws IOException {
        for (var i = said.children(); i.hasNext(); ) {
            Entry.Child child = i.next();
            long there = below == View.ABSENT ? View.ABSENT : base.lookup(below, child.name());
            LayerPath at = path.resolve(child.name());
            if (child.entry() instanceof Entry.Whiteout) {
                assertThat(there).as("what the whiteout %s hides", at).isNotEqualTo(View.ABSENT);
                assertThat(said.opaque())
                        .as("%s lies in an opaque directory", at)
                        .isFalse();
            } else if (child.entry() instanceof Entry.Directory sub) {
                boolean merges =
                        there != View.ABSENT && !said.opaque() && base.type(there) == io.layerfs.FileType.DIRECTORY;
                checkCanonical(sub, base, merges ? there : View.ABSENT, at);
            }
        }
    }

    @Test
    void aFewSmallLayersOnTopOfAMergedIndexShowWhatAMergedIndexOfAllShows() throws IOException {
        for (int seed = 0; seed < 40; seed++) {
            RandomOperations random = new RandomOperations(3000 + seed, 50_000);
            List<Layer> layers = new ArrayList<>(image.layers());
            Image derived = image;
            for (int commit = 0; commit < 3; commit++) {
                try (WritableView view = store.writable(derived, Long.MAX_VALUE)) {
                    for (int step = 0; step < 15; step++) {
                        random.step(view);
                    }
                    Layer layer = store.add(view.changes());
                    layers.add(layer);
                    derived = store.plus(derived, layer, History.of("test"), null);
                    assertThat(derived.layers()).isEqualTo(layers);
                    List<String> stacked = ViewLines.of(store.view(derived));
                    assertThat(stacked).as("seed %d", seed).isEqualTo(ViewLines.of(view));
                }
            }
            List<String> stacked = ViewLines.of(store.view(derived));
            Image merged = store.createImage(layers, PLATFORM);
            assertThat(ViewLines.of(store.view(merged))).as("seed %d", seed).isEqualTo(stacked);
            Image flat = store.squash(derived, 0, History.of("flatten"), "flat");
            assertThat(flat.layers()).hasSize(1);
            assertThat(ViewLines.of(store.view(flat))).isEqualTo(stacked);
            Image squashed = store.squash(derived, 2, History.of("squash"), "squashed");
            assertThat(squashed.layers()).hasSize(3);
            assertThat(ViewLines.of(store.view(squashed))).isEqualTo(stacked);
            Changeset difference = store.diff(image, derived);
            assertThat(ViewLines.of(plus(difference))).isEqualTo(stacked);
        }
        assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
    }

    @Test
    void theSameTreeGivesTheSameLayerHoweverItCameAbout() throws IOException {
        Instant time = Instant.ofEpochSecond(5);
        List<Changeset> changes = new ArrayList<>();
        List<WritableView> views = new ArrayList<>();
        for (boolean roundabout : new boolean[] {false, true}) {
            WritableView view = store.writable(image, Long.MAX_VALUE);
            views.add(view);
            long b = view.lookup(view.root(), Name.of("b"));
            if (roundabout) {
                view.rename(view.root(), Name.of("b"), view.root(), Name.of("elsewhere"), false);
                long made = view.createDirectory(view.root(), Name.of("b"), 0700);
                view.createFile(made, Name.of("junk"), 0);
                view.unlink(made, Name.of("junk"));
                view.removeDirectory(view.root(), Name.of("b"));
                view.rename(view.root(), Name.of("elsewhere"), view.root(), Name.of("b"), false);
            }
            view.unlink(b, Name.of("a"));
            long f = view.createFile(b, Name.of("f"), 0600);
            view.setAttributes(
                    new WritableView.Place(b, Name.of("f"), f), WritableView.AttributeChange.ofTimes(null, time));
            for (long inode : new long[] {b, view.root()}) {
                view.setAttributes(
                        new WritableView.Place(view.parent(inode), null, inode),
                        WritableView.AttributeChange.ofTimes(null, time));
            }
            changes.add(view.changes());
        }
        assertThat(store.add(changes.get(1)).diffId())
                .isEqualTo(store.add(changes.get(0)).diffId());
        for (WritableView view : views) {
            view.close();
        }
    }

    @Test
    void forksAndSnapshotsAreIndependent() throws IOException {
        for (int seed = 0; seed < SEQUENCES / 3; seed++) {
            RandomOperations random = new RandomOperations(1000 + seed, 150_000);
            List<WritableView> views = new ArrayList<>();
            List<View> snapshots = new ArrayList<>();
            List<List<String>> taken = new ArrayList<>();
            views.add(store.writable(image, Long.MAX_VALUE));
            Random choice = new Random(seed);
            for (int step = 0; step < STEPS; step++) {
                WritableView view = views.get(choice.nextInt(views.size()));
                random.step(view);
                if (choice.nextInt(12) == 0 && views.size() < 5) {
                    WritableView fork = view.fork();
                    assertThat(ViewLines.of(fork)).isEqualTo(ViewLines.of(view));
                    views.add(fork);
                }
                if (choice.nextInt(8) == 0) {
                    snapshots.add(view.snapshot());
                    taken.add(ViewLines.of(view));
                }
            }
            for (int i = 0; i < snapshots.size(); i++) {
                assertThat(ViewLines.of(snapshots.get(i))).as("seed %d", seed).isEqualTo(taken.get(i));
            }
            if (!snapshots.isEmpty()) {
                views.get(0).rollback(snapshots.get(0));
                assertThat(ViewLines.of(views.get(0))).isEqualTo(taken.get(0));
                assertThat(ViewLines.of(plus(views.get(0).changes()))).isEqualTo(taken.get(0));
            }
            for (WritableView view : views) {
                view.close();
            }
        }
    }

    @Test
    void aNamedViewIsReopenedAsItWas() throws IOException {
        for (int seed = 0; seed < SEQUENCES / 3; seed++) {
            RandomOperations random = new RandomOperations(2000 + seed, 200_000);
            Random choice = new Random(seed);
            WritableView view = store.createView("v" + seed, image, Long.MAX_VALUE);
            for (int part = 0; part < 3; part++) {
                for (int step = 0; step < STEPS / 2; step++) {
                    random.step(view);
                    if (choice.nextInt(20) == 0) {
                        view.changes();
                    }
                }
                List<String> before = ViewLines.of(view);
                WritableView.Usage usage = view.usage();
                view.close();
                view = store.openView("v" + seed);
                assertThat(ViewLines.of(view))
                        .as("seed %d, part %d", seed, part)
                        .isEqualTo(before);
                assertThat(view.usage().quota()).isEqualTo(usage.quota());
            }
            assertThat(ViewLines.of(plus(view.changes()))).isEqualTo(ViewLines.of(view));
            view.close();
            assertThat(store.dropView("v" + seed)).isTrue();
        }
        assertThat(store.views()).isEmpty();
    }
}
