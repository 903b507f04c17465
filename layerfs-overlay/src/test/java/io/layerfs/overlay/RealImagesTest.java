package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real images, as a tool outside this project lists what the kernel shows of them. */
class RealImagesTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "app.oci.tar, app, FILES", "app.oci.tar, app, LOOPS", "app.oci.tar, app, UNPACKED",
        "small.docker.tar, small, FILES", "small.docker.tar, small, LOOPS", "small.docker.tar, small, UNPACKED"
    })
    void theKernelShowsWhatItMust(String file, String name, Lowers.Kind kind) throws Exception {
        Kernel.requireRoot();
        Path listing = SharedImages.file("../tools/tree-listing");
        try (LayerStore store = LayerStore.open(directory.resolve("store"))) {
            Image image = store.importImage(SharedImages.file(file), ImportOptions.DEFAULT);
            OverlayBackend backend = new OverlayBackend(new Direct(List.of(kind)));
            String expected = Files.readString(SharedImages.file(name + ".expected.tsv"));
            for (MountOptions options : List.of(MountOptions.READ_ONLY, MountOptions.DISPOSABLE)) {
                try (Mount mount = backend.mount(store, image, options)) {
                    assertThat(list(listing, mount.root()))
                            .as(mount.description())
                            .isEqualTo(expected);
                    assertThat(mount.changes().root().children().hasNext()).isFalse();
                }
            }
        }
    }

    private static String list(Path tool, Path root) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("python3", tool.toString(), root.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(process.waitFor() == 0, "python3 lists no tree here");
        return output;
    }
}
