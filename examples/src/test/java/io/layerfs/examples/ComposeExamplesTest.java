package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.overlay.OverlayBackend;
import io.layerfs.vfs.LayerFileSystems;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of composing do what they say. */
class ComposeExamplesTest {

    @TempDir
    private Path directory;

    @Test
    void anApplicationIsAJarAndABase() throws IOException {
        Path store = directory.resolve("store");
        ComposeApplication.main(new String[] {store.toString()});
        try (LayerStore opened = LayerStore.open(store)) {
            Image image = opened.image("app:1");
            assertThat(image.layers()).hasSize(3);
            assertThat(new String(image.config(), StandardCharsets.UTF_8))
                    .contains("\"Entrypoint\":[\"java\",\"-jar\",\"/app/app.jar\"]");
            try (FileSystem files = LayerFileSystems.open(opened.view(image))) {
                assertThat(Files.readAllBytes(files.getPath("/app/app.jar")))
                        .isEqualTo(Files.readAllBytes(directory.resolve("hello.jar")));
                assertThat(Files.getAttribute(files.getPath("/var/lib/app"), "unix:uid"))
                        .isEqualTo(1000);
            }
            Path jar = directory.resolve("hello.jar");
            ComposeApplication.main(new String[] {store.toString(), jar.toString()});
            assertThat(opened.image("app:1")).as("the same inputs").isEqualTo(image);
        }
    }

    @Test
    void aProgramRunsInWhatWasBuilt() throws IOException {
        String problem = new OverlayBackend().unavailable();
        assumeTrue(problem == null, () -> "the kernel backend: " + problem);
        List<String> lines = new ArrayList<>();
        try (LayerStore store = LayerStore.open(directory.resolve("store"))) {
            Image base = store.importImage(Shared.file("images/app.oci.tar"), ImportOptions.DEFAULT);
            Image image = BuildAndRun.build(store, base, lines::add);
            assertThat(lines).containsExactly("hello from Linux, as 0");
            assertThat(BuildAndRun.build(store, base, lines::add)).isEqualTo(image);
            assertThat(lines).as("the program is not run again").hasSize(1);
            try (FileSystem files = LayerFileSystems.open(store.view(image))) {
                assertThat(files.getPath("/greeting")).hasContent("hello from Linux, as 0");
            }
        }
    }
}
