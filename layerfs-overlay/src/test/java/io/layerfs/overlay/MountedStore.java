package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store with an image. When a test is over, nothing is mounted that was not before it. */
abstract class MountedStore {

    static final Attributes PLAIN = new Attributes(0644, 0, 0, Instant.ofEpochSecond(1_500_000_000), Xattrs.NONE);
    static final Attributes DIRECTORY = new Attributes(0755, 0, 0, Instant.ofEpochSecond(1_500_000_000), Xattrs.NONE);

    @TempDir
    Path directory;

    LayerStore store;
    Image image;
    final OverlayBackend backend = new OverlayBackend();
    List<String> mountsBefore = List.of();
    private String loopsBefore = "";

    @BeforeEach
    void makeAnImage() throws Exception {
        Kernel.requireRoot();
        mountsBefore = mounts();
        loopsBefore = loops();
        store = LayerStore.open(directory.resolve("store"));
        image = image(new ChangesetBuilder()
                .directory("", DIRECTORY)
                .directory("dir", DIRECTORY)
                .file("dir/f", PLAIN, text("f"))
                .file("g", PLAIN, text("g")));
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        if (store != null) {
            store.close();
            assertThat(mounts()).isEqualTo(mountsBefore);
            assertThat(loops()).isEqualTo(loopsBefore);
            assertThat(list(directory.resolve("store/layerfs/mounts"))).isEmpty();
        }
    }

    Image image(ChangesetBuilder layer) throws IOException {
        return store.createImage(List.of(store.add(layer.build())), new Platform("linux", "amd64", null));
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Those of this test: others may mount meanwhile. */
    List<String> mounts() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .filter(line -> line.contains(directory.toString()))
                .toList();
    }

    private static String loops() throws Exception {
        Process process = new ProcessBuilder("losetup", "-a").start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    /** The directories of mounts, in those of their processes. */
    List<Path> areas() throws IOException {
        List<Path> areas = new ArrayList<>();
        for (Path process : list(directory.resolve("store/layerfs/mounts"))) {
            list(process).stream().filter(Files::isDirectory).forEach(areas::add);
        }
        return areas;
    }

    private static List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(directory)) {
            return found.toList();
        }
    }

    static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
