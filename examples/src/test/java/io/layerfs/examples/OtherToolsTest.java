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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Judges from outside: tools that read the store as it lies, and the kernel, which mounts the very index that Java reads. */
class OtherToolsTest {

    /** mount(2) with a type and options; the mount command would make loop devices of images. */
    private static final String MOUNT = """
            import ctypes, os, sys
            libc = ctypes.CDLL(None, use_errno=True)
            kind, source, target, options = (os.fsencode(a) for a in sys.argv[1:5])
            if libc.mount(source, target, kind, 1 | 2 | 4, options):
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
    void fsckAcceptsEveryIndex() throws Exception {
        require("fsck.erofs");
        try (LayerStore store = LayerStore.open(root)) {
            for (Image image : store.images()) {
                for (Digest diffId : image.diffIds()) {
                    Path tar = root.resolve("blobs/sha256").resolve(diffId.encoded());
                    Result checked = run(
                            "fsck.erofs",
                            "--device=" + tar,
                            index("index", diffId).toString());
                    assumeTrue(
                            !checked.output().contains("isn't supported on this platform"),
                            "this fsck.erofs knows no blocks of 512 bytes");
                    assertThat(checked.exitCode()).as(checked.output()).isZero();
                }
            }
        }
    }

    @Test
    void theKernelShowsTheTreeOfTheMergedIndex() throws Exception {
        try (LayerStore store = LayerStore.open(root);
                Mounts mounts = new Mounts()) {
            for (String tag : List.of("app", "small")) {
                Image image = store.image(tag);
                Path target = mounts.erofs(index("chain", Digest.chainId(image.diffIds())), image.diffIds());
                assertThat(listing(target)).hasSameBinaryContentAs(Shared.file("images/" + tag + ".expected.tsv"));
            }
        }
    }

    @Test
    void overlayfsShowsTheTreeOfTheLayersIndexes() throws Exception {
        try (LayerStore store = LayerStore.open(root);
                Mounts mounts = new Mounts()) {
            for (String tag : List.of("app", "small")) {
                List<String> topFirst = new ArrayList<>();
                for (Digest diffId : store.image(tag).diffIds()) {
                    topFirst.add(
                            0,
                            mounts.erofs(index("index", diffId), List.of(diffId))
                                    .toString());
                }
                Path target = mounts.mount("overlay", "overlay", "lowerdir=" + String.join(":", topFirst));
                assertThat(withoutDirectoryAttributes(listing(target)))
                        .isEqualTo(withoutDirectoryAttributes(Shared.file("images/" + tag + ".expected.tsv")));
            }
        }
    }

    /** Overlayfs takes a directory's attributes from the top layer, also where that only implies the directory. */
    private static List<String> withoutDirectoryAttributes(Path listing) throws IOException {
        return Files.readAllLines(listing, StandardCharsets.ISO_8859_1).stream()
                .map(line -> line.startsWith("d\t") ? "d\t" + line.substring(line.lastIndexOf('\t')) : line)
                .toList();
    }

    private static Path index(String kind, Digest name) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("layerfs").resolve(kind))) {
            return files.filter(f -> f.getFileName().toString().contains(name.encoded()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Path listing(Path target) throws Exception {
        Path output = Files.createTempFile(directory, "listing", ".tsv");
        Process process = new ProcessBuilder(
                        "python3", Shared.file("tools/tree-listing").toString(), target.toString())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.waitFor()).isZero();
        return output;
    }

    /** Mounts that go when the test ends, the last first; a test that cannot mount is skipped, and says why. */
    private static final class Mounts implements AutoCloseable {
        private final Deque<Path> mounted = new ArrayDeque<>();

        Path erofs(Path index, List<Digest> diffIds) throws Exception {
            List<String> devices = new ArrayList<>();
            for (Digest diffId : diffIds) {
                devices.add("device=" + root.resolve("blobs/sha256").resolve(diffId.encoded()));
            }
            return mount("erofs", index.toString(), String.join(",", devices));
        }

        Path mount(String kind, String source, String options) throws Exception {
            require("python3");
            Path target = Files.createTempDirectory(directory, "mount");
            Result result = run("python3", "-c", MOUNT, kind, source, target.toString(), options);
            assumeTrue(
                    result.exitCode() == 0,
                    "no " + kind + " mount here: " + result.output().strip());
            mounted.push(target);
            return target;
        }

        @Override
        public void close() throws Exception {
            while (!mounted.isEmpty()) {
                Result result = run("umount", mounted.pop().toString());
                assertThat(result.exitCode()).as(result.output()).isZero();
            }
        }
    }
}
