package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Attributes;
import io.layerfs.BackendUnavailableException;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Entry;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What of an image is shown to overlayfs, in each form that layers can have, and on each file system that a store can be on. */
class LowersTest extends MountedStore {

    @Test
    void whereOverlayfsTakesNoLowersOneByOneTheyAreOneOption() throws IOException {
        Image two = store.createImage(
                List.of(
                        image.layers().get(0),
                        store.add(new ChangesetBuilder()
                                .file("h", PLAIN, text("h"))
                                .build())),
                new Platform("linux", "amd64", null));
        for (Lowers.Kind kind : Lowers.Kind.values()) {
            OverlayBackend legacy = new OverlayBackend(new Direct(List.of(kind), false));
            try (Mount mount = legacy.mount(store, two, MountOptions.DISPOSABLE)) {
                Files.move(mount.root().resolve("dir"), mount.root().resolve("moved"));
                Files.writeString(mount.root().resolve("moved/f"), "changed");
                assertThat(mount.root().resolve("h")).hasContent("h");
                assertThat(mount.changes().root().child(Name.of("dir"))).isInstanceOf(Entry.Whiteout.class);
            }
            try (Mount mount = legacy.mount(store, two, MountOptions.READ_ONLY)) {
                assertThat(mount.root().resolve("dir/f")).hasContent("f");
                assertThatThrownBy(() -> Files.writeString(mount.root().resolve("g"), "x"))
                        .hasMessageContaining("Read-only file system");
            }
        }
    }

    @Test
    void oneUnpackedLayerIsShownAsItIs() throws IOException {
        OverlayBackend unpacking = new OverlayBackend(new Direct(List.of(Lowers.Kind.UNPACKED)));
        try (Mount mount = unpacking.mount(store, image, MountOptions.READ_ONLY)) {
            assertThat(mount.root().resolve("dir/f")).hasContent("f");
            assertThatThrownBy(() -> Files.writeString(mount.root().resolve("g"), "x"))
                    .hasMessageContaining("Read-only file system");
        }
    }

    @Test
    void fiveHundredLayersAreOneLower() throws IOException {
        List<io.layerfs.Layer> layers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            layers.add(store.add(
                    new ChangesetBuilder().file("n" + i, PLAIN, text("" + i)).build()));
        }
        Image many = store.createImage(layers, new Platform("linux", "amd64", null));
        try (Mount mount = backend.mount(store, many, MountOptions.DISPOSABLE)) {
            assertThat(mount.root().resolve("n0")).hasContent("0");
            assertThat(mount.root().resolve("n499")).hasContent("499");
            assertThat(mount.description()).contains("500 layers in one");
        }
        OverlayBackend unpacking = new OverlayBackend(new Direct(List.of(Lowers.Kind.UNPACKED)));
        try (Mount mount = unpacking.mount(store, many, MountOptions.DISPOSABLE)) {
            assertThat(mount.root().resolve("n0")).hasContent("0");
            assertThat(mount.root().resolve("n499")).hasContent("499");
        }
        layers.add(store.add(
                new ChangesetBuilder().file("one-more", PLAIN, text("")).build()));
        Image more = store.createImage(layers, new Platform("linux", "amd64", null));
        assertThatThrownBy(() -> unpacking.mount(store, more, MountOptions.DISPOSABLE))
                .isInstanceOf(BackendUnavailableException.class)
                .hasMessageContaining("501 layers");
    }

    /** What a layer says in overlayfs' own words is data, and means nothing to overlayfs. */
    @Test
    void aLayerCannotSpeakToOverlayfs() throws IOException {
        Map<String, byte[]> smuggled = Map.of(
                "trusted.overlay.opaque", text("y"),
                "trusted.overlay.redirect", text("/secret"),
                "trusted.overlay.metacopy", new byte[0],
                "user.overlay.opaque", text("y"));
        Attributes hostile = new Attributes(0755, 0, 0, Instant.EPOCH, Xattrs.of(smuggled));
        Image base = image(new ChangesetBuilder()
                .directory("", DIRECTORY)
                .directory("secret", DIRECTORY)
                .file("secret/s", PLAIN, text("s"))
                .directory("d", DIRECTORY)
                .file("d/below", PLAIN, text("below")));
        io.layerfs.Layer top = store.add(new ChangesetBuilder()
                .directory("d", hostile)
                .file("d/above", new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.of(smuggled)), text("above"))
                .build());
        Image stacked = store.createImage(List.of(base.layers().get(0), top), new Platform("linux", "amd64", null));
        for (Lowers.Kind kind : Lowers.Kind.values()) {
            try (Mount mount =
                    new OverlayBackend(new Direct(List.of(kind))).mount(store, stacked, MountOptions.DISPOSABLE)) {
                assertThat(mount.root().resolve("d/below")).hasContent("below");
                assertThat(mount.root().resolve("d/above")).hasContent("above");
                assertThat(mount.root().resolve("d/s")).doesNotExist();
                Files.writeString(mount.root().resolve("d/above"), "changed");
                Entry.Directory d = (Entry.Directory) mount.changes().root().child(Name.of("d"));
                assertThat(d).isNotNull();
                Entry.RegularFile above = (Entry.RegularFile) d.child(Name.of("above"));
                assertThat(above).isNotNull();
                assertThat(above.attributes().xattrs()).isEqualTo(Xattrs.of(smuggled));
            }
        }
    }

    @Test
    void devicesOfAnImageDoNotOpenAndSetuidHasNoEffect() throws IOException {
        Image devices = image(new ChangesetBuilder()
                .directory("", DIRECTORY)
                .special("null", PLAIN, io.layerfs.FileType.CHARACTER_DEVICE, 1, 3));
        try (Mount mount = backend.mount(store, devices, MountOptions.DISPOSABLE)) {
            assertThatThrownBy(() -> Files.readAllBytes(mount.root().resolve("null")))
                    .isInstanceOf(AccessDeniedException.class);
            String line = Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                    .filter(mounted -> mounted.contains(" " + mount.root() + " "))
                    .findFirst()
                    .orElseThrow();
            assertThat(line).contains("nosuid").contains("nodev");
        }
    }

    @Test
    void onTmpfsLoopDevicesStandInForFiles() throws Exception {
        Path tmpfs = Files.createDirectory(directory.toRealPath().resolve("tmpfs"));
        run("mount", "-t", "tmpfs", "tmpfs", tmpfs.toString());
        try (LayerStore inMemory = LayerStore.open(tmpfs.resolve("store"))) {
            Image there = inMemory.createImage(
                    List.of(inMemory.add(new ChangesetBuilder()
                            .directory("", DIRECTORY)
                            .file("f", PLAIN, text("f"))
                            .build())),
                    new Platform("linux", "amd64", null));
            try (Mount mount = backend.mount(inMemory, there, MountOptions.DISPOSABLE)) {
                assertThat(mount.root().resolve("f")).hasContent("f");
                Files.writeString(mount.root().resolve("f"), "changed");
                assertThat(mount.description()).contains("loop devices").contains("not EROFS of files");
            }
        } finally {
            run("umount", "--lazy", tmpfs.toString()); // the store's indexes are mapped until they are collected
        }
    }

    @Test
    void insideAnotherOverlayThereIsAClearRefusal() throws Exception {
        OverlayMount outer = (OverlayMount) backend.mount(store, image, MountOptions.DISPOSABLE);
        try (LayerStore inner = LayerStore.open(outer.root().resolve("store"))) {
            Image there = inner.createImage(
                    List.of(inner.add(new ChangesetBuilder()
                            .directory("", DIRECTORY)
                            .file("f", PLAIN, text("f"))
                            .build())),
                    new Platform("linux", "amd64", null));
            assertThatThrownBy(() -> backend.mount(inner, there, MountOptions.DISPOSABLE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("overlay");
            try (Mount readOnly = backend.mount(inner, there, MountOptions.READ_ONLY)) {
                assertThat(readOnly.root().resolve("f")).hasContent("f");
            }
        } finally {
            outer.closeLazily(); // the inner store's indexes are mapped until they are collected
        }
    }
}
