package io.layerfs.upper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a view takes can be committed; what cannot be is refused where it is asked for (row 13 of what was broken). */
class LimitsTest {

    private static final Platform PLATFORM = new Platform("linux", "amd64", null);
    private static final Attributes FILE = new Attributes(0644, 0, 0, Instant.ofEpochSecond(1000), Xattrs.NONE);
    private static final Attributes DIRECTORY = new Attributes(0755, 0, 0, Instant.ofEpochSecond(1000), Xattrs.NONE);

    @TempDir
    Path directory;

    private LayerStore store;
    private Image image;
    private WritableView view;

    @BeforeEach
    void open() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        use(new ChangesetBuilder().file("f", FILE, new byte[1]).build());
    }

    private void use(Changeset base) throws IOException {
        image = store.createImage(List.of(store.add(base)), PLATFORM);
        view = store.writable(image, Long.MAX_VALUE);
    }

    @AfterEach
    void close() throws IOException {
        view.close();
        store.close();
    }

    private WritableView.Place place(String name) throws IOException {
        return new WritableView.Place(view.root(), Name.of(name), view.lookup(view.root(), Name.of(name)));
    }

    /** The view, committed and read again, in each of the two ways in which an image is read. */
    private View committed() throws IOException {
        List<Layer> layers = new ArrayList<>(image.layers());
        layers.add(store.add(view.changes()));
        Image made = store.createImage(layers, PLATFORM);
        List<String> lines = ViewLines.of(view);
        View applied = store.view(made);
        assertThat(ViewLines.of(applied)).isEqualTo(lines);
        for (int i = 0; i < 10; i++) {
            layers.add(store.add(
                    new ChangesetBuilder().file("other" + i, FILE, new byte[i]).build()));
        }
        View merged = store.view(store.createImage(layers, PLATFORM));
        List<String> others = ViewLines.of(merged).stream()
                .filter(line -> !line.startsWith("/other"))
                .toList();
        assertThat(others.subList(1, others.size()))
                .isEqualTo(lines.subList(1, lines.size())); // the root is the last layer's
        return applied;
    }

    private static void refused(ThrowingCallable action, String reason) {
        assertThatThrownBy(action).isInstanceOf(FileSystemException.class).hasMessageContaining(reason);
    }

    @Test
    void extendedAttributesAsLargeAsALayerHoldsThem() throws IOException {
        refused(() -> view.setXattr(place("f"), "user.k", new byte[65_537]), "Argument list too long");
        refused(() -> view.setXattr(place("f"), "user.k", new byte[65_536]), "No space left on device");
        refused(() -> view.setXattr(place("f"), "user.a=b", new byte[1]), "Invalid argument");
        refused(() -> view.setXattr(place("f"), "user.a\0b", new byte[1]), "Invalid argument");
        int set = 0;
        try {
            for (; set < 100; set++) {
                view.setXattr(place("f"), "user." + "n".repeat(200) + set, new byte[set == 0 ? 65_535 : 20_000]);
            }
        } catch (FileSystemException e) {
            assertThat(e).hasMessageContaining("No space left on device");
        }
        assertThat(set).isBetween(9, 12);
        view.setXattr(place("f"), "trusted.overlay." + "n".repeat(239), new byte[1000]);
        for (int i = 0; i < 1000; i++) {
            String name = "user.tiny" + i;
            try {
                view.setXattr(place("f"), name, new byte[0]);
            } catch (FileSystemException e) {
                break;
            }
        }
        committed();
    }

    @Test
    void linksAndDevicesAndTimesThatLinuxHas() throws IOException {
        long root = view.root();
        view.createSymlink(root, Name.of("l"), "t".repeat(4095));
        refused(() -> view.createSymlink(root, Name.of("m"), "t".repeat(4096)), "File name too long");
        refused(() -> view.createSymlink(root, Name.of("m"), "a\0b"), "Invalid argument");
        assertThatThrownBy(() -> view.createSymlink(root, Name.of("m"), "")).isInstanceOf(NoSuchFileException.class);
        refused(() -> view.setAttributes(place("l"), WritableView.AttributeChange.ofMode(0600)), "not supported");
        refused(() -> view.createSpecial(root, Name.of("d"), FileType.CHARACTER_DEVICE, 0, 0, 0), "not permitted");
        refused(() -> view.createSpecial(root, Name.of("d"), FileType.BLOCK_DEVICE, 0, 4096, 0), "Invalid argument");
        refused(() -> view.createSpecial(root, Name.of("d"), FileType.BLOCK_DEVICE, 0, 1, 1 << 20), "Invalid");
        view.createSpecial(root, Name.of("b"), FileType.BLOCK_DEVICE, 0, 0, 0);
        view.createSpecial(root, Name.of("d"), FileType.CHARACTER_DEVICE, 0, 4095, (1 << 20) - 1);
        view.setAttributes(place("f"), WritableView.AttributeChange.ofTimes(Instant.MIN, Instant.MAX));
        view.setAttributes(place("b"), WritableView.AttributeChange.ofTimes(Instant.MAX, Instant.MIN));
        assertThat(view.stat(place("f").inode()).mtimeSeconds()).isEqualTo((1L << 54) - 1);
        committed();
    }

    @Test
    void namesThatSayInALayerThatSomethingIsRemovedAreRefused() throws IOException {
        long root = view.root();
        for (String text : List.of(".wh.f", ".wh.", ".wh..wh..opq")) {
            Name name = Name.of(text);
            refused(() -> view.createFile(root, name, 0), "Operation not permitted");
            refused(() -> view.createDirectory(root, name, 0), "Operation not permitted");
            refused(() -> view.link(place("f"), root, name), "Operation not permitted");
            refused(() -> view.rename(root, Name.of("f"), root, name, true), "Operation not permitted");
            assertThatThrownBy(() -> view.unlink(root, name)).isInstanceOf(NoSuchFileException.class);
        }
        view.createFile(root, Name.of(".wh"), 0644);
        view.createFile(root, Name.of(".whx.f"), 0644);
        committed();
    }

    /** Where the kernel kept what changed, it is too late to refuse the name: what changed cannot be said, and why is. */
    @Test
    void suchANameThatAnotherKeptIsRefusedWhenItIsRead() throws IOException {
        TreeBuilder kept = new TreeBuilder(store.view(image));
        kept.root(DIRECTORY);
        long root = view.root();
        Entry.Special pipe = new Entry.Special(FILE, 1, FileType.FIFO, 0, 0);
        refused(() -> kept.file(root, Name.of(".wh.f"), pipe, 1), "no layer can hold");
        refused(() -> kept.directory(root, Name.of(".wh.d"), DIRECTORY, View.ABSENT), "no layer can hold");
        long file = kept.file(root, Name.of("pipe"), pipe, 2);
        refused(() -> kept.link(root, Name.of(".wh.pipe"), file), "no layer can hold");
        long at = root;
        for (int depth = 1; depth <= 1024; depth++) {
            at = kept.directory(at, Name.of("d"), DIRECTORY, View.ABSENT);
        }
        long deepest = at;
        refused(() -> kept.directory(deepest, Name.of("d"), DIRECTORY, View.ABSENT), "more than 1024 directories");
    }

    @Test
    void filesWithTheLongestNamesCanBeRemoved() throws IOException {
        view.close();
        ChangesetBuilder base = new ChangesetBuilder();
        for (int length = 250; length <= 255; length++) {
            base.file("n".repeat(length), FILE, new byte[1]).file("d/" + "m".repeat(length), FILE, new byte[2]);
        }
        use(base.directory("d", DIRECTORY).build());
        long d = view.lookup(view.root(), Name.of("d"));
        for (int length = 251; length <= 255; length++) {
            view.unlink(view.root(), Name.of("n".repeat(length)));
            view.unlink(d, Name.of("m".repeat(length)));
        }
        committed();
    }

    /** In a thread with little room for what calls itself. */
    private static <T> T withSmallStack(Callable<T> action) throws Exception {
        FutureTask<T> task = new FutureTask<>(action);
        Thread thread = new Thread(null, task, "small", 256 << 10);
        thread.start();
        return task.get();
    }

    /** Directories one in the other, from one on; answers the deepest. */
    private long nest(long from, int count, String name) throws IOException {
        long at = from;
        for (int i = 0; i < count; i++) {
            at = view.createDirectory(at, Name.of(name), 0755);
        }
        return at;
    }

    @Test
    void asDeepAsALayerCanBeAndNoDeeper() throws Exception {
        long deepest = nest(view.root(), 1024, "d".repeat(255));
        view.createFile(deepest, Name.of("f".repeat(255)), 0644);
        refused(() -> view.createDirectory(deepest, Name.of("e"), 0755), "File name too long");
        withSmallStack(() -> {
            List<Layer> layers = new ArrayList<>(image.layers());
            layers.add(store.add(view.changes()));
            for (int i = 0; i < 10; i++) {
                layers.add(store.add(new ChangesetBuilder()
                        .file("other" + i, FILE, new byte[i])
                        .build()));
                View made = store.view(store.createImage(layers, PLATFORM));
                long at = made.root();
                for (int depth = 0; depth < 1024; depth++) {
                    at = made.lookup(at, Name.of("d".repeat(255)));
                }
                assertThat(made.lookup(at, Name.of("f".repeat(255)))).isNotEqualTo(View.ABSENT);
            }
            try (WritableView again = store.writable(store.createImage(layers, PLATFORM), Long.MAX_VALUE)) {
                again.rename(again.root(), Name.of("d".repeat(255)), again.root(), Name.of("e"), false);
                layers.add(store.add(again.changes()));
                store.view(store.createImage(layers, PLATFORM));
            }
            return null;
        });
    }

    @Test
    void whatIsMovedIsNotMovedTooDeep() throws IOException {
        long root = view.root();
        long a = view.createDirectory(root, Name.of("a"), 0755);
        long b = view.createDirectory(root, Name.of("b"), 0755);
        long deepA = nest(a, 500, "d");
        nest(b, 523, "d");
        refused(() -> view.rename(root, Name.of("b"), deepA, Name.of("b"), false), "File name too long");
        long inB = view.lookup(b, Name.of("d"));
        view.rename(b, Name.of("d"), deepA, Name.of("b"), false);
        assertThat(view.parent(inB)).isEqualTo(deepA);
        view.rename(root, Name.of("a"), root, Name.of("c"), false);
        refused(() -> view.rename(root, Name.of("c"), b, Name.of("c"), false), "File name too long");
    }

    /** Of "Low", and of what the field has: the index' short form has 16 bits for them, and is used for the root's time. */
    @Test
    void aFileWithMoreThan65535Names() throws IOException {
        view.close();
        ChangesetBuilder base = new ChangesetBuilder()
                .directory("", DIRECTORY)
                .directory("d", DIRECTORY)
                .file("d/f", FILE, new byte[1])
                .file("other", FILE, new byte[3]);
        for (int i = 0; i < 70_000; i++) {
            base.hardLink("d/" + i, "d/f");
        }
        use(base.build());
        View seen = store.view(image);
        long d = seen.lookup(seen.root(), Name.of("d"));
        assertThat(seen.stat(seen.lookup(d, Name.of("69999"))).links()).isEqualTo(70_001);
        assertThat(seen.stat(seen.lookup(seen.root(), Name.of("other"))).size()).isEqualTo(3);
    }

    /** What the field has: Linux shows a link's mode as 0777, whatever the tar says; so one layer comes of a changed one. */
    @Test
    void theModeOfALinkIs0777WhateverTheLayerSays() throws IOException {
        view.close();
        use(new ChangesetBuilder()
                .symlink("l", new Attributes(0600, 1, 2, Instant.EPOCH, Xattrs.NONE), "f")
                .build());
        assertThat(store.view(image).stat(place("l").inode()).mode()).isEqualTo(0777);
        view.rename(view.root(), Name.of("l"), view.root(), Name.of("m"), false);
        assertThat(view.stat(place("m").inode()).mode()).isEqualTo(0777);
        committed();
    }
}
