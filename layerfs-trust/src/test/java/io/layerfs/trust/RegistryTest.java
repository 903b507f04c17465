package io.layerfs.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.UntrustedImageException;
import io.layerfs.Xattrs;
import io.layerfs.registry.CredentialSource;
import io.layerfs.registry.PullOptions;
import io.layerfs.registry.PushOptions;
import io.layerfs.registry.Reference;
import io.layerfs.registry.Registry;
import io.layerfs.registry.RegistryOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures in Debian's docker-registry: what goes there, what comes from there, and what a pull refuses. */
class RegistryTest {

    private static final String INDEX = "application/vnd.oci.image.index.v1+json";

    @TempDir
    private static Path shared;

    private static Process server;
    private static String host;

    @TempDir
    Path directory;

    private LayerStore store;
    private LayerStore other;
    private Registry registry;
    private Image image;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            host = "127.0.0.1:" + socket.getLocalPort();
        }
        Path config = shared.resolve("config.yml");
        Files.writeString(
                config,
                "version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: '" + shared.resolve("data")
                        + "'}}\nhttp: {addr: '" + host + "', secret: of-a-test}\n");
        try {
            server = new ProcessBuilder("docker-registry", "serve", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(shared.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "docker-registry is not installed");
        }
        for (int i = 0; i < 200 && !listens(); i++) {
            Thread.sleep(50);
        }
        assertThat(listens()).as(Files.readString(shared.resolve("log"))).isTrue();
    }

    private static boolean listens() {
        try (Socket socket = new Socket()) {
            int port = Integer.parseInt(host.substring(host.indexOf(':') + 1));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (server != null) {
            server.destroyForcibly();
            assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @BeforeEach
    void open() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        other = LayerStore.open(directory.resolve("other"));
        registry = Registry.open(RegistryOptions.DEFAULT.withCredentials(CredentialSource.NONE));
        Attributes attributes = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
        byte[] content = directory.toString().getBytes(StandardCharsets.UTF_8); // another image in each test
        image = store.createImage(
                List.of(store.add(new ChangesetBuilder()
                        .file("etc/name", attributes, content)
                        .build())),
                Platform.host());
    }

    @AfterEach
    void close() throws IOException {
        registry.close();
        store.close();
        other.close();
    }

    private static Reference reference(String name) {
        return Reference.parse(host + "/" + name);
    }

    private static TrustPolicy by(VerificationKey key) {
        return TrustPolicy.of(List.of(TrustRule.of(host + "/**").signedBy(key)), warning -> {
            throw new AssertionError(warning);
        });
    }

    private void assertRefused(Reference reference, TrustPolicy policy, String reason) throws IOException {
        List<String> before = listing(other.directory());
        ProgressListener none = (what, done, size) -> {
            throw new AssertionError("asked for " + what);
        };
        PullOptions options = PullOptions.DEFAULT.withPolicy(policy).withListener(none);
        assertThatThrownBy(() -> registry.pull(other, reference, options))
                .isInstanceOf(UntrustedImageException.class)
                .hasMessageContaining("image " + reference + " (")
                .hasMessageContaining(reason);
        assertThat(listing(other.directory())).isEqualTo(before);
    }

    private static List<String> listing(Path root) throws IOException {
        List<String> lines = new ArrayList<>();
        Path holds = root.resolve("layerfs/holds"); // in which this process says what it needs
        try (var files = Files.walk(root)) {
            for (Path file : files.filter(f -> Files.isRegularFile(f) && !f.startsWith(holds))
                    .sorted()
                    .toList()) {
                lines.add(root.relativize(file) + " " + Digest.sha256(Files.readAllBytes(file)));
            }
        }
        return lines;
    }

    @Test
    void signaturesGoAndComeWithTheImage() throws IOException {
        Reference reference = reference("team/app:1");
        registry.push(store, image, reference, PushOptions.DEFAULT.withSignatures());
        assertRefused(reference, by(Keys.ALICE.publicKey()), "it has no signature");
        for (SigningKey key : List.of(Keys.ALICE, Keys.BOB)) {
            Signer.of(key).sign(store, image, reference.toString(), Map.of());
            registry.push(store, image, reference, PushOptions.DEFAULT.withSignatures());
        }
        assertThat(registry.signatures(reference)).hasSize(2);
        assertThat(registry.tags(reference)).contains("sha256-" + image.digest().encoded() + ".sig");
        assertRefused(reference, by(Keys.CAROL.publicKey()), "not made by carol");
        TrustPolicy bob = by(Keys.BOB.publicKey());
        Image pulled = registry.pull(other, reference, PullOptions.DEFAULT.withPolicy(bob));
        assertThat(pulled.digest()).isEqualTo(image.digest());
        assertThat(other.signatures(pulled)).hasSize(2);
        other.admit(pulled, bob);
        assertThat(other.verify(ProgressListener.NONE).findings()).isEmpty();
        assertThat(registry.referrers(reference, image.digest(), null)).isNotEmpty();
    }

    @Test
    void bothNamesAreAskedAbout() throws IOException {
        Reference reference = reference("team/renamed:1");
        registry.push(store, image, reference, PushOptions.DEFAULT);
        TrustRule local = TrustRule.of("mine").mode(TrustRule.Mode.ACCEPT);
        TrustPolicy policy = TrustPolicy.of(List.of(local), warning -> {});
        PullOptions options = PullOptions.DEFAULT.withTag("mine:1").withPolicy(policy);
        assertThatThrownBy(() -> registry.pull(other, reference, options))
                .isInstanceOf(UntrustedImageException.class)
                .hasMessageContaining("image " + reference + " (")
                .hasMessageContaining("no rule of the policy is for it");
    }

    @Test
    void anImageIsSignedWhereItLies() throws IOException {
        Reference reference = reference("team/there:1");
        registry.push(store, image, reference, PushOptions.DEFAULT);
        Signer signer = Signer.of(Keys.CAROL);
        for (int i = 0; i < 2; i++) {
            registry.addSignature(
                    reference,
                    signer.sign(image.digest(), reference.toString(), Map.of("round", "" + i)),
                    known -> signer.isOwn(known, reference.toString()));
        }
        TrustPolicy policy = by(Keys.CAROL.publicKey());
        Image pulled = registry.pull(other, reference, PullOptions.DEFAULT.withPolicy(policy));
        assertThat(other.signatures(pulled))
                .anyMatch(s -> new String(s.payload(), StandardCharsets.UTF_8).contains("\"round\":\"1\""));
    }

    @Test
    void aSignatureOfAnIndexIsOneOfItsImages() throws IOException {
        Reference plain = reference("team/multi:plain");
        registry.push(store, image, plain, PushOptions.DEFAULT);
        byte[] manifest = registry.manifest(plain).bytes();
        byte[] index = ("{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":[{\"mediaType\":\""
                        + "application/vnd.oci.image.manifest.v1+json\",\"digest\":\"" + image.digest() + "\",\"size\":"
                        + manifest.length + "}]}")
                .getBytes(StandardCharsets.UTF_8);
        Reference multi = reference("team/multi:1");
        Digest digest = registry.putManifest(multi, INDEX, index);
        TrustPolicy policy = by(Keys.ALICE.publicKey());
        assertRefused(multi, policy, "it has no signature");
        registry.addSignature(multi, Signer.of(Keys.ALICE).sign(digest, multi.toString(), Map.of()), known -> false);
        assertRefused(plain, policy, "it has no signature");
        Image pulled = registry.pull(other, multi, PullOptions.DEFAULT.withPolicy(policy));
        assertThat(pulled.digest()).isEqualTo(image.digest());
        other.admit(pulled, policy);
        assertThatThrownBy(() -> other.admit(pulled, by(Keys.BOB.publicKey())))
                .isInstanceOf(UntrustedImageException.class);
        assertThat(other.verify(ProgressListener.NONE).findings()).isEmpty();
        registry.push(other, pulled, reference("team/moved:1"), PushOptions.DEFAULT.withSignatures());
        assertThat(registry.signatures(reference("team/moved:1"))).isEmpty();
    }
}
