package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's docker-registry behind TLS, with a certificate that an authority made by openssl has signed. */
class TlsTest {

    private static final int HANDSHAKE = 22;

    @TempDir
    static Path shared;

    private static TestCertificates certificates;
    private static DockerRegistry server;

    @TempDir
    Path directory;

    private LayerStore store;
    private LayerStore other;
    private Tunnel tunnel;

    @BeforeAll
    static void start() throws Exception {
        certificates = TestCertificates.make(shared.resolve("certificates"));
        server = DockerRegistry.withTls(shared.resolve("registry"), certificates);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void open() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        other = LayerStore.open(directory.resolve("other"));
        tunnel = new Tunnel(server.port());
    }

    @AfterEach
    void close() throws IOException {
        tunnel.close();
        store.close();
        other.close();
    }

    private static Registry trusting(Path authorities) throws IOException {
        return Registry.open(TestImages.QUICK.withAuthorities(authorities));
    }

    private Reference reference(String host, String name) {
        return Reference.parse(host + ":" + tunnel.port() + "/" + name);
    }

    private void assertOnlyEncrypted() {
        assertThat(tunnel.firstBytes()).isNotEmpty().containsOnly(HANDSHAKE);
    }

    @Test
    void imagesGoAndComeEncrypted() throws IOException {
        Image image = TestImages.make(store, directory, 2, 300_000, 1);
        Reference reference = reference("127.0.0.1", "app:1");
        try (Registry registry = trusting(certificates.authority())) {
            registry.push(store, image, reference, PushOptions.DEFAULT);
            TestImages.assertSound(other, registry.pull(other, reference, PullOptions.DEFAULT), image);
        }
        assertOnlyEncrypted();
    }

    @Test
    void whatIsCutInAHandshakeOrALayerIsGoneOnWith() throws IOException {
        Image image = TestImages.make(store, directory, 1, 3_000_000, 2);
        Reference reference = reference("127.0.0.1", "cut:1");
        try (Registry registry = trusting(certificates.authority())) {
            tunnel.cut(3, 100); // of four tries
            registry.push(store, image, reference, PushOptions.DEFAULT);
            assertThat(tunnel.cutsLeft()).as("in handshakes").isZero();
            tunnel.cut(2, 1_000_000);
            TestImages.assertSound(other, registry.pull(other, reference, PullOptions.DEFAULT), image);
            assertThat(tunnel.cutsLeft()).as("in the layer").isZero();
        }
        assertOnlyEncrypted();
    }

    private void assertRefused(Registry registry, Reference reference, String reason) {
        assertThatThrownBy(() -> registry.pull(other, reference, PullOptions.DEFAULT))
                .isInstanceOf(SSLPeerUnverifiedException.class)
                .hasMessageStartingWith(reference.registry() + ": the certificate that it shows is refused: ")
                .hasMessageContaining(reason);
        assertThat(tunnel.firstBytes()).as("once, and never plain").containsExactly(HANDSHAKE);
    }

    @Test
    void aCertificateOfAnUnknownAuthorityIsRefused() throws Exception {
        TestCertificates unrelated = TestCertificates.make(directory.resolve("unrelated"));
        try (Registry registry = trusting(unrelated.authority())) {
            assertRefused(registry, reference("127.0.0.1", "app:1"), "PKIX path");
        }
    }

    /** Section 2, custom authorities; section 5, which certificate and why. */
    @Test
    void directoriesOfCertificatesAreAsDockerHasThem() throws Exception {
        Path certs = directory.resolve("certs.d");
        RegistryOptions options =
                TestImages.QUICK.withCertificateDirectories(List.of(directory.resolve("absent"), certs));
        Origin origin = Origin.of(java.net.URI.create("https://127.0.0.1:" + tunnel.port()));
        // what speaks plain on this machine is asked by TLS here, below the rule that says so
        try (Transport transport = new Transport(options)) {
            Request request = Request.get(java.net.URI.create(origin + "/v2/"));
            assertThatThrownBy(() -> transport.send(request))
                    .isInstanceOf(SSLPeerUnverifiedException.class)
                    .hasMessageContaining("PKIX path")
                    .hasMessageContaining("signed by CN=");
        }
        Path own = Files.createDirectories(certs.resolve("127.0.0.1:" + tunnel.port()));
        Files.copy(certificates.authority(), own.resolve("ca.crt"));
        Files.copy(certificates.certificate(), own.resolve("client.cert"));
        Files.copy(certificates.key(), own.resolve("client.key"));
        try (Transport transport = new Transport(options);
                Response response = transport.send(Request.get(java.net.URI.create(origin + "/v2/")))) {
            assertThat(response.status()).isEqualTo(200);
        }
        Files.writeString(own.resolve("client.key"), "none");
        try (Transport transport = new Transport(options)) {
            assertThatThrownBy(() -> transport.send(Request.get(java.net.URI.create(origin + "/v2/"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("client.key");
        }
    }

    @Test
    void aCertificateForAnotherHostIsRefused() throws IOException {
        try (Registry registry = trusting(certificates.authority())) {
            assertRefused(registry, reference("localhost", "app:1"), "No name matching localhost found");
        }
    }

    @Test
    void whatIsToldToBePlainIsPlain() throws IOException {
        Reference reference = reference("127.0.0.1", "app:1");
        RegistryOptions told = TestImages.QUICK
                .withAuthorities(certificates.authority())
                .withPlainHttp(Set.of("127.0.0.1:" + tunnel.port()));
        for (RegistryOptions options : List.of(told, TestImages.QUICK)) {
            try (Registry registry = Registry.open(options)) {
                assertThatThrownBy(() -> registry.pull(other, reference, PullOptions.DEFAULT))
                        .isInstanceOf(RegistryException.class)
                        .hasMessageContaining("status 400");
            }
        }
        assertThat(tunnel.firstBytes()).containsExactly((int) 'G', (int) 'G');
    }

    @Test
    void whatDoesNotSpeakTlsIsNotSpokenToPlain() throws IOException {
        try (DockerRegistry plain = DockerRegistry.start(directory.resolve("plain"));
                Tunnel watched = new Tunnel(plain.port());
                Registry registry = trusting(certificates.authority())) {
            Reference reference = Reference.parse("127.0.0.1:" + watched.port() + "/app:1");
            assertThatThrownBy(() -> registry.pull(other, reference, PullOptions.DEFAULT))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining("https://" + reference.registry())
                    .hasMessageContaining("SSL");
            assertThat(watched.firstBytes()).containsExactly(HANDSHAKE);
        }
    }

    @Test
    void authoritiesAreAddedToThoseOfTheJvm() throws Exception {
        KeyStore trusted = Authorities.trusted(Authorities.parse(certificates.authority()));
        int own = 0;
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        for (TrustManager manager : factory.getTrustManagers()) {
            own += ((X509TrustManager) manager).getAcceptedIssuers().length;
        }
        assertThat(trusted.size()).isEqualTo(1 + own);
    }

    @Test
    void aFileWithoutCertificatesIsSaidToBe() throws IOException {
        assertThatThrownBy(() -> RegistryOptions.DEFAULT.withAuthorities(directory.resolve("none")))
                .isInstanceOf(NoSuchFileException.class);
        Path empty = Files.writeString(directory.resolve("empty.pem"), "nothing");
        assertThatThrownBy(() -> RegistryOptions.DEFAULT.withAuthorities(empty))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(empty.toString());
        Path broken = Files.writeString(
                directory.resolve("broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertThatThrownBy(() -> RegistryOptions.DEFAULT.withAuthorities(broken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(broken.toString());
    }
}
