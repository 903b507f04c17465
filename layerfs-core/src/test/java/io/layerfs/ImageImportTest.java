package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Image layouts made by hand: what is chosen from them, and every way in which one is refused. */
class ImageImportTest {

    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

    @TempDir
    Path directory;

    private Path layout;
    private Path root;
    private LayerStore store;
    private byte[] tar;
    private byte[] blob;

    @BeforeEach
    void make() throws IOException {
        layout = Files.createDirectories(directory.resolve("layout"));
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        root = directory.resolve("store");
        store = LayerStore.open(root);
        try (LayerStore other = LayerStore.open(directory.resolve("other"));
                InputStream in = other.add(LayerStoreTest.changes()).openTar()) {
            tar = in.readAllBytes();
        }
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(compressed)) {
            out.write(tar);
        }
        blob = compressed.toByteArray();
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private String put(String algorithm, byte[] bytes) throws IOException {
        try {
            MessageDigest computation = MessageDigest.getInstance(algorithm.equals("sha256") ? "SHA-256" : "SHA-512");
            String hex = HexFormat.of().formatHex(computation.digest(bytes));
            Files.write(
                    Files.createDirectories(layout.resolve("blobs/" + algorithm))
                            .resolve(hex),
                    bytes);
            return algorithm + ":" + hex;
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private String put(String text) throws IOException {
        return put("sha256", text.getBytes(StandardCharsets.UTF_8));
    }

    private static String descriptor(String type, String digest, long size, String more) {
        return String.format("{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}", type, digest, size, more);
    }

    private String config(String architecture, String diffId) {
        return "{\"os\":\"linux\",\"architecture\":\"" + architecture
                + "\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + diffId
                + "\"]},\"unknown\":{\"a\":[1.5,null]}}";
    }

    /** Puts an image there, and gives the descriptor of its manifest. */
    private String image(String config, String layer, String manifestMore, String more) throws IOException {
        String configDigest = put(config);
        String manifest = "{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":"
                + descriptor(CONFIG, configDigest, config.length(), "") + ",\"layers\":[" + layer + "]" + manifestMore
                + "}";
        return descriptor(MANIFEST, put(manifest), manifest.length(), more);
    }

    private String goodImage(String architecture, String more) throws IOException {
        String layer = descriptor(LAYER, put("sha256", blob), blob.length, "");
        return image(config(architecture, Digest.sha256(tar).toString()), layer, "", more);
    }

    private static String platform(String architecture, String variant) {
        return ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture + "\""
                + (variant.isEmpty() ? "" : ",\"variant\":\"" + variant + "\"") + "}";
    }

    private void index(String... manifests) throws IOException {
        Files.writeString(
                layout.resolve("index.json"),
                "{\"schemaVersion\":2,\"manifests\":[" + String.join(",", manifests) + "]}");
    }

    private void assertRefused(String... parts) throws IOException {
        List<String> before = LayerStoreTest.listing(root);
        assertThatThrownBy(() -> store.importImage(layout, ImportOptions.DEFAULT))
                .isInstanceOf(IOException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
        assertThat(LayerStoreTest.listing(root)).isEqualTo(before);
    }

    @Test
    void documentsAndBlobsAreKeptAsTheyCame() throws IOException {
        String config = config("amd64", Digest.sha256(tar).toString());
        index(image(config, descriptor(LAYER, put("sha256", blob), blob.length, ""), "", ""));
        Image image = store.importImage(layout, ImportOptions.DEFAULT.withTag("x"));
        assertThat(image.configDigest()).isEqualTo(Digest.sha256(config.getBytes(StandardCharsets.UTF_8)));
        assertThat(root.resolve("blobs/sha256").resolve(Digest.sha256(blob).encoded()))
                .hasBinaryContent(blob);
        assertThat(root.resolve("blobs/sha256").resolve(Digest.sha256(tar).encoded()))
                .hasBinaryContent(tar);
        List<String> before = LayerStoreTest.listing(root);
        assertThat(store.importImage(layout, ImportOptions.DEFAULT.withTag("x")))
                .isEqualTo(image);
        assertThat(LayerStoreTest.listing(root)).isEqualTo(before);
    }

    /** Field faults, section 1: as containerd ranks what an index and those in it offer. */
    @Test
    void theBestManifestForThePlatformIsTaken() throws IOException {
        String v3 = authored("v3", platform("amd64", "v3"));
        String v2 = authored("v2", platform("amd64", "v2"));
        String none = authored("none", platform("amd64", ""));
        String unsaid = goodImage("s390x", "");
        String other = goodImage("arm64", platform("arm64", ""));
        String left = "{\"schemaVersion\":2,\"manifests\":[" + other + "]}";
        String right = "{\"schemaVersion\":2,\"manifests\":[" + String.join(",", unsaid, v3, v2, none) + "]}";
        String both = "{\"schemaVersion\":2,\"manifests\":[" + descriptor(INDEX, put(left), left.length(), "") + ","
                + descriptor(INDEX, put(right), right.length(), "") + "]}";
        index(descriptor(INDEX, put(both), both.length(), ""));
        for (String wanted : List.of("linux/amd64", "linux/x86_64", "linux/amd64/v2", "linux/aarch64", "linux/s390x")) {
            Image image = store.importImage(layout, ImportOptions.DEFAULT.withPlatform(Platform.parse(wanted)));
            assertThat(image.platform().architecture())
                    .isEqualTo(Platform.parse(wanted).architecture());
        }
        Map<String, String> found =
                Map.of("amd64", "none", "amd64/v1", "none", "amd64/v2", "v2", "amd64/v3", "v3", "amd64/v4", "v3");
        for (Map.Entry<String, String> wanted : found.entrySet()) {
            Platform platform = Platform.parse("linux/" + wanted.getKey());
            Image image = store.importImage(layout, ImportOptions.DEFAULT.withPlatform(platform));
            assertThat(new String(image.config(), StandardCharsets.UTF_8))
                    .contains("\"author\":\"" + wanted.getValue() + "\"");
        }
    }

    private String authored(String author, String more) throws IOException {
        String layer = descriptor(LAYER, put("sha256", blob), blob.length, "");
        String config = config("amd64", Digest.sha256(tar).toString());
        return image(config.replaceFirst("\\{", "{\"author\":\"" + author + "\","), layer, "", more);
    }

    @Test
    void theFirstManifestForThePlatformIsTaken() throws IOException {
        String attestation = goodImage("amd64", ",\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}");
        String arm6 = goodImage("arm", platform("arm", "v6"));
        String arm7 = goodImage("arm", platform("arm", "v7") + ",\"annotations\":{\"which\":\"7\"}");
        String arm64 = goodImage("arm64", platform("arm64", ""));
        String nested =
                "{\"schemaVersion\":2,\"manifests\":[" + String.join(",", attestation, arm6, arm7, arm64) + "]}";
        index(descriptor(INDEX, put(nested), nested.length(), ""));
        for (String wanted : List.of("linux/arm/v6", "linux/arm/v7", "linux/arm64", "linux/arm64/v8")) {
            Image image = store.importImage(layout, ImportOptions.DEFAULT.withPlatform(Platform.parse(wanted)));
            assertThat(Platform.parse(wanted).architecture())
                    .isEqualTo(image.platform().architecture());
        }
        assertThatThrownBy(() ->
                        store.importImage(layout, ImportOptions.DEFAULT.withPlatform(Platform.parse("linux/s390x"))))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("linux/s390x")
                .hasMessageContaining("arm64");
    }

    @Test
    void oneImageOfSeveralIsChosenByName() throws IOException {
        String one = goodImage("amd64", ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"one\"}");
        String two = goodImage("s390x", ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"two\"}");
        index(one, two);
        assertRefused("choose one of", "one", "two");
        assertThat(store.importImage(layout, ImportOptions.DEFAULT.withReference("two"))
                        .platform())
                .hasToString("linux/s390x");
    }

    @Test
    void blobsNamedBySha512AreVerified() throws IOException {
        String layer = descriptor(LAYER, put("sha512", blob), blob.length, "");
        index(image(config("amd64", Digest.sha256(tar).toString()), layer, "", ""));
        store.importImage(layout, ImportOptions.DEFAULT);
        assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
    }

    @Test
    void manifestConfusionIsRefusedCve202141190() throws IOException {
        String layer = descriptor(LAYER, put("sha256", blob), blob.length, "");
        String config = config("amd64", Digest.sha256(tar).toString());
        index(image(config, layer, ",\"manifests\":[]", ""));
        assertRefused("manifests");
        String both = "{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}";
        index(descriptor(INDEX, put(both), both.length(), ""));
        assertRefused("layers");
        String lying = "{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"layers\":[],\"config\":"
                + descriptor(CONFIG, put(config), config.length(), "") + "}";
        index(descriptor(MANIFEST, put(lying), lying.length(), ""));
        assertRefused("says it is");
    }

    @Test
    void digestsThatAreNoFileNamesAreRefusedCve20243727() throws IOException {
        for (String digest :
                List.of("sha256:../../x", "sha256:" + "A".repeat(64), "sha256:ab", "../x:y", "md5:" + "a".repeat(32))) {
            index(descriptor(MANIFEST, digest, 10, ""));
            assertRefused("");
        }
    }

    @Test
    void sizesAndDigestsThatDoNotMatchAreRefused() throws IOException {
        String digest = put("sha256", blob);
        String diffId = Digest.sha256(tar).toString();
        index(image(config("amd64", diffId), descriptor(LAYER, digest, blob.length - 1, ""), "", ""));
        assertRefused(digest.substring(7), "bytes");
        index(image(config("amd64", diffId), descriptor(LAYER, digest, -5, ""), "", ""));
        assertRefused("negative");
        String wrong = "sha256:" + "0".repeat(64);
        index(image(config("amd64", wrong), descriptor(LAYER, digest, blob.length, ""), "", ""));
        assertRefused(diffId, wrong);
        String data = ",\"data\":\"" + Base64.getEncoder().encodeToString(new byte[blob.length]) + "\"";
        index(image(config("amd64", diffId), descriptor(LAYER, digest, blob.length, data), "", ""));
        assertRefused("data");
        byte[] flipped = blob.clone();
        flipped[blob.length / 2] ^= 4;
        Files.write(layout.resolve("blobs/sha256").resolve(digest.substring(7)), flipped);
        index(image(config("amd64", diffId), descriptor(LAYER, digest, blob.length, ""), "", ""));
        assertRefused(digest.substring(7));
        Files.delete(layout.resolve("blobs/sha256").resolve(digest.substring(7)));
        assertRefused(digest.substring(7), "not in it");
    }

    @Test
    void documentsThatAreNotIJsonAreRefused() throws IOException {
        for (String index : List.of(
                "{\"schemaVersion\":2,\"manifests\":[],\"manifests\":[]}",
                "{\"schemaVersion\":2,\"manifests\":null}",
                "{\"schemaVersion\":1,\"manifests\":[]}",
                "{\"schemaVersion\":2,\"manifests\":[]} x",
                "{\"schemaVersion\":2,\"manifests\":" + "[".repeat(100) + "]".repeat(100) + "}",
                "[]",
                "",
                "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":1}]}",
                "{\"a\":\"" + "x".repeat(5 << 20) + "\"}")) {
            Files.writeString(layout.resolve("index.json"), index);
            assertRefused("index.json");
        }
        Files.write(layout.resolve("index.json"), new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
        assertRefused("index.json");
    }

    @Test
    void foreignUrlsAreNotFetchedCve202015157() throws IOException {
        try (java.net.ServerSocket server =
                new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            String urls = ",\"urls\":[\"http://127.0.0.1:" + server.getLocalPort() + "/layer\"]";
            String layer = descriptor(LAYER, Digest.sha256(blob).toString(), blob.length, urls);
            index(image(config("amd64", Digest.sha256(tar).toString()), layer, "", ""));
            assertRefused("not in it");
            server.setSoTimeout(1);
            assertThatThrownBy(server::accept).isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }
}
