package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Judges from outside: tools that read the store as it lies, and the kernel, which mounts the very index that Java reads. */
class OtherToolsTest {

    /** mount(2) of an EROFS image with its devices; the mount command would make a loop device of it. */
    private static final String MOUNT = """
            import ctypes, os, sys
            libc = ctypes.CDLL(None, use_errno=True)
            image, target, options = (os.fsencode(a) for a in sys.argv[1:4])
            if libc.mount(image, target, b'erofs', 1 | 2 | 4, options):
                sys.exit(os.strerror(ctypes.get_errno()))
            """;

    @TempDir
    private static Path directory;

    private static Path root;

    @BeforeAll
    static void importBoth() throws IOException {
        root = directory.resolve("store");
        Path app = Shared.file("images/app.oci.tar");
        Path small = Shared.file("images/small.docker.tar");
        try (LayerStore store = LayerStore.open(root)) {
            store.importImage(app, ImportOptions.DEFAULT.withTag("app"));
            store.importImage(small, ImportOptions.DEFAULT.withTag("small"));
        }
    }

    private record Result(int exitCode, String output) {}

    private static Result run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private static void require(String tool) throws IOException, InterruptedException {
        Result found = run("sh", "-c", "command -v " + tool);
        assumeTrue(found.exitCode() == 0, tool + " is not installed");
    }

    @Test
    void skopeoReadsTheStoreAsItLies() throws Exception {
        require("skopeo");
        for (String tag : List.of("app", "small")) {
            Result inspected = run("skopeo", "inspect", "oci:" + root + ":" + tag);
            assertThat(inspected.exitCode()).as(inspected.output()).isZero();
            assertThat(inspected.output()).contains("\"Layers\"").contains("\"Architecture\": \"amd64\"");
            Path copy = directory.resolve("copy-" + tag);
            Result copied = run("skopeo", "copy", "oci:" + root + ":" + tag, "dir:" + copy);
            assertThat(copied.exitCode()).as(copied.output()).isZero();
        }
    }

    @Test
    void umociListsTheStoreAsItLies() throws Exception {
        require("umoci");
        Result listed = run("umoci", "list", "--layout", root.toString());
        assertThat(listed.exitCode()).as(listed.output()).isZero();
        assertThat(listed.output().lines()).containsExactlyInAnyOrder("app", "small");
    }

    @Test
    void everyLayerIsTheTarThatCameIn() throws IOException {
        try (LayerStore store = LayerStore.open(root)) {
            for (Image image : store.images()) {
                for (Layer layer : image.layers()) {
                    try (InputStream tar = layer.openTar()) {
                        assertThat(Digest.sha256(tar.readAllBytes())).isEqualTo(layer.diffId());
                    }
                }
            }
        }
    }

    @Test
    void theKernelShowsTheTreeOfTheIndex() throws Exception {
        require("python3");
        Path listing = Shared.file("tools/tree-listing");
        try (LayerStore store = LayerStore.open(root)) {
            for (String tag : List.of("app", "small")) {
                Image image = store.image(tag);
                Path index;
                String name = Digest.chainId(image.diffIds()).encoded();
                try (Stream<Path> files = Files.walk(root.resolve("layerfs/chain"))) {
                    index = files.filter(f -> f.getFileName().toString().contains(name))
                            .findFirst()
                            .orElseThrow();
                }
                List<String> devices = new ArrayList<>();
                for (Digest diffId : image.diffIds()) {
                    devices.add("device=" + root.resolve("blobs/sha256").resolve(diffId.encoded()));
                }
                Path target = Files.createDirectory(directory.resolve("mount-" + tag));
                Result mounted =
                        run("python3", "-c", MOUNT, index.toString(), target.toString(), String.join(",", devices));
                assumeTrue(mounted.exitCode() == 0, "the kernel mounts no EROFS from files here: " + mounted.output());
                try {
                    Path output = directory.resolve(tag + ".tsv");
                    Process process = new ProcessBuilder("python3", listing.toString(), target.toString())
                            .redirectOutput(output.toFile())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
                    assertThat(process.waitFor()).isZero();
                    assertThat(output).hasSameBinaryContentAs(Shared.file("images/" + tag + ".expected.tsv"));
                } finally {
                    assertThat(run("umount", target.toString()).exitCode()).isZero();
                }
            }
        }
    }
}
