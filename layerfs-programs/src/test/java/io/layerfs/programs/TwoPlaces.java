package io.layerfs.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Backend;
import io.layerfs.Backends;
import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The same tree in two places: in a plain directory, and as an image that is mounted and can be written. */
final class TwoPlaces implements AutoCloseable {

    private final Path plain;
    private final LayerStore store;
    private final Mount mount;

    private TwoPlaces(Path plain, LayerStore store, Mount mount) {
        this.plain = plain;
        this.store = store;
        this.mount = mount;
    }

    /** Makes a tree in a directory, or works on it. */
    interface Work<T> {
        T in(Path directory) throws Exception;
    }

    /** With the pure-Java backend. */
    static TwoPlaces of(Path work, Work<?> base) throws Exception {
        return of(work, "vfs", base);
    }

    /** With the kernel's backend, for what wants a {@code File}; skipped where that does not work. */
    static TwoPlaces ofKernel(Path work, Work<?> base) throws Exception {
        return of(work, "overlay", base);
    }

    private static TwoPlaces of(Path work, String name, Work<?> base) throws Exception {
        Backend backend = Backends.named(name);
        String problem = backend.unavailable();
        assumeTrue(problem == null, () -> "no kernel mount: " + problem);
        Path plain = Files.createDirectories(work.resolve("plain"));
        base.in(plain);
        LayerStore store = LayerStore.open(work.resolve("store"));
        Image image = store.importImage(plain, ImportOptions.DEFAULT);
        return new TwoPlaces(plain, store, backend.mount(store, image, MountOptions.DISPOSABLE));
    }

    /** Does the same in both, and compares what it answers: first in the plain directory, which is right. */
    <T> T same(Work<T> work) throws Exception {
        T right = work.in(plain);
        assertThat(work.in(ours())).isEqualTo(right);
        return right;
    }

    Path ours() {
        return mount.root();
    }

    /** What is in a directory: names, types, the digest of each file. */
    static List<String> tree(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted().toList()) {
                String name = directory.relativize(file).toString();
                if (Files.isSymbolicLink(file)) {
                    lines.add(name + " -> " + Files.readSymbolicLink(file));
                } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    lines.add(name + " " + Digest.sha256(Files.readAllBytes(file)));
                } else {
                    lines.add(name + "/");
                }
            }
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        try (store) {
            mount.close();
        }
    }
}
