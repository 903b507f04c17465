package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.layerfs.DigestMismatchException;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.oci.Json;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * docker-registry behind a proxy that spoils what passes: there is the right content, or an error that says what of, in time;
 * never a wrong blob in the store, and nothing at all of what failed.
 */
class FaultsTest {

    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final RegistryOptions IMPATIENT =
            TestImages.QUICK.withTimeouts(Duration.ofSeconds(2), Duration.ofMillis(700));
    private static final String BLOB = "GET .*/blobs/sha256.*";
    private static final String MANIFEST = "GET .*/manifests/.*";

    @TempDir
    static Path shared;

    private static DockerRegistry server;
    private static LayerStore source;
    private static Image image;

    @TempDir
    Path directory;

    private FaultyProxy proxy;
    private LayerStore store;
    private Reference reference;
    private RegistryOptions options = TestImages.QUICK;

    @BeforeAll
    static void pushAnImage() throws IOException {
        server = DockerRegistry.start(shared.resolve("registry"));
        source = LayerStore.open(shared.resolve("source"));
        image = TestImages.make(source, shared, 3, 400_000, 77);
        try (Registry registry = Registry.open(TestImages.QUICK)) {
            registry.push(source, image, Reference.parse(server.host() + "/app:1"), PushOptions.DEFAULT);
        }
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
        if (source != null) {
            source.close();
        }
    }

    @BeforeEach
    void open() throws IOException {
        proxy = new FaultyProxy(server.port());
        store = LayerStore.open(directory.resolve("store"));
        reference = Reference.parse(proxy.host() + "/app:1");
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        store.close();
    }

    private Image pull() throws IOException {
        return assertTimeoutPreemptively(LIMIT, () -> {
            try (Registry registry = Registry.open(options)) {
                return registry.pull(store, reference, PullOptions.DEFAULT);
            }
        });
    }

    /** The digest of a layer as it is in the registry. */
    private static String layer() throws IOException {
        byte[] manifest = Files.readAllBytes(source.directory()
                .resolve("blobs/sha256")
                .resolve(image.digest().encoded()));
        return Json.parse("manifest", manifest).objects("layers").get(0).requireString("digest");
    }

    private void assertRight() throws IOException {
        TestImages.assertSound(store, pull(), image);
    }

    private void assertRefused(Class<? extends IOException> type, String... words) throws IOException {
        List<String> before = TestImages.listing(store.directory());
        assertThatThrownBy(this::pull)
                .isInstanceOf(type)
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
        assertThat(TestImages.listing(store.directory())).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1000, 399_999})
    void truncatedBodiesAreGoneOnWith(long at) throws IOException {
        proxy.on(BLOB, 2, FaultyProxy.truncate(at)).on(MANIFEST, 1, FaultyProxy.truncate(10));
        assertRight();
        if (at == 399_999) {
            assertThat(proxy.count(".* bytes=[1-9][0-9]*-")).as("by range").isPositive();
        }
    }

    @Test
    void stalledBodiesAndAnswersAreGivenUpAndAskedForAgain() throws IOException {
        options = IMPATIENT;
        proxy.on(BLOB, 1, proxy.stall(5000)).on(MANIFEST, 1, proxy.silence()).on(BLOB, 1, proxy.silence());
        assertRight();
    }

    @Test
    void whatDripsHasStalled() throws IOException {
        options = IMPATIENT;
        proxy.on(BLOB, 100, proxy.drip());
        assertRefused(IOException.class, reference + ": blob sha256:", "stalled", "tried 4 times");
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504})
    void whatMayPassIsTriedAgain(int status) throws IOException {
        proxy.on(MANIFEST, 1, FaultyProxy.status(status, "Retry-After: 0")).on(BLOB, 2, FaultyProxy.status(status));
        assertRight();
    }

    @Test
    void retryAfterIsWaitedForUnlessItIsLong() throws IOException {
        proxy.on(MANIFEST, 1, FaultyProxy.status(429, "Retry-After: 3600"));
        assertRefused(RegistryException.class, reference + ": manifest 1", "429", "3600 s");
        assertThat(proxy.count(MANIFEST)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 418})
    void whatIsRefusedIsNotTriedAgain(int status) throws IOException {
        proxy.on(MANIFEST, 1, FaultyProxy.status(status));
        assertRefused(IOException.class, reference + ": manifest 1", Integer.toString(status));
        assertThat(proxy.count(MANIFEST)).isEqualTo(1);
    }

    @Test
    void whatStaysBrokenFailsInTheEnd() throws IOException {
        String layer = layer();
        proxy.on("GET .*" + layer, 1, FaultyProxy.status(403));
        assertRefused(AccessDeniedException.class, reference + ": blob " + layer);
        proxy.on("GET .*" + layer, 1000, FaultyProxy.status(502));
        assertRefused(RegistryException.class, reference + ": blob " + layer, "status 502", "tried 4 times");
        proxy.on(BLOB, 1000, FaultyProxy.status(500));
        assertRefused(RegistryException.class, reference + ": blob sha256:", "status 500", "tried 4 times");
        proxy.on(MANIFEST, 1000, FaultyProxy.hangUp());
        assertRefused(IOException.class, reference + ": manifest 1", "tried 4 times");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 40, 200_000, 400_000})
    void aWrongBitIsNoticed(long at) throws IOException {
        proxy.on(BLOB, 1000, FaultyProxy.flip(at));
        assertRefused(IOException.class, reference + ": blob sha256:");
    }

    @Test
    void aWrongBitInAManifestIsNoticed() throws IOException {
        proxy.on(MANIFEST, 1000, FaultyProxy.flip(30));
        assertRefused(IOException.class, reference + ": manifest 1");
    }

    @Test
    void lyingHeadersAreErrors() throws IOException {
        String other = "sha256:" + "0".repeat(64);
        proxy.on(MANIFEST, 1, FaultyProxy.headers("Docker-Content-Digest: " + other));
        assertRefused(DigestMismatchException.class, reference + ": manifest 1", other, "Docker-Content-Digest");
        proxy.on(MANIFEST, 1, FaultyProxy.headers("Docker-Content-Digest: ../../x"));
        assertRefused(RegistryException.class, "Docker-Content-Digest");
        proxy.on(MANIFEST, 1, FaultyProxy.headers("Content-Length: 99999999"));
        assertRefused(IOException.class, reference + ": manifest 1", "99999999");
        proxy.on(BLOB, 1000, FaultyProxy.headers("Content-Length: 5"));
        assertRefused(DigestMismatchException.class, reference + ": blob sha256:", "has 5 bytes");
        proxy.on(MANIFEST, 1, FaultyProxy.headers("Content-Type: application/vnd.oci.image.index.v1+json"));
        assertRefused(IOException.class, "says it is", "manifest.v1+json");
    }

    @Test
    void redirectsAreFollowedWithoutCredentials() throws IOException {
        try (FaultyProxy elsewhere = new FaultyProxy(server.port())) {
            proxy.on("GET /v2/app/manifests/1", 1, FaultyProxy.status(401, "WWW-Authenticate: Basic realm=\"x, y\""))
                    .on(
                            BLOB,
                            1000,
                            exchange -> exchange.answer(
                                    307,
                                    new byte[0],
                                    "Location: http://" + elsewhere.host()
                                            + exchange.line().substring(4)));
            CredentialSource known =
                    CredentialSource.of(proxy.host(), new Credentials.Password("a", "b"), CredentialSource.NONE);
            try (Registry registry = Registry.open(TestImages.QUICK.withCredentials(known))) {
                TestImages.assertSound(store, registry.pull(store, reference, PullOptions.DEFAULT), image);
            }
            assertThat(proxy.count(MANIFEST + " authorized")).isPositive();
            assertThat(elsewhere.log()).isNotEmpty().noneMatch(line -> line.contains("authorized"));
        }
    }

    @Test
    void redirectsOverTheNetworkWithoutEncryptionAndLoopsAreRefused() throws IOException {
        proxy.on(MANIFEST, 1, FaultyProxy.status(302, "Location: http://registry.invalid/x"));
        assertRefused(RegistryException.class, "plain http", "registry.invalid");
        proxy.on(MANIFEST, 1, FaultyProxy.status(302, "Location: file:///etc/passwd"));
        assertRefused(RegistryException.class, "file:///etc/passwd");
        proxy.on(MANIFEST, 1000, FaultyProxy.status(302, "Location: /v2/app/manifests/1"));
        assertRefused(RegistryException.class, "redirected more than");
    }

    @Test
    void challengesThatCannotBeMetAreSaid() throws IOException {
        proxy.on(MANIFEST, 1, FaultyProxy.status(401, "WWW-Authenticate: Negotiate abc=="));
        assertRefused(AccessDeniedException.class, reference.toString());
        proxy.on(MANIFEST, 1, FaultyProxy.status(401, "WWW-Authenticate: Bearer realm=\"http://auth.invalid/t\""));
        assertRefused(RegistryException.class, "plain http", "auth.invalid");
        proxy.on(MANIFEST, 1, FaultyProxy.status(401, "WWW-Authenticate: Basic realm=x"));
        assertRefused(AccessDeniedException.class, proxy.host(), "none are known");
    }

    private void push(long chunk) {
        assertTimeoutPreemptively(LIMIT, () -> {
            Reference target = Reference.parse(proxy.host() + "/pushed/x" + System.nanoTime() + ":1");
            try (Registry registry = Registry.open(options.withChunkSize(chunk))) {
                registry.push(source, image, target, PushOptions.DEFAULT);
                TestImages.assertSound(store, registry.pull(store, target, PullOptions.DEFAULT), image);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 100_000})
    void uploadsThatAreCutArrive(long chunk) {
        proxy.on("(PUT .*/blobs|PATCH) .*", 1, FaultyProxy.cutRequest(50_000))
                .on("PUT .*/blobs/.*", 1, FaultyProxy.cutRequest(150_000))
                .on("PATCH .*", 1, FaultyProxy.cutRequest(70_000))
                .on("PATCH .*", 1, FaultyProxy.hangUp())
                .on("POST .*", 1, FaultyProxy.status(503))
                .on("PUT .*/blobs/.*", 1, FaultyProxy.loseAnswer())
                .on("PUT .*/manifests/.*", 1, FaultyProxy.loseAnswer())
                .on("HEAD .*", 1, FaultyProxy.status(429, "Retry-After: 0"));
        push(chunk);
    }

    @Test
    void uploadsThatStallAreGivenUpAndDoneAgain() {
        options = IMPATIENT;
        proxy.on("PUT .*/blobs/.*", 1, proxy.silence()).on("PUT .*/manifests/.*", 1, proxy.silence());
        push(0);
    }

    @Test
    void uploadsThatAreRefusedFail() throws IOException {
        proxy.on("PUT .*/blobs/.*", 1000, FaultyProxy.status(403));
        Reference target = Reference.parse(proxy.host() + "/refused:1");
        try (Registry registry = Registry.open(TestImages.QUICK)) {
            assertThatThrownBy(() -> registry.push(source, image, target, PushOptions.DEFAULT))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining(target + ": blob sha256:");
            proxy.on("POST .*", 1000, FaultyProxy.status(502));
            assertThatThrownBy(() -> registry.push(source, image, target, PushOptions.DEFAULT))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining(target + ": blob sha256:")
                    .hasMessageContaining("502");
            assertThat(proxy.count("PUT .*/manifests/.*")).isZero();
        }
    }
}
