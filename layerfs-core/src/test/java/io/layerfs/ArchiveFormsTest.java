package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives as other tools write them: what they are, and which image is in them (field faults, section 1). */
class ArchiveFormsTest {

    @TempDir
    Path directory;

    private LayerStore store;
    private byte[] tar;
    private Digest diffId;
    private String config;

    @BeforeEach
    void make() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        try (LayerStore other = LayerStore.open(directory.resolve("other"));
                InputStream in = other.add(LayerStoreTest.changes()).openTar()) {
            tar = in.readAllBytes();
        }
        diffId = Digest.sha256(tar);
        config = Archives.config("amd64", List.of(diffId));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private Image take(byte[] archive) throws IOException {
        return take(archive, ImportOptions.DEFAULT);
    }

    private Image take(byte[] archive, ImportOptions options) throws IOException {
        return store.importImage(Files.write(directory.resolve("archive"), archive), options);
    }

    private Image take(Archives archive, ImportOptions options) throws IOException {
        return take(archive.tar(""), options);
    }

    private static ImportOptions on(String platform) {
        return ImportOptions.DEFAULT.withPlatform(Platform.parse(platform));
    }

    private void assertRefused(Archives archive, ImportOptions options, String... words) {
        assertThatThrownBy(() -> take(archive, options))
                .isInstanceOf(MalformedLayerException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
    }

    /** As docker saves it before version 25; crane, kaniko and Bazel have such names, too. */
    private Archives docker(String configName, String layerName, String keys) {
        String[] key = keys.split(",", -1);
        return new Archives()
                .put(configName, config)
                .put("manifest.json", """
                        [{"%s":"%s","%s":["app:1"],"%s":["%s"]}]""".formatted(key[0], configName, key[1], key[2], layerName))
                .putBytes(layerName, tar);
    }

    private Archives docker() {
        String id = Digest.sha256(Archives.bytes(config)).encoded();
        return docker("sha256:" + id, "a.tar", "Config,RepoTags,Layers");
    }

    private Archives layout() throws IOException {
        Archives archive = new Archives();
        String layer = archive.blob(Archives.LAYER, Archives.gzip(tar, 6), "");
        return archive.layout(archive.image(config, List.of(layer), Archives.named(Archives.REF_NAME, "app:1")));
    }

    private void assertImage(Image image) throws IOException {
        assertThat(image.configDigest()).isEqualTo(Digest.sha256(Archives.bytes(config)));
        assertThat(image.diffIds()).containsExactly(diffId);
        assertThat(image.tags()).contains("app:1");
    }

    /** The archive's own names, and more than the import looks at before it reads a layer. */
    private static Archives afterMany(Archives archive) {
        Archives many = archive;
        for (String first : List.of("VERSION", "config.json", "any/name", "é", "0123", "oci-layout.txt")) {
            for (int i = 0; i < 5; i++) {
                many = many.startingWith(first + i);
            }
        }
        return many;
    }

    @Test
    void whatAnArchiveIsIsToldByWhatItHoldsNotByItsFirstName() throws IOException {
        for (Archives made : List.of(docker(), layout())) {
            for (String first : made.files.keySet()) {
                assertImage(take(made.startingWith(first).tar("")));
            }
            for (String first : List.of("VERSION", "config.json", "a", "blob")) {
                assertImage(take(made.startingWith(first).tar("")));
            }
            for (String prefix : List.of("./", "/")) {
                assertImage(take(made.tar(prefix)));
                assertImage(take(made.reversed().tar(prefix)));
            }
            for (Archives.Pack pack : Archives.Pack.values()) {
                assertImage(take(pack.of(made.tar(""))));
                assertImage(take(pack.of(afterMany(made).tar("./"))));
            }
        }
        assertThat(store.images()).hasSize(2);
    }

    @Test
    void aDirectoryIsToldByTheSameRule() throws IOException {
        Path unpacked = docker().writeTo(directory.resolve("unpacked"));
        assertImage(store.importImage(unpacked, ImportOptions.DEFAULT));
        assertImage(store.importImage(layout().writeTo(directory.resolve("layout")), ImportOptions.DEFAULT));
        Files.delete(unpacked.resolve("a.tar"));
        assertThatThrownBy(() -> store.importImage(unpacked, ImportOptions.DEFAULT))
                .hasMessageContaining("names 'a.tar', which is not in ");
    }

    @Test
    void aRootFileSystemWithFilesOfThoseNamesIsALayer() throws IOException {
        List<String> manifests = List.of(
                "{\"name\":\"an application\",\"icons\":[]}",
                "[]",
                "[\"config\",\"layers\"]",
                "[{\"Config\":\"a\",\"Layers\":[\"b\"]}]",
                "[{\"config\":{},\"layers\":[\"etc/passwd\"]}]",
                "[{\"name\":\"x\"}]",
                "[ // a comment",
                "no JSON");
        for (String manifest : manifests) {
            Archives root = new Archives()
                    .put("manifest.json", manifest)
                    .put("etc/passwd", "root")
                    .put("repositories", "{\"a\":{\"b\":\"c\"}}")
                    .put("oci-layout", "of the house\n")
                    .put("version", "1");
            byte[] layer = root.tar("./");
            for (Archives.Pack pack : List.of(Archives.Pack.NONE, Archives.Pack.GZIP)) {
                assertThat(take(pack.of(layer)).diffIds()).as(manifest).containsExactly(Digest.sha256(layer));
            }
        }
    }

    @Test
    void whatIsMeantForAnArchiveAndIsBrokenIsRefused() {
        Archives broken = docker().put("manifest.json", "[{\"Config\":\"a.tar\",\"Layers\":[\"a.tar\"}]");
        assertRefused(broken, ImportOptions.DEFAULT, "manifest.json: line 1, column", "not JSON");
        assertRefused(
                docker().put("manifest.json", "[{\"Config\":\"a.tar\",\"config\":\"b\",\"Layers\":[]}]"),
                ImportOptions.DEFAULT,
                "manifest.json at /0: 'config' is there twice, in two spellings");
        assertRefused(
                new Archives()
                        .put("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
                        .put("blobs/sha256/a", ""),
                ImportOptions.DEFAULT,
                "'index.json' is not in it");
        for (String version : List.of("2.0.0", "0.9", "10.0.0")) {
            assertRefused(
                    new Archives().layout().put("oci-layout", "{\"imageLayoutVersion\":\"" + version + "\"}"),
                    ImportOptions.DEFAULT,
                    "an image layout of version " + version + "; 1.x can be read");
        }
    }

    @Test
    void otherFormsAreRefusedByName() throws IOException {
        String id = "0".repeat(64);
        Archives old = new Archives()
                .put(id + "/VERSION", "1.0")
                .put(id + "/json", "{\"id\":\"" + id + "\"}")
                .put(id + "/layer.tar", "")
                .put("repositories", "{\"app\":{\"1\":\"" + id + "\"}}");
        assertRefused(old, ImportOptions.DEFAULT, "what docker save wrote before Docker 1.10");
        assertRefused(afterMany(old), ImportOptions.DEFAULT, "what docker save wrote before Docker 1.10");
        Archives dir = new Archives()
                .put("version", "Directory Transport Version: 1.1\n")
                .put("manifest.json", "{\"schemaVersion\":2}")
                .put(id, "");
        assertRefused(dir, ImportOptions.DEFAULT, "the form 'dir:' of skopeo");
    }

    @Test
    void dockersDocumentsAreReadAsGoReadsThem() throws IOException {
        for (String keys : List.of("config,repoTags,layers", "Config,RepoTags,Layers", "CONFIG,repotags,lAyErS")) {
            assertImage(take(docker("config.json", "b.tar", keys), ImportOptions.DEFAULT));
        }
        String plain = config;
        config = plain.replace("architecture", "Architecture")
                .replace("\"os\"", "\"OS\"")
                .replace("rootfs", "RootFS");
        assertImage(take(docker(), ImportOptions.DEFAULT));
        assertThat(store.view(store.image("app:1"))).isNotNull();
        config = Archives.config("amd64", List.of());
        Archives empty = docker().put("manifest.json", "[{\"config\":\"a.json\",\"RepoTags\":null,\"Layers\":null}]");
        Image image = take(empty.put("a.json", config), ImportOptions.DEFAULT);
        assertThat(image.diffIds()).isEmpty();
        assertThat(image.tags()).isEmpty();
    }

    @Test
    void namesOfTheOcisDocumentsAreAsTheSpecificationHasThem() throws IOException {
        Archives archive = layout();
        String index = new String(archive.files.get("index.json"), java.nio.charset.StandardCharsets.UTF_8);
        assertRefused(
                archive.put("index.json", index.replace("manifests", "Manifests")), ImportOptions.DEFAULT, "no image");
        assertRefused(
                archive.put("index.json", "{\"schemaVersion\":2,\"manifests\":null}"),
                ImportOptions.DEFAULT,
                "no image for linux/amd64 among []");
        assertRefused(archive.put("index.json", "{\"schemaVersion\":2}"), ImportOptions.DEFAULT, "among []");
    }

    @Test
    void nullAndAbsentListsAreEmpty() throws IOException {
        for (String layers : List.of(",\"layers\":null", "", ",\"layers\":[]")) {
            for (String rootfs : List.of(
                    ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null}", ",\"rootfs\":{}", "", ",\"rootfs\":null")) {
                Archives archive = new Archives();
                String configIs = archive.blob(
                        Archives.CONFIG, "{\"architecture\":\"arm64\",\"os\":\"linux\"" + rootfs + "}", "");
                String manifest = "{\"schemaVersion\":2,\"config\":" + configIs + layers + "}";
                archive.layout(archive.blob(Archives.MANIFEST, manifest, ""));
                Image image = take(archive, ImportOptions.DEFAULT);
                assertThat(image.digest()).isEqualTo(Digest.sha256(Archives.bytes(manifest)));
                assertThat(image.diffIds()).isEmpty();
                assertThat(store.view(image).list(store.view(image).root())).isExhausted();
            }
        }
        assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
    }

    /** Section 2: as moby takes them (moby#22378), and Docker's defaults. */
    @Test
    void oddConfigsOfOldPushersAreTaken() throws IOException {
        Digest before = null;
        for (String type : List.of("application/octet-stream", "application/json", "text/html", "")) {
            Archives archive = new Archives();
            String layer = archive.blob(Archives.LAYER, Archives.gzip(tar, 6), "");
            String odd = "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + diffId + "\"]}}";
            String configIs = archive.blob(type, odd, "");
            archive.layout(archive.blob(
                    Archives.MANIFEST,
                    "{\"schemaVersion\":2,\"config\":" + configIs + ",\"layers\":[" + layer + "]}",
                    Archives.named(Archives.REF_NAME, "odd")));
            Image image = take(archive, ImportOptions.DEFAULT);
            assertThat(image.platform()).isEqualTo(Platform.host());
            assertThat(image.digest()).isNotEqualTo(before);
            before = image.digest();
            store.gc(GcOptions.DEFAULT);
            assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
            Path saved = directory.resolve("saved" + type.length());
            store.save(image, saved, SaveOptions.DEFAULT);
            assertThat(store.importImage(saved, ImportOptions.DEFAULT).digest()).isEqualTo(image.digest());
        }
        Archives artifact = new Archives();
        String configIs = artifact.blob("application/vnd.oci.empty.v1+json", "{}", "");
        artifact.layout(artifact.blob(
                Archives.MANIFEST, "{\"schemaVersion\":2,\"config\":" + configIs + ",\"layers\":[]}", ""));
        assertRefused(artifact, ImportOptions.DEFAULT, "not a container image", "application/vnd.oci.empty.v1+json");
    }

    private String imageFor(Archives archive, String architecture, String more) throws IOException {
        String layer = archive.blob(Archives.LAYER, Archives.gzip(tar, 6), "");
        return archive.image(Archives.config(architecture, List.of(diffId)), List.of(layer), more);
    }

    private static Digest digestIn(String descriptor) {
        return Digest.parse(descriptor.replaceFirst(".*\"digest\":\"([^\"]*)\".*", "$1"));
    }

    /** As containerd exports it, and Docker with its store. */
    @Test
    void anIndexInALayoutIsFollowedAndTheManifestStaysThatCame() throws IOException {
        Archives archive = new Archives();
        String amd64 = imageFor(archive, "amd64", Archives.platform("amd64"));
        String arm64 = imageFor(archive, "arm64", Archives.platform("arm64"));
        Archives elsewhere = new Archives();
        String s390x = imageFor(elsewhere, "s390x", Archives.platform("s390x"));
        String names = ",\"annotations\":{\"io.containerd.image.name\":\"docker.io/library/app:1\",\""
                + Archives.REF_NAME + "\":\"1\"}";
        archive.layout(archive.index(List.of(s390x, amd64, arm64), names));
        String id = Digest.sha256(Archives.bytes(config)).encoded();
        String layer = Digest.sha256(Archives.gzip(tar, 6)).encoded();
        archive.put(
                "manifest.json",
                "[{\"Config\":\"blobs/sha256/" + id + "\",\"RepoTags\":[\"app:1\"],\"Layers\":[\"blobs/sha256/" + layer
                        + "\"]}]");
        Image image = take(archive, ImportOptions.DEFAULT);
        assertThat(image.digest()).isEqualTo(digestIn(amd64));
        assertThat(image.tags()).containsExactly("app:1");
        Image other = take(archive, on("linux/arm64"));
        assertThat(other.digest()).isEqualTo(digestIn(arm64));
        assertThat(other.tags()).containsExactly("app:1");
        assertRefused(archive, on("linux/s390x"), "for linux/amd64, not for linux/s390x");
        for (String reference : List.of("app:1", "docker.io/library/app:1")) {
            assertThat(take(archive, on("linux/arm64").withReference(reference)).digest())
                    .isEqualTo(digestIn(arm64));
            assertThat(take(archive, ImportOptions.DEFAULT.withReference(reference))
                            .digest())
                    .isEqualTo(digestIn(amd64));
        }
        archive.files.remove("manifest.json");
        assertThat(take(archive, ImportOptions.DEFAULT).digest()).isEqualTo(digestIn(amd64));
        assertThat(take(archive, on("linux/arm64")).digest()).isEqualTo(digestIn(arm64));
        assertRefused(archive, on("linux/s390x"), "linux/s390x, which is not there", "linux/arm64");
        archive.files.remove("blobs/sha256/" + digestIn(amd64).encoded());
        assertThat(take(archive, ImportOptions.DEFAULT).digest()).isEqualTo(digestIn(arm64));
        assertRefused(archive, on("linux/amd64"), "linux/amd64, which is not there");
    }

    @Test
    void oneNameOfSeveralPlatformsIsChosenByPlatform() throws IOException {
        Archives archive = new Archives().putBytes("l.tar", tar);
        StringBuilder entries = new StringBuilder();
        for (String architecture : List.of("arm64", "amd64", "s390x")) {
            archive.put(architecture + ".json", Archives.config(architecture, List.of(diffId)));
            entries.append(entries.isEmpty() ? "[" : ",")
                    .append("{\"Config\":\"")
                    .append(architecture)
                    .append(".json\",\"RepoTags\":[\"app:1\"],\"Layers\":[\"l.tar\"]}");
        }
        archive.put("manifest.json", entries + "]");
        assertThat(take(archive, ImportOptions.DEFAULT).platform()).isEqualTo(Platform.host());
        assertThat(take(archive, on("linux/s390x")).platform().architecture()).isEqualTo("s390x");
        assertThat(take(archive, on("linux/arm64").withReference("docker.io/library/app:1"))
                        .platform()
                        .architecture())
                .isEqualTo("arm64");
        assertRefused(archive, on("linux/riscv64"), "nothing for linux/riscv64 among [linux/arm64, linux/amd64,");
    }

    @Test
    void everyBlobIsReadAndKeptHoweverManyHoldOneTar() throws IOException {
        Archives archive = new Archives();
        List<String> layers = List.of(
                archive.blob(Archives.LAYER, Archives.gzip(tar, 1), ""),
                archive.blob(Archives.LAYER, Archives.gzip(tar, 9), ""),
                archive.blob(Archives.LAYER.replace("gzip", "zstd"), Archives.Pack.ZSTD.of(tar), ""),
                archive.blob(Archives.LAYER.replace("+gzip", ""), tar, ""));
        String thrice = Archives.config("amd64", List.of(diffId, diffId, diffId, diffId));
        String manifest = archive.image(thrice, layers, Archives.named(Archives.REF_NAME, "app:1"));
        archive.layout(manifest);
        Image image = take(archive, ImportOptions.DEFAULT);
        assertThat(image.digest()).isEqualTo(digestIn(manifest));
        store.gc(GcOptions.DEFAULT);
        for (String layer : layers) {
            assertThat(directory.resolve("store/blobs/sha256/" + digestIn(layer).encoded()))
                    .exists();
        }
        assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
        Path saved = directory.resolve("saved");
        store.save(image, saved, SaveOptions.DEFAULT);
        try (LayerStore again = LayerStore.open(directory.resolve("again"))) {
            assertThat(again.importImage(saved, ImportOptions.DEFAULT).digest()).isEqualTo(image.digest());
        }
    }

    /** Section 2: layouts that share blobs have links to them, and names may be there twice. */
    @Test
    void blobsMayBeLinksWithinTheLayout() throws IOException {
        Archives archive = new Archives();
        String layer = archive.blob(Archives.LAYER, Archives.gzip(tar, 6), "");
        String name = ",\"annotations\":{\"io.containerd.image.name\":\"docker.io/library/app:1\",\""
                + Archives.REF_NAME + "\":\"1\"}";
        String manifest = archive.image(config, List.of(layer), name + Archives.platform("arm64"));
        archive.layout(manifest, manifest);
        Path layout = archive.writeTo(directory.resolve("layout"));
        Path blobs = layout.resolve("blobs/sha256");
        String hex = digestIn(layer).encoded();
        Files.createDirectory(layout.resolve("shared"));
        Files.move(blobs.resolve(hex), layout.resolve("shared/" + hex));
        Files.createSymbolicLink(blobs.resolve(hex), Path.of("../../shared/" + hex));
        Image image = store.importImage(layout, ImportOptions.DEFAULT);
        assertThat(image.digest()).isEqualTo(digestIn(manifest));
        assertThat(image.tags()).containsExactly("docker.io/library/app:1");
        Files.move(layout.resolve("shared/" + hex), directory.resolve(hex));
        for (String outside : List.of("../../../" + hex, directory.resolve(hex).toString(), hex)) {
            Files.delete(blobs.resolve(hex));
            Files.createSymbolicLink(blobs.resolve(hex), Path.of(outside));
            assertThatThrownBy(() -> store.importImage(layout, ImportOptions.DEFAULT))
                    .hasMessageContaining("blob sha256:" + hex + " is not in it");
        }
        String index = Files.readString(directory.resolve("store/index.json"));
        String entry = index.substring(index.indexOf("[{") + 1, index.indexOf("}]") + 1);
        Files.writeString(directory.resolve("store/index.json"), index.replace(entry, entry + "," + entry));
        assertThat(store.image("docker.io/library/app:1").digest()).isEqualTo(image.digest());
        assertThat(store.images()).hasSize(1);
        assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
    }

    @Test
    void garbageInASecondBlobOfATarIsFound() throws IOException {
        byte[] garbage = Archives.gzip(Archives.bytes("garbage"), 6);
        Archives archive = new Archives();
        String good = archive.blob(Archives.LAYER, Archives.gzip(tar, 1), "");
        String bad = archive.blob(Archives.LAYER, garbage, "");
        String twice = Archives.config("amd64", List.of(diffId, diffId));
        archive.layout(archive.image(twice, List.of(good, bad), ""));
        assertThatThrownBy(() -> take(archive, ImportOptions.DEFAULT)).isInstanceOf(IOException.class);
        Archives docker = docker();
        docker.put("sha256:" + Digest.sha256(Archives.bytes(twice)).encoded(), twice)
                .putBytes("b.tar.gz", garbage)
                .put(
                        "manifest.json",
                        "[{\"Config\":\"sha256:"
                                + Digest.sha256(Archives.bytes(twice)).encoded()
                                + "\",\"Layers\":[\"a.tar\",\"b.tar.gz\"]}]");
        assertThatThrownBy(() -> take(docker, ImportOptions.DEFAULT)).isInstanceOf(IOException.class);
        assertThat(store.images()).isEmpty();
    }
}
