package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.SaveOptions.Format;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images are saved, read back, and saved again; what must not be written is not. */
class SaveTest extends SavedImage {

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

    private static String manifest(Path tar) throws IOException {
        Map<String, byte[]> files = entries(tar);
        String index = new String(files.get("index.json"), StandardCharsets.UTF_8);
        return new String(
                files.get("blobs/sha256/" + index.replaceAll("(?s).*sha256:([0-9a-f]{64}).*", "$1")),
                StandardCharsets.UTF_8);
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

    /** What a save that was killed leaves beside its target goes with the next (red team, "low"). */
    @Test
    void whatAKilledSaveLeftGoesWithTheNext(@TempDir Path place) throws IOException {
        Path left = Files.createDirectory(place.resolve(".layerfs-" + java.util.UUID.randomUUID()));
        Files.createFile(left.resolve("lock"));
        Files.createFile(left.resolve("1"));
        Path own = Files.createDirectory(place.resolve(".layerfs-mine"));
        try (LayerStore store = LayerStore.open(place.resolve("store"))) {
            Image image = store.createImage(
                    List.of(store.add(new io.layerfs.ChangesetBuilder().build())), Platform.parse("linux/amd64"));
            store.save(List.of(image), place.resolve("x".repeat(250)), SaveOptions.DEFAULT);
        }
        assertThat(left).doesNotExist();
        assertThat(own).exists();
        try (java.util.stream.Stream<Path> all = Files.list(place)) {
            assertThat(all).hasSize(3);
        }
    }
}
