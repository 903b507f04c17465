package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What registries do that no specification says, each seen with ECR, GHCR, GitLab, Harbor, Quay, Artifactory, zot, pulp or what
 * lies before one (field-faults, section 2).
 */
class QuirksTest {

    private static final String MANIFEST = "GET .*/manifests/.*";
    private static final String BLOB = "GET .*/blobs/sha256.*";

    @TempDir
    Path directory;

    private FakeRegistry server;
    private FaultyProxy proxy;
    private LayerStore source;
    private LayerStore store;
    private Image image;
    private Reference reference;

    @BeforeEach
    void open() throws IOException {
        server = new FakeRegistry();
        proxy = new FaultyProxy(server.port());
        source = LayerStore.open(directory.resolve("source"));
        store = LayerStore.open(directory.resolve("store"));
        image = TestImages.make(source, directory, 1, 200_000, 5);
        reference = Reference.parse(proxy.host() + "/r:1");
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        server.close();
        source.close();
        store.close();
    }

    private void push(RegistryOptions options) throws IOException {
        try (Registry registry = Registry.open(options)) {
            registry.push(source, image, reference, PushOptions.DEFAULT);
        }
    }

    private void pull() throws IOException {
        try (Registry registry = Registry.open(TestImages.QUICK)) {
            TestImages.assertSound(store, registry.pull(store, reference, PullOptions.DEFAULT), image);
        }
    }

    private void push() throws IOException {
        push(TestImages.QUICK);
    }

    /** Quay answers a manifest with 202, ECR the last piece with 201, pulp each with 204 (pulp_container #2199). */
    @ParameterizedTest
    @CsvSource({
        "PUT .*/manifests/.*, 200",
        "PUT .*/manifests/.*, 202",
        "PUT .*/manifests/.*, 204",
        "PUT .*/blobs/.*, 200",
        "PUT .*/blobs/.*, 204",
        "PATCH .*, 200",
        "PATCH .*, 201",
        "PATCH .*, 204",
        "POST .*, 200",
        "POST .*, 204"
    })
    void anyStatusOfSuccessIsSuccess(String request, int status) throws IOException {
        proxy.on(request, 1000, Quirk.status(status));
        push(TestImages.QUICK.withChunkSize(100_000));
        pull();
        assertThat(proxy.count(request)).isPositive();
    }

    /** Go's servers without a length, and proxies that take it away; those that know HEAD for manifests alone. */
    @ParameterizedTest
    @CsvSource({"200, Content-Length: 0", "405, X: y", "403, X: y", "400, X: y", "401, X: y"})
    void whatHeadAnswersMayBeNothing(int status, String header) throws IOException {
        push();
        server.blobs.clear();
        proxy.on("HEAD .*", 1000, Quirk.status(status, header));
        if (status == 200) {
            try (Registry registry = Registry.open(TestImages.QUICK)) {
                registry.putBlob(reference, new byte[100]);
            }
            assertThat(server.blobs).isEmpty();
        } else {
            push();
            pull();
        }
    }

    /** ECR's is stuck at the first chunk (containers-roadmap #2831), zot's and zuul's are of the last one, or one off. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Range: 0-49999",
                "Range: 0-50000",
                "Range: 0-0",
                "Range: bytes=100000-149999",
                "Range: x",
                "Range"
            })
    void theRangeOfAnUploadIsNotBelieved(String range) throws IOException {
        byte[] blob = new byte[170_000];
        new Random(3).nextBytes(blob);
        proxy.on("PATCH .*", 1000, Quirk.headers(range));
        try (Registry registry = Registry.open(TestImages.QUICK.withChunkSize(50_000))) {
            Digest digest = registry.putBlob(reference, blob);
            assertThat(server.blobs.get(digest.toString())).isEqualTo(blob);
        }
        assertThat(proxy.count("PATCH .*")).isEqualTo(4);
    }

    /** GHCR takes a blob, and knows nothing of its upload when it is asked again (jib #4301). */
    @Test
    void anUploadThatIsForgottenMayHaveSucceeded() throws IOException {
        proxy.on("PUT .*/blobs/.*", 1, FaultyProxy.loseAnswer());
        proxy.on("GET .*/uploads/.*", 1, FaultyProxy.status(404));
        push();
        pull();
    }

    /** distribution-spec #607. */
    @ParameterizedTest
    @CsvSource({"POST .*, 307", "POST .*, 308", "PUT .*/blobs/.*, 307", "PATCH .*, 308", "PUT .*/manifests/.*, 307"})
    void whatWritesIsRedirectedWithItsBodyAndWithoutCredentials(String request, int status) throws IOException {
        try (FaultyProxy other = new FaultyProxy(server.port())) {
            proxy.on("(HEAD|POST) .*", 1, FaultyProxy.status(401, "WWW-Authenticate: Basic realm=x"));
            proxy.on(request, 1000, Quirk.elsewhere(status, other));
            CredentialSource known =
                    CredentialSource.of(proxy.host(), new Credentials.Password("a", "b"), CredentialSource.NONE);
            push(TestImages.QUICK.withCredentials(known).withChunkSize(150_000));
            assertThat(other.log()).isNotEmpty().noneMatch(line -> line.contains("authorized"));
            assertThat(proxy.count(".* authorized")).isPositive();
        }
        pull();
    }

    @Test
    void whatWritesIsNotMadeAReadByARedirect() {
        proxy.on("PUT .*/manifests/.*", 1, FaultyProxy.status(302, "Location: /login"));
        assertThatThrownBy(this::push).hasMessageContaining("/login").hasMessageContaining("302");
    }

    /** As long as the user has said; a minute without that. */
    @Test
    void aRegistryIsComeBackToWhenItSays() throws IOException {
        assertThat(RegistryOptions.DEFAULT.maxWait()).isGreaterThanOrEqualTo(java.time.Duration.ofMinutes(1));
        push();
        proxy.on(MANIFEST, 1, FaultyProxy.status(429, "Retry-After: 1"));
        RegistryOptions patient = TestImages.QUICK.withRetries(1, java.time.Duration.ofSeconds(5));
        long start = System.nanoTime();
        try (Registry registry = Registry.open(patient)) {
            registry.manifest(reference);
        }
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_000_000_000L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|text/plain|no",
                "401|text/plain|no",
                "403|text/plain|no",
                "404|text/plain|no",
                "405|text/plain|no",
                "406|text/plain|no",
                "501|text/plain|no",
                "200|text/html|<html>Welcome</html>",
                "200|application/json|null",
                "200|application/json|{\"errors\":[]}"
            })
    void whoHasNoListOfReferrersSaysSoInManyWays(int status, String type, String body) throws IOException {
        proxy.on("GET .*/referrers/.*", 1000, Quirk.answer(status, type, body));
        Digest subject = Digest.sha256(new byte[] {1});
        try (Registry registry = Registry.open(TestImages.QUICK)) {
            assertThat(registry.referrers(reference, subject, null)).isEmpty();
            byte[] manifest = TestImages.bytes("{\"schemaVersion\":2,\"subject\":"
                    + TestImages.descriptor(TestImages.MANIFEST, subject, 1, "") + "}");
            Digest digest = registry.putManifest(reference.at(Digest.sha256(manifest)), TestImages.MANIFEST, manifest);
            assertThat(registry.referrers(reference, subject, null))
                    .extracting(Referrer::digest)
                    .containsExactly(digest);
        }
    }

    @Test
    void aTagThatIsNoIndexHasNoReferrersAndIsNotOverwritten() throws IOException {
        Digest subject = Digest.sha256(new byte[] {2});
        byte[] other = TestImages.bytes("{\"schemaVersion\":2,\"config\":{},\"layers\":[]}");
        server.putManifest("sha256-" + subject.encoded(), TestImages.MANIFEST, other);
        byte[] manifest = TestImages.bytes(
                "{\"schemaVersion\":2,\"subject\":" + TestImages.descriptor(TestImages.MANIFEST, subject, 1, "") + "}");
        try (Registry registry = Registry.open(TestImages.QUICK)) {
            assertThat(registry.referrers(reference, subject, null)).isEmpty();
            assertThatThrownBy(() ->
                            registry.putManifest(reference.at(Digest.sha256(manifest)), TestImages.MANIFEST, manifest))
                    .isInstanceOf(IOException.class);
        }
        assertThat(server.manifests.get("sha256-" + subject.encoded())).isEqualTo(other);
    }

    @Test
    void requestsHaveTheHeadersThatTheyShould() throws IOException {
        push();
        pull();
        for (List<String> head : proxy.heads()) {
            boolean reads = head.get(0).matches("(GET|HEAD) .*");
            assertThat(head).anyMatch(line -> line.matches("User-Agent: layerfs.*"));
            assertThat(head.stream().anyMatch(line -> line.startsWith("Content-Length:")))
                    .isEqualTo(!reads);
            assertThat(head.contains("Accept-Encoding: identity")).isEqualTo(reads);
            assertThat(head).noneMatch(line -> line.startsWith("Referer:"));
        }
        assertThat(proxy.heads())
                .anyMatch(head -> head.get(0).startsWith("POST") && head.contains("Content-Length: 0"));
    }

    @Test
    void whatIsCompressedAlthoughItWasNotAskedForIsUndone() throws IOException {
        push();
        proxy.on(MANIFEST, 1000, Quirk.gzip());
        pull();
    }

    /** Apache before pulp says so of layers (moby #17595), a mirror of what it has unpacked (docker-registry #369). */
    @Test
    void whatIsSaidToBeCompressedMayBeSoByItself() throws IOException {
        push();
        proxy.on(MANIFEST, 1000, FaultyProxy.headers("Content-Encoding: gzip"));
        proxy.on(BLOB, 1000, FaultyProxy.headers("Content-Encoding: x-gzip"));
        pull();
        byte[] compressed = TestImages.gzip(new byte[100]);
        try (Registry registry = Registry.open(TestImages.QUICK)) {
            Digest digest = registry.putBlob(reference, compressed);
            assertThat(registry.blob(reference, digest, 1000)).isEqualTo(compressed);
        }
    }

    @Test
    void answersNeedNoLength() throws IOException {
        push();
        proxy.on(MANIFEST, 1, Quirk.chunked(100)).on(BLOB, 1, Quirk.chunked(70_000));
        proxy.on(BLOB, 1, Quirk.headers("Content-Length"));
        pull();
        assertThat(proxy.count(BLOB)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b|c{d}\"", "\u00fc", "%zz%", "x^y`<z>", "[1]\\"})
    void aLocationMayHaveOddCharacters(String odd) throws IOException {
        proxy.on("POST .*", 1000, exchange -> {
            FaultyProxy.Answer answer = exchange.fetch();
            String location = answer.head().stream()
                    .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("location:"))
                    .findFirst()
                    .orElseThrow();
            exchange.answer(202, new byte[0], location + "&odd=" + odd);
        });
        push();
        pull();
        assertThat(proxy.log()).anyMatch(line -> line.matches("PUT .*&odd=[!-~]*&digest=.*"));
    }

    @ParameterizedTest
    @ValueSource(ints = {202, 400, 401, 403, 404, 405, 501})
    void whatIsNotTakenOverFromAnotherRepositoryIsSent(int status) throws IOException {
        if (status != 202) {
            proxy.on("POST .*mount=.*", 1000, FaultyProxy.status(status));
        }
        try (Registry registry = Registry.open(TestImages.QUICK)) {
            registry.push(source, image, reference, PushOptions.DEFAULT.withMountFrom(List.of("other", "third")));
        }
        pull();
        assertThat(proxy.count("POST .*mount=.*")).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ignored", "416", "Content-Range: bytes 5-9/10", "Content-Range"})
    void aDownloadGoesOnWhateverBecomesOfRanges(String how) throws IOException {
        push();
        server.ignoresRanges = how.equals("ignored");
        String layer = server.blobs.entrySet().stream()
                .filter(e -> e.getValue().length > 100_000)
                .findFirst()
                .orElseThrow()
                .getKey();
        proxy.on("GET .*" + layer, 1, FaultyProxy.truncate(90_000));
        if (how.equals("416")) {
            proxy.on("GET .*" + layer, 1, FaultyProxy.status(416));
        } else if (how.startsWith("Content-Range")) {
            proxy.on("GET .*" + layer, 1, Quirk.headers(how));
        }
        pull();
        assertThat(proxy.count(".* bytes=[1-9][0-9]*-")).isPositive();
    }

    @Test
    void imagesOfTheFirstSchemaAreSaidToBeSo() {
        for (String type : List.of("v1+json", "v1+prettyjws")) {
            server.putManifest(
                    "old",
                    "application/vnd.docker.distribution.manifest." + type,
                    TestImages.bytes("{\"schemaVersion\":1,\"fsLayers\":[]}"));
            assertThatThrownBy(() -> {
                        try (Registry registry = Registry.open(TestImages.QUICK)) {
                            registry.pull(store, reference.withTag("old"), PullOptions.DEFAULT);
                        }
                    })
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("schema version 1");
        }
    }

    /** containers-registries.conf(5): the first mirror that has the manifest has the image. */
    @Test
    void mirrorsAreAskedFirst() throws IOException {
        push();
        Reference hub = Reference.parse("registry.invalid/r:1");
        RegistryOptions options = TestImages.QUICK.withMirrors(
                "registry.invalid", List.of("127.0.0.1:1", proxy.host() + "/absent", proxy.host()));
        proxy.on("GET .*/absent/.*", 1000, FaultyProxy.status(404));
        try (Registry registry = Registry.open(options)) {
            Image pulled = registry.pull(store, hub, PullOptions.DEFAULT);
            TestImages.assertSound(store, pulled, image);
            assertThat(pulled.tags()).containsExactly("registry.invalid/r:1");
            assertThatThrownBy(() -> registry.pull(store, hub.withTag("none"), PullOptions.DEFAULT))
                    .hasMessageContaining("registry.invalid:443: the host is not known");
            assertThatThrownBy(() -> registry.push(source, image, hub, PushOptions.DEFAULT))
                    .hasMessageContaining("registry.invalid:443: the host is not known");
        }
    }

    @Test
    void plainRegistriesBehindAProxyAreNamedInFull() throws IOException {
        push();
        RegistryOptions options = TestImages.QUICK
                .withPlainHttp(Set.of("registry.invalid"))
                .withProxies(Map.of("http_proxy", "user:p%40ss@" + proxy.host()));
        try (Registry registry = Registry.open(options)) {
            proxy.on(
                    "GET http://registry.invalid/v2/r/manifests/1",
                    1,
                    exchange ->
                            exchange.answer(200, server.manifests.get("1"), "Content-Type: " + TestImages.MANIFEST));
            assertThat(registry.manifest(Reference.parse("registry.invalid/r:1"))
                            .digest())
                    .isEqualTo(image.digest());
        }
        assertThat(proxy.heads().get(proxy.heads().size() - 1))
                .contains("Proxy-Authorization: Basic dXNlcjpwQHNz", "Host: registry.invalid");
    }
}
