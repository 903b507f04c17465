package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Attributes;
import io.layerfs.Backend;
import io.layerfs.Backends;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A named view of the kernel, by every command, in its store and in a copy of that (field faults, section 3). */
@Timeout(300)
class CopiedStoreTest {

    @TempDir
    Path directory;

    private static Path file(Path root, String name) {
        return root.resolve(name);
    }

    private Path store() throws IOException {
        Path place = directory.resolve("store");
        Attributes any = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
        try (LayerStore store = LayerStore.open(place)) {
            Backend overlay = Backends.named("overlay");
            String problem = overlay.unavailable(store);
            assumeTrue(problem == null, problem);
            ChangesetBuilder changes = new ChangesetBuilder()
                    .file("etc/a", any, new byte[] {'a', '\n'})
                    .hardLink("etc/b", "etc/a")
                    .file("gone", any, new byte[1])
                    .file("d/e", any, new byte[1]);
            Image image = store.createImage(List.of(store.add(changes.build())), Platform.host());
            store.tag(image, "app:1");
            try (Mount mount = overlay.mount(store, image, MountOptions.named("work"))) {
                Files.writeString(file(mount.root(), "etc/a"), "changed\n");
                Files.delete(file(mount.root(), "gone"));
                Files.move(file(mount.root(), "d"), file(mount.root(), "moved"));
                Files.writeString(file(mount.root(), "new"), "new\n");
            }
        }
        return place;
    }

    private static void assertReadable(Path store) {
        assertThat(Run.layerfs("--store", store, "cat", "work", "/etc/b").text())
                .isEqualTo("changed\n");
        assertThat(Run.layerfs("--store", store, "ls", "work", "/").text()).isEqualTo("etc\nmoved\nnew\n");
        assertThat(Run.layerfs("--store", store, "diff", "work").text()).contains("/gone", "/new", "/moved");
        Path out = store.resolveSibling(store.getFileName() + "-out");
        assertThat(Run.layerfs("--store", store, "export", "work", out).exitCode())
                .isZero();
        assertThat(out.resolve("moved/e")).exists();
        assertThat(out.resolve("gone")).doesNotExist();
    }

    @Test
    void aViewOfTheKernelIsReadByEveryCommandInACopyOfItsStoreToo() throws Exception {
        Path store = store();
        Path copy = directory.resolve("copy");
        assertThat(new ProcessBuilder("cp", "-a", store.toString(), copy.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        assertReadable(store);
        assertReadable(copy);
        try (LayerStore opened = LayerStore.open(copy);
                Mount mount = Backends.named("overlay").open(opened, "work")) {
            assertThat(file(mount.root(), "etc/b")).hasContent("changed\n");
            Files.writeString(file(mount.root(), "etc/b"), "again\n");
            assertThat(file(mount.root(), "etc/a")).hasContent("again\n");
            Files.writeString(file(mount.root(), "etc/a"), "changed\n");
        }
        String diff = Run.layerfs("--store", store, "diff", "work").text();
        assertThat(Run.layerfs("--store", copy, "diff", "work").text()).isEqualTo(diff);
        assertThat(Run.layerfs("--store", copy, "commit", "work", "--tag", "app:2")
                        .exitCode())
                .isZero();
        assertThat(Run.layerfs("--store", copy, "cat", "app:2", "/etc/a").text())
                .isEqualTo("changed\n");
        Run written = Run.layerfs("--store", copy, "rm", "work:/new");
        assertThat(written.err()).contains("the view was made by the backend 'overlay'");
    }

    /** What is best is what works on the file system of the store, and the first program of the README runs. */
    @Test
    void whatIsBestForAStoreIsTriedThere() throws Exception {
        try (LayerStore store = LayerStore.open(directory.resolve("store"))) {
            Backends.Choice best = Backends.best(store);
            assertThat(best.backend().unavailable(store)).isNull();
            try (Stream<Path> left = Files.list(store.directory())) {
                assertThat(left.filter(path -> path.toString().contains("examination")))
                        .isEmpty();
            }
        }
    }
}
