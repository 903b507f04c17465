package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What distribution-spec allows a registry to do, and documents that are to be refused, by a registry in this process. */
class ProtocolTest {

    private static final String INDEX = "application/vnd.oci.image.index.v1+json";

    @TempDir
    Path directory;

    private FakeRegistry server;
    private LayerStore store;
    private Registry registry;
    private byte[] layer;
    private Digest diffId;

    @BeforeEach
    void open() throws IOException {
        server = new FakeRegistry();
        store = LayerStore.open(directory.resolve("store"));
        registry = Registry.open(TestImages.QUICK);
        byte[] tar = TestImages.tar(1, 300_000);
        diffId = Digest.sha256(tar);
        layer = TestImages.gzip(tar);
    }

    @AfterEach
    void close() throws IOException {
        registry.close();
        server.close();
        store.close();
    }

    private String layerDescriptor() {
        return TestImages.descriptor(TestImages.GZIP_LAYER, layer);
    }

    private byte[] putImage(String tag, String... layers) {
        byte[] config = TestImages.config(List.of(diffId));
        server.putBlob(config);
        server.putBlob(layer);
        byte[] manifest = TestImages.manifest(config, List.of(layers));
        server.putManifest(tag, TestImages.MANIFEST, manifest);
        return manifest;
    }

    private Image pull(String tag) throws IOException {
        return registry.pull(store, server.reference("r:" + tag), PullOptions.DEFAULT);
    }

    private void assertRefused(String tag, String... words) throws IOException {
        List<String> before = TestImages.listing(store.directory());
        assertThatThrownBy(() -> pull(tag))
                .isInstanceOf(IOException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
        assertThat(TestImages.listing(store.directory())).isEqualTo(before);
    }

    @Test
    void theImageOfAnIndexIsThatForThePlatform() throws IOException {
        byte[] manifest = putImage("one", layerDescriptor());
        byte[] statement = TestImages.bytes("{}");
        String index = "{\"schemaVersion\":2,\"manifests\":["
                + TestImages.descriptor(
                        TestImages.MANIFEST,
                        Digest.sha256(statement),
                        2,
                        ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}")
                + ","
                + TestImages.descriptor(
                        TestImages.MANIFEST,
                        Digest.sha256(manifest),
                        manifest.length,
                        ",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}")
                + "]}";
        server.putManifest("index", INDEX, TestImages.bytes(index));
        PullOptions amd64 = PullOptions.DEFAULT.withPlatform(Platform.parse("linux/amd64"));
        Image image = registry.pull(store, server.reference("r:index"), amd64);
        assertThat(image.digest()).isEqualTo(Digest.sha256(manifest));
        assertThat(image.tags()).containsExactly(server.host() + "/r:index");
        PullOptions arm = PullOptions.DEFAULT.withPlatform(Platform.parse("linux/arm64"));
        assertThatThrownBy(() -> registry.pull(store, server.reference("r:index"), arm))
                .hasMessageContaining("nothing for linux/arm64");
        assertThatThrownBy(() -> registry.pull(store, server.reference("r:one"), arm))
                .hasMessageContaining("made for linux/amd64, not for linux/arm64");
    }

    @Test
    void documentsThatMeanTwoThingsAreRefused() throws IOException {
        String manifest = new String(putImage("good", layerDescriptor()), java.nio.charset.StandardCharsets.UTF_8);
        String inner = manifest.substring(1);
        server.putManifest("both", TestImages.MANIFEST, TestImages.bytes("{\"manifests\":[]," + inner));
        assertRefused("both", "a manifest that has 'manifests'");
        server.putManifest("both", INDEX, TestImages.bytes("{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}"));
        assertRefused("both", "an index that has 'layers'");
        server.putManifest("twice", TestImages.MANIFEST, TestImages.bytes("{\"schemaVersion\":2," + inner));
        assertRefused("twice", "the name 'schemaVersion' is there twice");
        server.putManifest("type", INDEX, TestImages.bytes(manifest));
        assertRefused("type", "says it is " + TestImages.MANIFEST);
        server.putManifest("untyped", "", TestImages.bytes("{\"schemaVersion\":2,\"manifests\":[]}"));
        assertRefused("untyped", "neither its 'mediaType' nor the registry says what it is");
        String old = "application/vnd.docker.distribution.manifest.v1+prettyjws";
        server.putManifest("old", old, TestImages.bytes("{\"schemaVersion\":1}"));
        assertRefused("old", "not an image, but " + old);
        server.putManifest("deep", TestImages.MANIFEST, TestImages.bytes("[".repeat(100) + "]".repeat(100)));
        assertRefused("deep", "manifest sha256:", "64");
    }

    @Test
    void documentsThatAreTooLargeAreRefused() throws IOException {
        server.putManifest("large", TestImages.MANIFEST, new byte[(4 << 20) + 1]);
        assertRefused("large", "r:large: manifest large", "4194304");
        byte[] config = new byte[5 << 20];
        server.putBlob(config);
        server.putManifest("config", TestImages.MANIFEST, TestImages.manifest(config, List.of()));
        assertRefused("config", "blob " + Digest.sha256(config), "a document may have 4194304");
    }

    @Test
    void sizesAndDigestsAreThoseOfTheManifest() throws IOException {
        Digest digest = Digest.sha256(layer);
        putImage("short", TestImages.descriptor(TestImages.GZIP_LAYER, digest, layer.length + 1, ""));
        assertRefused("short", "blob " + digest, "the registry has " + layer.length + " bytes");
        putImage("wrong", TestImages.descriptor(TestImages.GZIP_LAYER, Digest.sha256(new byte[0]), layer.length, ""));
        server.blobs.put(Digest.sha256(new byte[0]).toString(), layer);
        assertRefused("wrong", "the digest of its bytes is " + digest);
        putImage("md5", TestImages.descriptor(TestImages.GZIP_LAYER, Digest.parse("md5:" + "0".repeat(32)), 5, ""));
        server.blobs.put("md5:" + "0".repeat(32), new byte[5]);
        assertRefused("md5", "cannot be verified", "md5");
        byte[] traversal = TestImages.manifest(
                TestImages.config(List.of(diffId)),
                List.of(layerDescriptor().replace(digest.toString(), "sha256:../../../x")));
        server.putManifest("path", TestImages.MANIFEST, traversal);
        assertRefused("path", "not a digest", "sha256:../../../x");
        diffId = Digest.sha256(new byte[1]);
        putImage("swapped", layerDescriptor());
        assertRefused("swapped", "the config's diff id is " + diffId);
        assertThatThrownBy(() -> registry.manifest(
                        server.reference("r@" + server.putManifest("x", TestImages.MANIFEST, new byte[2]))
                                .at(diffId)))
                .isInstanceOf(NoSuchFileException.class);
        server.manifests.put(diffId.toString(), new byte[2]);
        server.types.put(diffId.toString(), TestImages.MANIFEST);
        assertThatThrownBy(() -> registry.manifest(server.reference("r").at(diffId)))
                .hasMessageContaining("not " + diffId + ", as it was asked for");
    }

    @Test
    void addressesOfLayersElsewhereAreNotUsed() throws IOException {
        try (FaultyProxy elsewhere = new FaultyProxy(server.port())) {
            String type = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
            String urls = ",\"urls\":[\"http://" + elsewhere.host() + "/v2/r/blobs/" + Digest.sha256(layer) + "\"]";
            putImage("foreign", TestImages.descriptor(type, Digest.sha256(layer), layer.length, urls));
            server.blobs.remove(Digest.sha256(layer).toString());
            assertRefused("foreign", "blob " + Digest.sha256(layer), "not in the registry");
            assertThat(elsewhere.log()).isEmpty();
        }
    }

    @Test
    void whereRangesAreIgnoredTheBeginningIsReadAgain() throws IOException {
        byte[] manifest = putImage("ranges", layerDescriptor());
        server.ignoresRanges = true;
        try (FaultyProxy proxy = new FaultyProxy(server.port())) {
            proxy.on("GET .*/blobs/" + Digest.sha256(layer), 2, FaultyProxy.truncate(200_000));
            Image image = registry.pull(store, Reference.parse(proxy.host() + "/r:ranges"), PullOptions.DEFAULT);
            assertThat(image.digest()).isEqualTo(Digest.sha256(manifest));
            proxy.on("GET .*/blobs/.*", 1, FaultyProxy.status(206, "Content-Range: bytes 7-9/10"));
            Digest blob = Digest.parse(server.putBlob(new byte[10]));
            assertThatThrownBy(() -> registry.blob(Reference.parse(proxy.host() + "/r"), blob, 10))
                    .hasMessageContaining("status 206");
        }
    }

    @Test
    void cutUploadsGoOnWhereTheyWereCut() throws IOException {
        byte[] blob = new byte[3_000_000];
        new Random(5).nextBytes(blob);
        for (long chunk : List.of(0L, 1_000_000L)) {
            server.blobs.clear();
            try (FaultyProxy proxy = new FaultyProxy(server.port());
                    Registry chunked = Registry.open(TestImages.QUICK.withChunkSize(chunk))) {
                proxy.on("(PUT|PATCH) .*", 1, FaultyProxy.cutRequest(700_000));
                proxy.on("(PUT|PATCH) .*", 1, FaultyProxy.cutRequest(500_000));
                Digest digest = chunked.putBlob(Reference.parse(proxy.host() + "/r"), blob);
                assertThat(server.blobs.get(digest.toString())).isEqualTo(blob);
                assertThat(proxy.count("POST .*")).as("one session").isEqualTo(1);
                assertThat(proxy.count("GET .*/uploads/.*")).isEqualTo(2);
            }
        }
    }

    @Test
    void uploadsThatAreCutBetweenTwoChunksAreNotBegunAnew() throws IOException {
        byte[] blob = new byte[3_000_000];
        new Random(6).nextBytes(blob);
        for (FaultyProxy.Fault cut : List.of(FaultyProxy.hangUp(), FaultyProxy.loseAnswer())) {
            try (FaultyProxy proxy = new FaultyProxy(server.port());
                    Registry chunked = Registry.open(TestImages.QUICK.withChunkSize(500_000))) {
                // the third chunk never arrives, or arrives without the client being told
                proxy.on("PATCH .*", 3, FaultyProxy.after(2, cut));
                Digest digest = chunked.putBlob(Reference.parse(proxy.host() + "/r"), blob);
                assertThat(server.blobs.get(digest.toString())).isEqualTo(blob);
                assertThat(proxy.count("POST .*")).as("one session").isEqualTo(1);
                assertThat(proxy.count("GET .*/uploads/.*"))
                        .as("asked how far it came")
                        .isEqualTo(1);
                assertThat(proxy.uploaded()).as("no byte arrived twice").isEqualTo(blob.length);
            }
            server.blobs.clear();
        }
    }

    @Test
    void chunksAreAsLargeAsTheRegistryWants() throws IOException {
        server.leastChunk = 2_000_000;
        byte[] blob = new byte[3_000_000];
        try (FaultyProxy proxy = new FaultyProxy(server.port());
                Registry chunked = Registry.open(TestImages.QUICK.withChunkSize(1000))) {
            chunked.putBlob(Reference.parse(proxy.host() + "/r"), blob);
            assertThat(proxy.count("PATCH .*")).isEqualTo(2);
            chunked.putBlob(Reference.parse(proxy.host() + "/r"), blob);
            assertThat(proxy.count("PATCH .*")).as("it is there").isEqualTo(2);
        }
        assertThat(registry.putBlob(server.reference("r"), new byte[0])).isEqualTo(Digest.sha256(new byte[0]));
    }

    @Test
    void listsComeInPagesFromOneServer() throws IOException {
        for (int i = 0; i < 7; i++) {
            server.putManifest("t" + i, TestImages.MANIFEST, new byte[] {(byte) i});
        }
        server.pageSize = 3;
        assertThat(registry.tags(server.reference("r"))).containsExactly("t0", "t1", "t2", "t3", "t4", "t5", "t6");
        try (FaultyProxy proxy = new FaultyProxy(server.port())) {
            proxy.on("GET .*", 1, FaultyProxy.headers("Link: <http://127.0.0.1:1/x>; rel=\"next\""));
            assertThatThrownBy(() -> registry.tags(Reference.parse(proxy.host() + "/r")))
                    .hasMessageContaining("the next page is on another server");
        }
    }

    @Test
    void referrersAreTheRegistrysOwnListWhereItHasOne() throws IOException {
        server.listsReferrers = true;
        byte[] manifest = TestImages.bytes(
                "{\"schemaVersion\":2,\"subject\":" + TestImages.descriptor(TestImages.MANIFEST, diffId, 1, "") + "}");
        Digest digest =
                registry.putManifest(server.reference("r").at(Digest.sha256(manifest)), TestImages.MANIFEST, manifest);
        assertThat(registry.referrers(server.reference("r"), diffId, "a/b"))
                .singleElement()
                .isEqualTo(new Referrer(digest, TestImages.MANIFEST, manifest.length, "a/b", java.util.Map.of()));
        assertThat(registry.referrers(server.reference("r"), diffId, "c/d")).isEmpty();
        assertThat(server.manifests).doesNotContainKey("sha256-" + diffId.encoded());
    }

    @Test
    void anExpiredTokenIsReplaced() throws Exception {
        putImage("guarded", layerDescriptor());
        try (TokenServer tokens = TokenServer.start(directory.resolve("tokens"));
                FaultyProxy proxy = new FaultyProxy(server.port())) {
            String challenge = "WWW-Authenticate: Bearer realm=\"" + tokens.realm() + "\" , service=s";
            Reference reference = Reference.parse(proxy.host() + "/r:guarded");
            proxy.on("GET .*/manifests/.*", 1, FaultyProxy.status(401, challenge));
            registry.manifest(reference);
            registry.manifest(reference);
            assertThat(tokens.log()).hasSize(1);
            proxy.on("GET .*/manifests/.*", 1, FaultyProxy.status(401, challenge));
            registry.manifest(reference);
            assertThat(tokens.log()).hasSize(2);
            proxy.on("GET .*/manifests/.*", 2, FaultyProxy.status(401, challenge));
            assertThatThrownBy(() -> registry.manifest(reference)).isInstanceOf(AccessDeniedException.class);
        }
    }

    @Test
    void nothingIsSentUnencryptedOverANetwork() {
        assertThatThrownBy(() -> Transport.requireNotWeaker(
                        java.net.URI.create("https://a.example/v2/"), java.net.URI.create("http://a.example/x")))
                .hasMessageContaining("from https to http");
        assertThat(Origin.isPlain("a.example:5000", java.util.Set.of("a.example")))
                .isTrue();
        assertThat(Origin.isPlain("a.example:5000", java.util.Set.of("a.example:5001")))
                .isFalse();
        assertThat(List.of("localhost:5000", "127.0.0.1", "[::1]:80"))
                .allMatch(h -> Origin.isPlain(h, java.util.Set.of()));
        assertThat(List.of("127.0.0.1.example", "localhost.example:1", "1127.0.0.1"))
                .noneMatch(h -> Origin.isPlain(h, java.util.Set.of()));
    }
}
