package io.layerfs.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.ExportPolicy;
import io.layerfs.GcOptions;
import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.ViewInfo;
import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import io.layerfs.faults.Faults.Kind;
import io.layerfs.host.Durable;
import io.layerfs.upper.ViewLines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the store's disk can do to it, at every operation of everything that the store does: the disk fails once, is full or
 * gone from then on, or does half of what it was asked. After each of them the store is sound, it holds what it held, what
 * failed was done or not done, nothing is locked or open, and the same thing succeeds once the disk is well again.
 *
 * <p>{@code -Dlayerfs.faults=1} takes every operation; the build takes every so manieth.
 */
class StoreFaultsTest {

    private static final int STRIDE = Integer.getInteger("layerfs.faults", 61);

    /** What is done to a store; {@code place} is an empty directory beside it. */
    private interface Action {
        void run(LayerStore store, Path place) throws IOException;
    }

    /** Everything that a store does with its disk, by name. */
    private static final Map<String, Action> DEEDS = new LinkedHashMap<>();

    static {
        DEEDS.put(
                "import",
                (store, place) -> store.importImage(
                        place.resolveSibling("archive.tar"), ImportOptions.DEFAULT.withTag("imported")));
        DEEDS.put(
                "import anew",
                (store, place) ->
                        store.importImage(place.resolveSibling("archive.tar"), ImportOptions.DEFAULT.withTag("app")));
        DEEDS.put("add", (store, place) -> store.add(changes("added")));
        DEEDS.put("add tar", (store, place) -> {
            try (InputStream tar = Files.newInputStream(place.resolveSibling("layer.tar"))) {
                store.add(tar);
            }
        });
        DEEDS.put(
                "commit",
                (store, place) -> store.commit(store.image("app"), changes("added"), History.of("more"), "more"));
        DEEDS.put("plus", (store, place) -> {
            Image base = store.image("app");
            store.plus(base, base.layers().get(0), History.of("again"), "more");
        });
        DEEDS.put("squash", (store, place) -> store.squash(store.image("two"), 0, History.of("one"), "squashed"));
        DEEDS.put(
                "create image",
                (store, place) -> store.createImage(store.image("app").layers(), Platform.parse("linux/arm64")));
        DEEDS.put("tag", (store, place) -> store.tag(store.image("app"), "other"));
        DEEDS.put("retag", (store, place) -> store.tag(store.image("two"), "app"));
        DEEDS.put("untag", (store, place) -> store.untag("two"));
        DEEDS.put("remove", (store, place) -> store.remove("two"));
        DEEDS.put("gc", (store, place) -> {
            store.remove("two");
            store.gc(new GcOptions(false, Duration.ZERO, 0, true, true));
        });
        DEEDS.put("verify", (store, place) -> store.verify(ProgressListener.NONE));
        DEEDS.put("view", (store, place) -> ViewLines.of(store.view(store.image("two"))));
        DEEDS.put("view without indexes", (store, place) -> {
            Durable.deleteTree(store.directory().resolve("layerfs/chain"));
            Durable.deleteTree(store.directory().resolve("layerfs/index"));
            ViewLines.of(store.view(store.image("two")));
        });
        DEEDS.put("disposable view", (store, place) -> {
            try (WritableView view = store.writable(store.image("app"), Long.MAX_VALUE)) {
                ViewSteps.all().forEach(step -> step.run(view));
            } catch (ViewSteps.StepFailure e) {
                throw e.getCause();
            }
        });
        DEEDS.put(
                "create view",
                (store, place) -> store.createView("made", store.image("app"), Long.MAX_VALUE)
                        .close());
        DEEDS.put("open view", (store, place) -> store.openView("kept").close());
        DEEDS.put("drop view", (store, place) -> store.dropView("kept"));
        DEEDS.put("export", (store, place) -> {
            Durable.deleteTree(place.resolve("export"));
            store.export(store.view(store.image("two")), place.resolve("export"), ExportPolicy.SAFE);
        });
        DEEDS.put(
                "open", (store, place) -> LayerStore.open(place.resolve("new")).close());
        DEEDS.put("open after a crash", (store, place) -> {
            Path other = place.resolve("other");
            LayerStore.open(other).close();
            Path left = Files.createDirectories(other.resolve("layerfs/tmp/left"));
            LayerStore.open(other).close();
            assertThat(Path.of(left.toString())).doesNotExist(); // not through the disk that fails
        });
    }

    static Set<String> deeds() {
        return DEEDS.keySet();
    }

    @TempDir
    Path directory;

    private final Faults faults = new Faults();
    private Path template;
    private FaultyFileSystem disk;

    static Changeset changes(String name) throws IOException {
        return changes(name, 100_000);
    }

    static Changeset changes(String name, int size) throws IOException {
        byte[] large = new byte[size];
        new Random(1).nextBytes(large);
        Attributes file = new Attributes(0644, 0, 0, Instant.ofEpochSecond(1000), Xattrs.NONE);
        return new ChangesetBuilder()
                .directory("dir", new Attributes(0755, 0, 0, Instant.ofEpochSecond(1000), Xattrs.NONE))
                .file("dir/" + name, file, large)
                .file("small", file, name.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .hardLink("link", "small")
                .symlink("dir/symlink", file, "../small")
                .build();
    }

    @BeforeEach
    void makeTheTemplate() throws IOException {
        disk = new FaultyFileSystem(directory.getFileSystem(), faults);
        template = directory.resolve("template");
        try (LayerStore store = LayerStore.open(template)) {
            Layer first = store.add(changes("first"));
            Layer second = store.add(changes("second"));
            store.tag(store.createImage(List.of(first), Platform.parse("linux/amd64")), "app");
            store.tag(store.createImage(List.of(first, second), Platform.parse("linux/amd64")), "two");
            try (WritableView view = store.createView("kept", store.image("app"), Long.MAX_VALUE)) {
                ViewSteps.prepare(view, 1);
            }
        }
        try (LayerStore other = LayerStore.open(directory.resolve("other"));
                InputStream tar = other.add(changes("imported")).openTar()) {
            byte[] layer = tar.readAllBytes();
            Files.write(directory.resolve("layer.tar"), layer);
            Files.write(directory.resolve("archive.tar"), ArchiveBytes.of(layer));
        }
    }

    /** All that a store holds. */
    private static List<String> state(LayerStore store) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Image image : store.images()) {
            lines.add(image.digest() + " " + image.tags() + " " + image.diffIds());
        }
        for (ViewInfo info : store.views()) {
            try (WritableView view = store.openView(info.name())) {
                ViewSteps.lines(view).forEach(line -> lines.add(info.name() + " " + line));
            }
        }
        return lines;
    }

    private Path freshStore() throws IOException {
        Path place = directory.resolve("place");
        Path root = directory.resolve("store");
        for (Path old : List.of(place, root)) {
            Durable.deleteTree(old);
        }
        Files.createDirectory(place);
        copy(template, root);
        return root;
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("deeds")
    void whateverFailsTheStoreIsSound(String name) throws IOException {
        Action deed = Objects.requireNonNull(DEEDS.get(name));
        List<String> before;
        List<String> after;
        Path root = freshStore();
        try (LayerStore store = LayerStore.open(disk.path(root))) {
            before = state(store);
            faults.count();
            deed.run(store, disk.path(directory.resolve("place")));
            faults.none();
            after = state(store);
        }
        List<String> operations = faults.seen();
        int points = 0;
        int failures = 0;
        for (Kind kind : Kind.values()) {
            for (int at = 0; at < operations.size(); at += STRIDE) {
                if (kind.fits(Faults.Operation.valueOf(operations.get(at).split(" ", 2)[0]))) {
                    points++;
                    try {
                        failures += check(deed, at, kind, before, after) ? 1 : 0;
                    } catch (IOException | RuntimeException | AssertionError e) {
                        throw new AssertionError(
                                name + ", " + kind + " at " + at + ", in " + operations.get(at) + ": " + e, e);
                    }
                }
            }
        }
        FaultPoints.add(name, operations.size(), points, failures);
        assertThat(points).isPositive();
    }

    private boolean check(Action deed, int at, Kind kind, List<String> before, List<String> after) throws IOException {
        Path root = freshStore();
        Path place = directory.resolve("place");
        boolean failed = false;
        boolean sameStore = at % 2 == 0;
        try (LayerStore store = LayerStore.open(disk.path(root))) {
            faults.fail(at, kind);
            try {
                deed.run(store, disk.path(place));
            } catch (IOException e) {
                assertThat(kind).as("what failed with " + e).isNotEqualTo(Kind.SHORT);
                assertNames(e);
                failed = true;
            }
            faults.none();
            if (sameStore) {
                requireSound(deed, store, before, after, failed, disk.path(place));
            }
        }
        faults.awaitClosed();
        try (LayerStore store = LayerStore.open(disk.path(root))) {
            requireSound(deed, store, before, after, failed && !sameStore, disk.path(place));
        }
        try (Stream<Path> left = Files.list(root.resolve("layerfs/tmp"))) {
            assertThat(left).as("unfinished files").isEmpty();
        }
        return failed;
    }

    private static void requireSound(
            Action deed, LayerStore store, List<String> before, List<String> after, boolean failed, Path place)
            throws IOException {
        assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
        List<String> found = state(store);
        if (!found.equals(after)) {
            assertThat(failed)
                    .as("the store is not as it should be, and nobody said so")
                    .isTrue();
            assertThat(found).isEqualTo(before);
        }
        if (failed && (before.equals(after) || !found.equals(after))) {
            deed.run(store, place);
            assertThat(state(store)).isEqualTo(after);
            assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
        }
    }

    /** Who reads the message knows which file it is about. */
    static void assertNames(IOException e) {
        assertThat(String.valueOf(e.getMessage())).as("%s", e).containsPattern("/|layer |view|kept|made");
    }
}
