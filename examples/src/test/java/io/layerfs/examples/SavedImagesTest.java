package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real images through other tools and back: what is saved here they read, what they write is imported, entry by entry the same. */
class SavedImagesTest {

    @TempDir
    private static Path directory;

    private static Path store;
    private static String appDigest;

    @BeforeAll
    static void importImages() {
        store = directory.resolve("store");
        appDigest = layerfs("import", Shared.file("images/app.oci.tar"), "--tag", "app");
        layerfs("import", Shared.file("images/small.docker.tar"), "--tag", "small");
    }

    private static String layerfs(Object... arguments) {
        return at(store, arguments);
    }

    private static String at(Path where, Object... arguments) {
        List<Object> all = new ArrayList<>(List.of("--store", where));
        all.addAll(Arrays.asList(arguments));
        Run run = Run.layerfs(all.toArray());
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.text().strip();
    }

    private static Path save(String name, Object... arguments) {
        Path target = directory.resolve(name);
        List<Object> all = new ArrayList<>(List.of("save"));
        all.addAll(Arrays.asList(arguments));
        all.addAll(List.of("-o", target));
        layerfs(all.toArray());
        return target;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + "\n" + output)
                .isZero();
        return output;
    }

    private static int status(String command) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static void require(String tool) throws IOException, InterruptedException {
        assumeTrue(status("command -v " + tool) == 0, tool + " is not installed");
    }

    private static void requireRootAnd(String tool) throws IOException, InterruptedException {
        assumeTrue(status("test $(id -u) = 0") == 0, "needs root, to make what the image has");
        require(tool);
        require("python3");
    }

    /** Imports what a tool wrote, into a store of its own, and compares its tree with the one that the kernel showed. */
    private static String assertImports(Path archive, String image, Object... more) throws IOException {
        Path own = Files.createTempDirectory(directory, "own");
        List<Object> arguments = new ArrayList<>(List.of("import", archive, "--tag", "read"));
        arguments.addAll(Arrays.asList(more));
        String digest = at(own, arguments.toArray());
        assertTree(at(own, "tree", "read"), image);
        return digest;
    }

    private static void assertTree(String tree, String image) throws IOException {
        Path expected = Shared.file("images/" + image + ".expected.tsv");
        assertThat(tree.lines().toList()).isEqualTo(Files.readAllLines(expected, StandardCharsets.US_ASCII));
    }

    private static List<String> withoutRoot(String tree) {
        return tree.lines().filter(line -> !line.endsWith("\t.")).toList();
    }

    private static String listing(Path root) throws Exception {
        return run("python3", Shared.file("tools/tree-listing").toString(), root.toString());
    }

    @Test
    void skopeoReadsOciAndWritesIt() throws Exception {
        require("skopeo");
        Path saved = save("app.tar", "app");
        Path copy = directory.resolve("skopeo-dir");
        run("skopeo", "copy", "oci-archive:" + saved + ":app", "dir:" + copy);
        assertThat(Digest.sha256(Files.readAllBytes(copy.resolve("manifest.json"))))
                .hasToString(appDigest);
        Path layout = directory.resolve("skopeo-oci");
        run("skopeo", "copy", "dir:" + copy, "oci:" + layout + ":app");
        assertThat(assertImports(layout, "app")).isEqualTo(appDigest);
        Path archive = directory.resolve("skopeo.oci.tar");
        run(
                "skopeo",
                "copy",
                "oci:" + save("layout", "small", "--format", "oci-dir") + ":small",
                "oci-archive:" + archive);
        assertImports(archive, "small");
    }

    @Test
    void skopeoReadsDockerArchivesAndWritesThem() throws Exception {
        require("skopeo");
        Path both = save("both.tar", "app", "small");
        Path docker = save("docker.tar", "app", "small", "--format", "docker");
        Path gzip = save("docker-gzip.tar", "app", "small", "--format", "docker", "--compress", "gzip", "--level", "1");
        for (Path saved : List.of(both, docker, gzip)) {
            Path written = directory.resolve("skopeo-" + saved.getFileName());
            run("skopeo", "copy", "docker-archive:" + saved + ":small:latest", "docker-archive:" + written + ":x:1");
            assertImports(written, "small");
        }
        Path written = directory.resolve("skopeo-app.tar");
        run("skopeo", "copy", "docker-archive:" + both + ":app:latest", "docker-archive:" + written + ":x:1");
        assertImports(written, "app");
    }

    @Test
    void skopeoReadsZstd() throws Exception {
        require("skopeo");
        Path zstd = save("zstd.tar", "app", "--compress", "zstd");
        Path written = directory.resolve("skopeo-zstd.tar");
        // not to a docker archive: skopeo knows no zstd in images of Docker's
        run("skopeo", "copy", "oci-archive:" + zstd + ":app", "oci-archive:" + written + ":x");
        assertImports(written, "app");
    }

    @Test
    void umociUnpacksLayoutsAndRepacksThem() throws Exception {
        requireRootAnd("umoci");
        Path layout = save("umoci", "app", "small", "--format", "oci-dir", "--compress", "gzip", "--level", "1");
        Path app = directory.resolve("umoci-app");
        run("umoci", "raw", "unpack", "--image", layout + ":app", app.toString());
        assertTree(listing(app), "app");
        run("rm", "-rf", app.toString());
        Path bundle = directory.resolve("bundle");
        run("umoci", "unpack", "--image", layout + ":small", bundle.toString());
        Path rootfs = bundle.resolve("rootfs");
        Files.writeString(rootfs.resolve("etc/added"), "by umoci");
        Files.delete(rootfs.resolve("bin/cat"));
        // umoci rounds fractions of seconds
        run("sh", "-c", "cd " + rootfs + " && touch -d @1700000000 etc/added etc bin");
        run("umoci", "repack", "--image", layout + ":changed", bundle.toString());
        Path own = directory.resolve("umoci-store");
        at(own, "import", layout, "--reference", "changed", "--tag", "changed");
        assertThat(at(own, "tree", "changed").lines().toList())
                .isEqualTo(listing(rootfs).lines().toList());
    }

    @Test
    void podmanAndBuildahLoadAndSave() throws Exception {
        requireRootAnd("podman");
        require("buildah");
        String engine = " --root " + directory.resolve("containers") + " --runroot " + directory.resolve("run")
                + " --storage-driver vfs ";
        assumeTrue(status("podman" + engine + "info") == 0, "podman does not work here");
        int form = 0;
        for (List<Object> arguments : List.of(
                List.<Object>of("--format", "both"),
                List.<Object>of("--format", "docker"),
                List.<Object>of("--format", "oci", "--compress", "gzip"))) {
            String name = "localhost/form:" + ++form;
            List<Object> all = new ArrayList<>(List.of("small", "--name", name));
            all.addAll(arguments);
            Path saved = save("podman" + form + ".tar", all.toArray());
            run("sh", "-c", "podman" + engine + "load -i " + saved);
            String mounted =
                    run("sh", "-c", "podman" + engine + "image mount " + name).strip();
            // containers/storage makes the root of the tree itself
            assertThat(withoutRoot(listing(Path.of(mounted)))).isEqualTo(withoutRoot(layerfs("tree", "small")));
            run("sh", "-c", "podman" + engine + "image unmount " + name);
        }
        for (String kind : List.of("oci-archive", "docker-archive")) {
            Path byPodman = directory.resolve("by-podman-" + kind);
            run("sh", "-c", "podman" + engine + "save --format " + kind + " -o " + byPodman + " localhost/form:1");
            assertImports(byPodman, "small");
            Path byBuildah = directory.resolve("by-buildah-" + kind);
            run("sh", "-c", "buildah" + engine + "push localhost/form:2 " + kind + ":" + byBuildah + ":x:1");
            assertImports(byBuildah, "small");
        }
    }

    @Test
    void dockerLoadsAndSaves() throws Exception {
        assumeTrue(status("docker info") == 0, "no Docker daemon answers here");
        String name = "layerfs-test:" + ProcessHandle.current().pid();
        try {
            run(
                    "docker",
                    "load",
                    "-i",
                    save("for-docker.tar", "small", "--name", name).toString());
            Path written = directory.resolve("by-docker.tar");
            run("docker", "save", "-o", written.toString(), name);
            assertImports(written, "small");
        } finally {
            status("docker rmi " + name);
        }
    }
}
