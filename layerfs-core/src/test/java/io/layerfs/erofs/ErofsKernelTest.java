package io.layerfs.erofs;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.LayerPath;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.Xattrs;
import io.layerfs.blob.Blob;
import io.layerfs.blob.BlobSlice;
import io.layerfs.memory.MemoryDirectory;
import io.layerfs.union.Union;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernel as the judge: what it shows of an index is what our reader shows. */
class ErofsKernelTest {

    private static final Attributes PLAIN = new Attributes(0755, 0, 0, Instant.ofEpochSecond(5), Xattrs.NONE);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void showsTheSameTree(int seed) throws Exception {
        List<Blob> blobs = RandomTree.blobs(directory, seed == 1 ? 40 : seed);
        Path index = directory.resolve("index.erofs");
        ErofsWriter.writeMerged(RandomTree.merged(seed, blobs, 400 * seed), blobs, index);
        assertSameAsMounted(index, blobs);
    }

    @Test
    void showsWhatIsAtTheEdges() throws Exception {
        List<Blob> blobs = RandomTree.blobs(directory, 2);
        Path index = directory.resolve("index.erofs");
        ErofsWriter.writeMerged(EdgeTree.of(blobs), blobs, index);
        assertSameAsMounted(index, blobs);
    }

    private void assertSameAsMounted(Path index, List<Blob> blobs) throws Exception {
        View view = ErofsImage.open(index, blobs).view();
        try (KernelMount mount = KernelMount.erofs(index, blobs)) {
            assertThat(mount.lines()).isEqualTo(TreeLines.of(view, ErofsKernelTest::asTheKernelHasIt));
        }
    }

    /** The kernel shows attributes as they are stored, and hides those whose prefix it does not know. */
    private static @Nullable String asTheKernelHasIt(@Nullable String xattr) {
        return xattr == null || !xattr.matches("(user|trusted|security)\\..+|system\\.posix_acl_.*")
                ? null
                : Erofs.escape(xattr);
    }

    @Test
    void inodeNumbersAreThoseOfTheMount() throws Exception {
        List<Blob> blobs = RandomTree.blobs(directory, 1);
        Path index = directory.resolve("index.erofs");
        ErofsWriter.writeMerged(RandomTree.merged(9, blobs, 300), blobs, index);
        View view = ErofsImage.open(index, blobs).view();
        try (KernelMount mount = KernelMount.erofs(index, blobs)) {
            KernelMount.Output output =
                    KernelMount.run("stat", "-c", "%i", mount.directory().toString());
            assertThat(Long.parseLong(output.text().trim())).isEqualTo(view.root());
        }
    }

    @Test
    void overlayfsReadsTheWhiteoutsOfLayers() throws Exception {
        List<Blob> blobs = RandomTree.blobs(directory, 3);
        List<Changeset> layers = List.of(base(blobs.get(0)), middle(blobs.get(1)), top());
        List<KernelMount> mounts = new ArrayList<>();
        try {
            for (int i = 0; i < layers.size(); i++) {
                Path index = directory.resolve(i + ".erofs");
                ErofsWriter.writeLayer(layers.get(i), blobs.get(i), index);
                mounts.add(0, KernelMount.erofs(index, List.of(blobs.get(i))));
            }
            Path merged = directory.resolve("merged.erofs");
            ErofsWriter.writeMerged(Union.merge(layers), blobs, merged);
            try (KernelMount overlay = KernelMount.overlay(directory.resolve("overlay"), mounts);
                    KernelMount flat = KernelMount.erofs(merged, blobs)) {
                List<String> seen = overlay.lines("brief");
                assertThat(seen).isEqualTo(flat.lines("brief"));
                assertThat(seen.stream().map(line -> line.substring(0, line.indexOf(' '))))
                        .containsExactly(
                                "/",
                                "/kept",
                                "/kept/a",
                                "/new",
                                "/new/below",
                                "/new/below/x",
                                "/opaque",
                                "/opaque/only",
                                "/replaced");
            }
        } finally {
            for (KernelMount mount : mounts) {
                mount.close();
            }
        }
    }

    private static Changeset base(Blob blob) throws Exception {
        MemoryDirectory root = MemoryDirectory.of(PLAIN);
        put(root, blob, "kept/a", "kept/gone", "opaque/hidden", "removed/x", "replaced/x");
        return root.toChangeset();
    }

    private static Changeset middle(Blob blob) throws Exception {
        MemoryDirectory root = MemoryDirectory.of(PLAIN);
        put(root, blob, "new/below/x", "opaque/only", "replaced");
        whiteOut(root, "kept/gone");
        whiteOut(root, "removed");
        // hides nothing: the layers below do not have the directory
        whiteOut(root, "new/nothing");
        whiteOut(root, "new/below/nothing");
        // superfluous in an opaque directory
        whiteOut(root, "opaque/hidden");
        ((MemoryDirectory) root.child(Name.of("opaque"))).setOpaque(true);
        return root.toChangeset();
    }

    private static Changeset top() throws Exception {
        MemoryDirectory root = MemoryDirectory.of(PLAIN);
        whiteOut(root, "nowhere");
        return root.toChangeset();
    }

    private static void put(MemoryDirectory root, Blob blob, String... paths) throws Exception {
        for (String path : paths) {
            list(root, path);
            root.put(
                    LayerPath.of(path),
                    new Entry.RegularFile(
                            PLAIN, root.hashCode() + path.hashCode() & 0xffffff, new BlobSlice(blob, 512, 700)));
        }
    }

    private static void whiteOut(MemoryDirectory root, String path) throws Exception {
        list(root, path);
        root.put(LayerPath.of(path), Entry.Whiteout.INSTANCE);
    }

    /** Lists the directories on the way: overlayfs cannot tell that a directory is implied. */
    private static void list(MemoryDirectory root, String path) {
        MemoryDirectory at = root;
        for (Name name : LayerPath.of(path).parent().names()) {
            if (at.child(name) == null) {
                at.put(name, MemoryDirectory.of(PLAIN));
            }
            at = (MemoryDirectory) at.child(name);
        }
    }
}
