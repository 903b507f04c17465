package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.SaveOptions.Format;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images are saved, read back, and saved again; what must not be written is not. */
class SaveTest {

    private static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    private static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
    private static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";

    /** The digest of each archive of {@link #image}, by format, method and level. */
    private static final String GOLDEN = """
            OCI KEEP 0 sha256:cc8d2482a5276fffdabf6299af80125bf0f85acd2fed3c43e30630d550b46d85
            OCI NONE 0 sha256:cc8d2482a5276fffdabf6299af80125bf0f85acd2fed3c43e30630d550b46d85
            OCI ZSTD 3 sha256:728cce5f00568eb010fe8a1182f0b7de65c7063e7d7458d593e005efac74f70d
            DOCKER KEEP 0 sha256:42578928b42a75c8c1fcb3d5f826e8fa8aa21573964ece9f83397900c6744f46
            DOCKER NONE 0 sha256:42578928b42a75c8c1fcb3d5f826e8fa8aa21573964ece9f83397900c6744f46
            DOCKER ZSTD 3 sha256:1f97d436b594a8398ea22b52fc8f2af27f2f35b6b187f1db200949e866d8b212
            BOTH KEEP 0 sha256:9756d7c245b0f3ba3eb21ed3891727b17a5e9e1187163777c62085ce2995f0f5
            BOTH NONE 0 sha256:9756d7c245b0f3ba3eb21ed3891727b17a5e9e1187163777c62085ce2995f0f5
            BOTH ZSTD 3 sha256:cf907fc870392a6eb32dd80821f82c3f96749e897bf8867df65fa4077cc42e3c
            OCI GZIP 6 sha256:3e55fc4ec6d7981c201f120ef5595ae1bc0750b720470ef8bf6620c19fbab1b5
            OCI GZIP 1 sha256:31c9ece5764185477718a698457fbf1ad5542446067d937e57c092369289e508
            DOCKER GZIP 6 sha256:faafc1986b435029ab4daa84156d3218291c08e3eba0730262044b3b84619c3c
            DOCKER GZIP 1 sha256:6e090267e80cf2721fab767f66a8dc2125fb2064ce1164f9d81a7e71e66d7cbb
            BOTH GZIP 6 sha256:a912b1e4be8934348e75d0043ddb3a0d8172542eb3fa3c75581f5613e61764ab
            BOTH GZIP 1 sha256:f5fa0e73cd92c1e13602ae05935e70283f8fd6339d2f84a2063c18297f601cae
            """;

    @TempDir
    Path directory;

    private Path root;
    private LayerStore store;
    private Image image;
    private Path out;

    @BeforeEach
    void make() throws IOException {
        root = directory.resolve("store");
        out = Files.createDirectory(directory.resolve("out"));
        store = LayerStore.open(root);
        Layer base = store.add(LayerStoreTest.changes());
        Layer top = store.add(new ChangesetBuilder()
                .file("srv/text", LayerStoreTest.attributes(0644), text().getBytes(StandardCharsets.US_ASCII))
                .whiteout("etc/motd")
                .build());
        image = named(store.createImage(List.of(base, top, base), Platform.parse("linux/amd64")), "team/app:1");
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private Image named(Image image, String tag) throws IOException {
        store.tag(image, tag);
        return store.image(tag);
    }

    /** Enough for several blocks of gzip. */
    private static String text() {
        Random random = new Random(42);
        StringBuilder text = new StringBuilder();
        while (text.length() < 1_200_000) {
            text.append(Integer.toString(random.nextInt(5000), 36)).append(' ');
        }
        return text.toString();
    }

    private Path save(String name, SaveOptions options) throws IOException {
        Path target = out.resolve(name);
        store.save(image, target, options);
        return target;
    }

    private static SaveOptions options(Format format, LayerCompression compression) {
        return SaveOptions.DEFAULT.withFormat(format).withCompression(compression);
    }

    private static Map<String, byte[]> entries(Path tar) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (TarArchiveInputStream in = new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(tar)))) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                assertThat(entry.getLongUserId()).isZero();
                assertThat(entry.getLastModifiedTime().toMillis()).isZero();
                assertThat(entry.getMode() & 0777).isEqualTo(entry.isDirectory() ? 0755 : 0644);
                entries.put(entry.getName(), in.readAllBytes());
            }
        }
        assertThat(new ArrayList<>(entries.keySet())).isSorted();
        return entries;
    }

    private static Digest digest(Path file) throws IOException {
        return Digest.sha256(Files.readAllBytes(file));
    }

    /** The zlib that the golden digests were made with, and all of zlib's own releases, give these bytes. */
    private static boolean isPlainZlib() {
        Deflater deflater = new Deflater(6, true);
        byte[] input = text().getBytes(StandardCharsets.US_ASCII);
        byte[] compressed = new byte[input.length];
        deflater.setInput(input);
        deflater.finish();
        int length = deflater.deflate(compressed);
        deflater.end();
        return Digest.sha256(Arrays.copyOf(compressed, length)).encoded().startsWith("7719e2ff6221e056");
    }

    private List<String> saveAll(List<LayerCompression> compressions, int threads) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Format format : List.of(Format.OCI, Format.DOCKER, Format.BOTH)) {
            for (LayerCompression compression : compressions) {
                Path tar = save(
                        "all.tar",
                        options(format, compression).withThreads(threads).replacing());
                lines.add(format + " " + compression.method() + " " + compression.level() + " " + digest(tar));
            }
        }
        return lines;
    }

    @Test
    void theSameImageGivesTheSameBytesEverywhere() throws IOException {
        List<String> golden = GOLDEN.lines().toList();
        assertThat(saveAll(List.of(LayerCompression.KEEP, LayerCompression.NONE, LayerCompression.ZSTD), 3))
                .isEqualTo(
                        golden.stream().filter(line -> !line.contains("GZIP")).toList());
        assumeTrue(isPlainZlib(), "the zlib of this JDK compresses in a way of its own");
        assertThat(saveAll(List.of(LayerCompression.GZIP, LayerCompression.gzip(1)), 3))
                .isEqualTo(golden.stream().filter(line -> line.contains("GZIP")).toList());
    }

    @Test
    void theNumberOfThreadsChangesNothing() throws IOException {
        List<LayerCompression> compressions = List.of(LayerCompression.gzip(5), LayerCompression.zstd(2));
        assertThat(saveAll(compressions, 6)).isEqualTo(saveAll(compressions, 1));
    }

    @Test
    void everyFormComesBackAsTheSameImage() throws IOException {
        for (Format format : Format.values()) {
            for (LayerCompression compression : List.of(
                    LayerCompression.KEEP, LayerCompression.NONE, LayerCompression.GZIP, LayerCompression.ZSTD)) {
                String name = format + "-" + compression.method();
                Path saved = save(name, options(format, compression));
                try (LayerStore other = LayerStore.open(directory.resolve("other-" + name))) {
                    Image read = other.importImage(saved, ImportOptions.DEFAULT);
                    assertThat(read.tags()).containsExactly("team/app:1");
                    assertThat(read.config()).isEqualTo(image.config());
                    assertThat(read.diffIds()).isEqualTo(image.diffIds());
                    if (compression.method() == LayerCompression.Method.KEEP && format != Format.DOCKER) {
                        assertThat(read.digest()).isEqualTo(image.digest());
                    }
                    // saved again as it came, it is what it came from
                    if (format != Format.OCI_DIRECTORY) {
                        Path again = out.resolve("again-" + name);
                        other.save(
                                read,
                                again,
                                options(format, format == Format.DOCKER ? compression : LayerCompression.KEEP));
                        assertThat(again).hasSameBinaryContentAs(saved);
                    }
                    assertThat(other.verify(ProgressListener.NONE).findings()).isEmpty();
                }
            }
        }
    }

    @Test
    void oneTarIsBoth() throws IOException {
        Map<String, byte[]> files = entries(save("both.tar", options(Format.BOTH, LayerCompression.GZIP)));
        assertThat(files).containsKeys("oci-layout", "index.json", "manifest.json", "blobs/", "blobs/sha256/");
        String manifest = new String(files.get("manifest.json"), StandardCharsets.US_ASCII);
        assertThat(manifest).contains("\"RepoTags\":[\"team/app:1\"]").contains("\"Config\":\"blobs/sha256/");
        String index = new String(files.get("index.json"), StandardCharsets.US_ASCII);
        assertThat(index)
                .contains("\"io.containerd.image.name\":\"docker.io/team/app:1\"")
                .contains("\"org.opencontainers.image.ref.name\":\"team/app:1\"");
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            if (file.getKey().startsWith("blobs/sha256/") && !file.getKey().endsWith("/")) {
                assertThat(file.getKey())
                        .endsWith(Digest.sha256(file.getValue()).encoded());
            }
        }
    }

    @Test
    void aDockerArchiveHasPlainTarsByTheirDiffIds() throws IOException {
        Map<String, byte[]> files = entries(save("docker.tar", options(Format.DOCKER, LayerCompression.KEEP)));
        for (Digest diffId : image.diffIds()) {
            assertThat(Digest.sha256(files.get(diffId.encoded() + ".tar"))).isEqualTo(diffId);
        }
        assertThat(files.get(image.configDigest().encoded() + ".json")).isEqualTo(image.config());
        assertThat(files).hasSize(4); // two layers, one of them twice in the image
    }

    @Test
    void manifestsThatDoNotNameTheSameFilesArePassedOver() throws IOException {
        Path layout = save("layout", options(Format.OCI_DIRECTORY, LayerCompression.NONE));
        List<String> blobs = image.diffIds().stream()
                .map(id -> "\"blobs/sha256/" + id.encoded() + "\"")
                .toList();
        String head = "[{\"Config\":\"blobs/sha256/" + image.configDigest().encoded()
                + "\",\"RepoTags\":[\"a:1\"],\"Layers\":[";
        Files.writeString(layout.resolve("manifest.json"), head + String.join(",", blobs) + "]}]");
        Digest manifest = image.digest();
        try (LayerStore other = LayerStore.open(directory.resolve("agreeing"))) {
            assertThat(other.importImage(layout, ImportOptions.DEFAULT).digest())
                    .isEqualTo(manifest);
        }
        Path copy = layout.resolve("copy.tar");
        Files.copy(layout.resolve("blobs/sha256/" + image.diffIds().get(0).encoded()), copy);
        Files.writeString(
                layout.resolve("manifest.json"), head + "\"copy.tar\"," + blobs.get(1) + "," + blobs.get(2) + "]}]");
        String tar = Files.readString(copy, StandardCharsets.ISO_8859_1);
        Files.writeString(copy, tar.replace("hello", "hallo"), StandardCharsets.ISO_8859_1);
        try (LayerStore other = LayerStore.open(directory.resolve("differing"))) {
            assertThatThrownBy(() -> other.importImage(layout, ImportOptions.DEFAULT))
                    .isInstanceOf(DigestMismatchException.class)
                    .hasMessageContaining("copy.tar");
        }
        // the order of the layers in the manifest is wrong, as in archives of Docker 25.0.0
        Files.writeString(layout.resolve("manifest.json"), head + String.join(",", blobs) + "]}]");
        replaceManifest(layout, text -> {
            if (!text.contains("\"layers\"")) {
                return text;
            }
            int first = text.indexOf("{\"mediaType\"", text.indexOf("\"layers\""));
            int second = text.indexOf("{\"mediaType\"", first + 1);
            int third = text.indexOf("{\"mediaType\"", second + 1);
            return text.substring(0, first)
                    + text.substring(second, third)
                    + text.substring(first, second)
                    + text.substring(third);
        });
        try (LayerStore other = LayerStore.open(directory.resolve("swapped"))) {
            assertThat(other.importImage(layout, ImportOptions.DEFAULT).diffIds())
                    .isEqualTo(image.diffIds());
        }
    }

    private interface Edit {
        String apply(String text);
    }

    /** Changes the only manifest of a layout, and all that names it. */
    private void replaceManifest(Path layout, Edit edit) throws IOException {
        String index = Files.readString(layout.resolve("index.json"));
        String hex = index.replaceAll("(?s).*sha256:([0-9a-f]{64}).*", "$1");
        byte[] old = Files.readAllBytes(layout.resolve("blobs/sha256/" + hex));
        byte[] changed = edit.apply(new String(old, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        String digest = Digest.sha256(changed).encoded();
        Files.write(layout.resolve("blobs/sha256/" + digest), changed);
        Files.writeString(
                layout.resolve("index.json"),
                edit.apply(index).replace(hex, digest).replace("\"size\":" + old.length, "\"size\":" + changed.length));
    }

    @Test
    void theMediaTypesOfDockerStayThose() throws IOException {
        Path layout = save("layout", options(Format.OCI_DIRECTORY, LayerCompression.GZIP));
        replaceManifest(
                layout,
                text -> text.replace("application/vnd.oci.image.manifest.v1+json", DOCKER_MANIFEST)
                        .replace("application/vnd.oci.image.config.v1+json", DOCKER_CONFIG)
                        .replace("application/vnd.oci.image.layer.v1.tar+gzip", DOCKER_LAYER + ".gzip"));
        Image docker = store.importImage(layout, ImportOptions.DEFAULT.withTag("docker:1"));
        store.save(docker, out.resolve("kept.tar"), options(Format.OCI, LayerCompression.KEEP));
        Map<String, byte[]> kept = entries(out.resolve("kept.tar"));
        assertThat(new String(kept.get("index.json"), StandardCharsets.UTF_8))
                .contains(docker.digest().toString())
                .contains(DOCKER_MANIFEST);
        store.save(docker, out.resolve("plain.tar"), options(Format.OCI, LayerCompression.NONE));
        assertThat(manifest(out.resolve("plain.tar")))
                .contains(DOCKER_MANIFEST)
                .contains(DOCKER_CONFIG)
                .contains("\"" + DOCKER_LAYER + "\"")
                .doesNotContain("vnd.oci.image");
        // Docker has no media type for zstd
        store.save(docker, out.resolve("zstd.tar"), options(Format.OCI, LayerCompression.ZSTD));
        assertThat(manifest(out.resolve("zstd.tar")))
                .contains("application/vnd.oci.image.layer.v1.tar+zstd")
                .doesNotContain("vnd.docker");
        for (String tar : List.of("plain.tar", "zstd.tar")) {
            try (LayerStore other = LayerStore.open(directory.resolve("of-" + tar))) {
                Image read = other.importImage(out.resolve(tar), ImportOptions.DEFAULT);
                assertThat(read.config()).isEqualTo(docker.config());
                assertThat(read.diffIds()).isEqualTo(docker.diffIds());
            }
        }
    }

    private static String manifest(Path tar) throws IOException {
        Map<String, byte[]> files = entries(tar);
        String index = new String(files.get("index.json"), StandardCharsets.UTF_8);
        return new String(
                files.get("blobs/sha256/" + index.replaceAll("(?s).*sha256:([0-9a-f]{64}).*", "$1")),
                StandardCharsets.UTF_8);
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void whatIsDamagedInTheStoreIsNotSaved() throws IOException {
        Path saved = save("gzip.tar", options(Format.OCI, LayerCompression.GZIP));
        Path other = directory.resolve("damaged");
        try (LayerStore damaged = LayerStore.open(other)) {
            Image read = damaged.importImage(saved, ImportOptions.DEFAULT);
            Files.delete(saved);
            List<Path> blobs;
            try (Stream<Path> files = Files.list(other.resolve("blobs/sha256"))) {
                blobs = files.sorted().toList();
            }
            assertThat(blobs).hasSize(6);
            int refused = 0;
            for (Path blob : blobs) {
                byte[] sound = Files.readAllBytes(blob);
                for (byte[] bytes : List.of(flipped(sound), Arrays.copyOf(sound, sound.length - 1))) {
                    Files.write(blob, bytes);
                    for (SaveOptions options : List.of(
                            options(Format.BOTH, LayerCompression.KEEP),
                            options(Format.OCI_DIRECTORY, LayerCompression.NONE),
                            options(Format.DOCKER, LayerCompression.GZIP),
                            options(Format.OCI, LayerCompression.ZSTD))) {
                        try {
                            damaged.save(read, out.resolve("target"), options);
                            io.layerfs.host.Durable.deleteTree(out.resolve("target")); // did not need that blob
                        } catch (DigestMismatchException e) {
                            refused++;
                            assertThat(e.getMessage())
                                    .contains(blob.getFileName().toString());
                        }
                        assertThat(out).isEmptyDirectory();
                        assertThat(LayerStoreTest.unfinished(other)).isEmpty();
                    }
                }
                Files.write(blob, sound);
            }
            // manifest and config are needed by all; a layer as a tar or as it came
            assertThat(refused).isEqualTo(2 * (2 * 4 + 2 * 3 + 2));
        }
    }

    private static byte[] flipped(byte[] sound) {
        byte[] bytes = sound.clone();
        bytes[bytes.length / 2] ^= 4;
        return bytes;
    }

    @Test
    void whatIsThereIsNotReplacedUnlessToldSo() throws IOException {
        Path tar = Files.writeString(out.resolve("a.tar"), "precious");
        assertThatThrownBy(() -> save("a.tar", SaveOptions.DEFAULT)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(tar).hasContent("precious");
        save("a.tar", SaveOptions.DEFAULT.replacing());
        assertThat(Files.size(tar)).isGreaterThan(100_000);
        Path files = Files.createDirectory(out.resolve("dir"));
        Files.writeString(files.resolve("x"), "precious");
        SaveOptions intoDirectory = options(Format.OCI_DIRECTORY, LayerCompression.KEEP);
        for (SaveOptions options : List.of(SaveOptions.DEFAULT.replacing(), intoDirectory.replacing(), intoDirectory)) {
            assertThatThrownBy(() -> save("dir", options)).isInstanceOf(FileAlreadyExistsException.class);
        }
        assertThatThrownBy(() -> store.save(image, root, intoDirectory))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("is a store");
        assertThatThrownBy(() -> save("no/where.tar", SaveOptions.DEFAULT)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> save("a.tar/where.tar", SaveOptions.DEFAULT)).isInstanceOf(FileSystemException.class);
        try (Stream<Path> left = Files.list(out)) {
            assertThat(left).containsExactlyInAnyOrder(tar, files);
        }
    }

    @Test
    void toALayoutImagesAreAdded() throws IOException {
        SaveOptions options = options(Format.OCI_DIRECTORY, LayerCompression.KEEP);
        Path layout = Files.createDirectory(out.resolve("layout"));
        store.save(image, layout, options.withNames(List.of("one", "two")));
        Path index = layout.resolve("index.json");
        Files.writeString(
                index,
                Files.readString(index).replace("\"schemaVersion\":2,", "\"schemaVersion\":2,\"x\":{\"y\":[1]},"));
        List<String> before = LayerStoreTest.listing(layout.resolve("blobs"));
        Image next = store.plus(
                image, store.add(new ChangesetBuilder().whiteout("srv").build()), History.of("more"), "next");
        store.save(next, layout, options.withNames(List.of("two")));
        store.save(next, layout, options.withNames(List.of("two")));
        assertThat(LayerStoreTest.listing(layout.resolve("blobs")))
                .containsAll(before)
                .hasSize(before.size() + 3);
        assertThat(Files.readString(index)).contains("\"x\":{\"y\":[1]}");
        try (LayerStore other = LayerStore.open(directory.resolve("other"))) {
            assertThat(other.importImage(layout, ImportOptions.DEFAULT.withReference("one")))
                    .isEqualTo(image);
            assertThat(other.importImage(layout, ImportOptions.DEFAULT.withReference("two")))
                    .isEqualTo(next);
        }
        flip(root.resolve("blobs/sha256").resolve(image.diffIds().get(1).encoded()), 600);
        Files.delete(
                layout.resolve("blobs/sha256").resolve(image.diffIds().get(1).encoded()));
        List<String> sound = LayerStoreTest.listing(layout);
        assertThatThrownBy(() -> store.save(image, layout, options)).isInstanceOf(DigestMismatchException.class);
        assertThat(LayerStoreTest.listing(layout)).isEqualTo(sound);
    }

    @Test
    void oneArchiveHoldsSeveralImages() throws IOException {
        Layer more = store.add(new ChangesetBuilder().whiteout("srv").build());
        Image next = store.plus(image, more, History.of("more"), "next");
        for (Format format : Format.values()) {
            Path saved = out.resolve(format.toString());
            store.save(List.of(image, next), saved, options(format, LayerCompression.KEEP));
            try (LayerStore other = LayerStore.open(directory.resolve("other-" + format))) {
                boolean docker = format == Format.DOCKER || format == Format.BOTH;
                String name = docker ? "next:latest" : "next";
                Image read = other.importImage(saved, ImportOptions.DEFAULT.withReference(name));
                assertThat(read.configDigest()).isEqualTo(next.configDigest());
                assertThat(read.tags()).containsExactly(name);
                assertThat(other.importImage(saved, ImportOptions.DEFAULT.withReference("team/app:1"))
                                .config())
                        .isEqualTo(image.config());
                assertThatThrownBy(() -> other.importImage(saved, ImportOptions.DEFAULT))
                        .isInstanceOf(MalformedLayerException.class);
            }
        }
        assertThatThrownBy(() ->
                        store.save(List.of(image, next), out.resolve("x"), SaveOptions.DEFAULT.withNames(List.of("a"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.save(List.of(), out.resolve("x"), SaveOptions.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesThatDockerRefusesAreRefused() throws IOException {
        for (String name : List.of("App:1", "a+b", "a/b/C", "app@1", "a:1:2")) {
            SaveOptions options = SaveOptions.DEFAULT.withNames(List.of(name));
            for (Format format : List.of(Format.DOCKER, Format.BOTH)) {
                assertThatThrownBy(() -> save("x.tar", options.withFormat(format)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(name);
            }
            Files.delete(save("x.tar", options.withFormat(Format.OCI)));
        }
        assertThatThrownBy(() -> save("x.tar", SaveOptions.DEFAULT.withNames(List.of("a", "a:latest"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        save("x.tar", options(Format.OCI, LayerCompression.KEEP).withNames(List.of("../x"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(out).isEmptyDirectory();
        for (String name : List.of("app", "localhost:5000/a/b", "r.example/a", "team/app:v1.0")) {
            Files.delete(save("x.tar", SaveOptions.DEFAULT.withNames(List.of(name))));
        }
        store.untag("team/app:1");
        image = store.image(image.digest().toString());
        assertThat(new String(entries(save("x.tar", SaveOptions.DEFAULT)).get("manifest.json"), StandardCharsets.UTF_8))
                .contains("\"RepoTags\":[]");
    }

    @Test
    void anInterruptLeavesNothing() throws IOException {
        for (LayerCompression compression :
                List.of(LayerCompression.KEEP, LayerCompression.GZIP, LayerCompression.ZSTD)) {
            SaveOptions options = options(Format.BOTH, compression)
                    .withListener((what, done, total) -> Thread.currentThread().interrupt());
            assertThatThrownBy(() -> save("x.tar", options)).isInstanceOf(IOException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(out).isEmptyDirectory();
            assertThat(LayerStoreTest.unfinished(root)).isEmpty();
        }
        save("x.tar", SaveOptions.DEFAULT);
    }

    @Test
    void theListenerHearsOfEveryBlob() throws IOException {
        Map<String, Long> heard = new LinkedHashMap<>();
        save("x.tar", SaveOptions.DEFAULT.withListener((what, done, total) -> {
            heard.put(what, done);
            assertThat(done).isLessThanOrEqualTo(total);
        }));
        for (Layer layer : image.layers()) {
            assertThat(heard).containsEntry("blobs/sha256/" + layer.diffId().encoded(), layer.size());
        }
    }
}
