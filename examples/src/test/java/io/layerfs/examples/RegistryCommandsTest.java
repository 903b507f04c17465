package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import io.layerfs.trust.SigningKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pull} and {@code push} with Debian's docker-registry, which wants the password of {@code alice}. */
class RegistryCommandsTest {

    private static final String CERTIFICATE = """
        -----BEGIN CERTIFICATE-----
        MIIBbzCCARWgAwIBAgIUcCfO65rFhJedvgcq6lDelTZ8pacwCgYIKoZIzj0EAwIw
        DDEKMAgGA1UEAwwBYTAgFw0yNjExMjUxOTUyMzVaGA8yMTI2MTEwMTE5NTIzNVow
        DDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNplqd6wAmcl
        /ymglQ3uAKarBT+489Qk2Tl6WujtYw3R6vmUcfz+RAYmN7I78ibn4+0dhr/BXsYT
        YCfrlrtnlzijUzBRMB0GA1UdDgQWBBTlQ/GVvbvUdfs8qmFxg8mb4tbU1jAfBgNV
        HSMEGDAWgBTlQ/GVvbvUdfs8qmFxg8mb4tbU1jAPBgNVHRMBAf8EBTADAQH/MAoG
        CCqGSM49BAMCA0gAMEUCIEiCGxryLVnfMhFIc4Ut70cd1seEDeLTKkaNC+23hXsI
        AiEAlhiUHiI8oHWXfV9mpApmUzNVxyNpjqIHCdNMyfAmQJ8=
        -----END CERTIFICATE-----
        """;

    @TempDir
    private static Path directory;

    private static Path store;
    private static Process server;
    private static String host;
    private static Image image;

    @BeforeAll
    static void start() throws Exception {
        store = directory.resolve("store");
        try (LayerStore layers = LayerStore.open(store)) {
            Attributes attributes = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
            byte[] text = "hello\n".getBytes(StandardCharsets.UTF_8);
            image = layers.createImage(
                    List.of(layers.add(new ChangesetBuilder()
                            .file("etc/motd", attributes, text)
                            .build())),
                    Platform.host());
            layers.tag(image, "app:1");
        }
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        host = "127.0.0.1:" + port;
        Path passwords = directory.resolve("htpasswd");
        Path config = Files.writeString(
                directory.resolve("config.yml"), """
                    version: 0.1
                    log: {level: error, accesslog: {disabled: true}}
                    storage: {filesystem: {rootdirectory: '%s'}}
                    http: {addr: '%s'}
                    auth: {htpasswd: {realm: test, path: '%s'}}
                    """.formatted(directory.resolve("data"), host, passwords));
        try {
            Process made = new ProcessBuilder("htpasswd", "-Bbn", "alice", "secret")
                    .redirectOutput(passwords.toFile())
                    .start();
            assertThat(made.waitFor()).isZero();
            server = new ProcessBuilder("docker-registry", "serve", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "docker-registry or htpasswd is not installed");
        }
        awaitListening(port);
    }

    private static void awaitListening(int port) throws Exception {
        for (int i = 0; i < 200; i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(socket.isConnected()).isTrue();
                return;
            } catch (IOException e) {
                Thread.sleep(50);
            }
        }
        throw new AssertionError(Files.readString(directory.resolve("log")));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.destroyForcibly();
        }
    }

    private static Run run(String password, Object... arguments) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream((password + "\n").getBytes(StandardCharsets.UTF_8)));
        try {
            return Run.layerfs(arguments);
        } finally {
            System.setIn(before);
        }
    }

    private static Run with(Path where, String command, String password, Object... arguments) {
        List<Object> all = new java.util.ArrayList<>(
                List.of("--store", where, command, "--username", "alice", "--password-stdin"));
        all.addAll(List.of(arguments));
        return run(password, all.toArray());
    }

    @Test
    void anImageGoesAndComesAndIsKnownByItsReference() {
        String reference = host + "/team/app:1";
        Run pushed = with(store, "push", "secret", "app:1", reference);
        assertThat(pushed.exitCode()).as(pushed.err()).isZero();
        assertThat(pushed.text()).isEqualTo(image.digest() + "\n");
        Path other = directory.resolve("other");
        Run pulled = with(other, "pull", "secret", reference);
        assertThat(pulled.exitCode()).as(pulled.err()).isZero();
        assertThat(pulled.text()).isEqualTo(pushed.text());
        assertThat(Run.layerfs("--store", other, "cat", reference, "/etc/motd").text())
                .isEqualTo("hello\n");
        Run tagged = with(other, "pull", "secret", reference, "--tag", "library/x:latest", "--json");
        assertThat(tagged.exitCode()).as(tagged.err()).isZero();
        assertThat(Run.layerfs("--store", other, "tag", reference, "docker.io/library/x:latest")
                        .exitCode())
                .isZero();
        assertThat(Run.layerfs("--store", other, "cat", "x", "/etc/motd").text())
                .as("a pulled image is known by what people write")
                .isEqualTo("hello\n");
    }

    @Test
    void layersAreCompressedAnewOnTheirWay() {
        String reference = host + "/team/smaller:1";
        Run pushed = with(store, "push", "secret", "app:1", reference, "--compress", "gzip", "--level", "9");
        assertThat(pushed.exitCode()).as(pushed.err()).isZero();
        assertThat(pushed.text())
                .startsWith("sha256:")
                .doesNotContain(image.digest().toString());
        Path other = directory.resolve("smaller");
        assertThat(with(other, "pull", "secret", reference).text()).isEqualTo(pushed.text());
        assertThat(with(store, "push", "secret", "app:1", reference, "--compress", "gzip", "--level", "10")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void withAuthoritiesThisMachineIsSpokenToEncrypted() throws Exception {
        Run none = with(store, "push", "secret", "app:1", host + "/app:1", "--ca", directory.resolve("none.pem"));
        assertThat(none.exitCode()).isEqualTo(3);
        assertThat(none.err()).contains("none.pem");
        Path authorities = Files.writeString(directory.resolve("ca.pem"), CERTIFICATE);
        Run plain = with(store, "pull", "secret", host + "/app:1", "--ca", authorities);
        assertThat(plain.exitCode()).isEqualTo(1);
        assertThat(plain.err()).contains("https://" + host);
    }

    @Test
    void pullsObeyAPolicy() throws Exception {
        Path key = directory.resolve("key.pem");
        String pkcs8 = Base64.getEncoder()
                .encodeToString(KeyPairGenerator.getInstance("Ed25519")
                        .generateKeyPair()
                        .getPrivate()
                        .getEncoded());
        Files.writeString(key, "-----BEGIN PRIVATE KEY-----\n" + pkcs8 + "\n-----END PRIVATE KEY-----\n");
        Files.writeString(
                directory.resolve("key.pub"),
                SigningKey.read(key, null).publicKey().toPem());
        Path policy = Files.writeString(
                directory.resolve("policy.json"),
                "{\"version\":1,\"keys\":{\"k\":\"key.pub\"},\"rules\":[{\"match\":\"**\",\"keys\":[\"k\"]}]}");
        String reference = host + "/team/signed:1";
        Path other = directory.resolve("signed");
        assertThat(with(store, "push", "secret", "app:1", reference).exitCode()).isZero();
        Run refused = with(other, "pull", "secret", reference, "--policy", policy);
        assertThat(refused.exitCode()).as(refused.err()).isEqualTo(5);
        assertThat(refused.err()).contains("image " + reference, "it has no signature");
        Run signed = Run.layerfs("--store", store, "sign", "app:1", "--key", key, "--identity", reference);
        assertThat(signed.exitCode()).as(signed.err()).isZero();
        Run pushed = with(store, "push", "secret", "app:1", reference, "--signatures");
        assertThat(pushed.exitCode()).as(pushed.err()).isZero();
        Run pulled = with(other, "pull", "secret", reference, "--policy", policy);
        assertThat(pulled.exitCode()).as(pulled.err()).isZero();
        Run verified = Run.layerfs("--store", other, "verify-signature", reference, "--policy", policy);
        assertThat(verified.exitCode()).as(verified.err()).isZero();
    }

    @Test
    void mirrorsAreNamedByRegistry() {
        for (String wrong :
                new String[] {"mirror.example", "=mirror.example", "docker.io=", "registry.invalid=UP PER"}) {
            Run run = Run.layerfs("--store", store, "pull", "registry.invalid/x:1", "--mirror", wrong);
            assertThat(run.exitCode()).as(wrong + run.err()).isEqualTo(2);
        }
        Run none = Run.layerfs(
                "--store", store, "pull", "registry.invalid/x:1", "--mirror", "registry.invalid=127.0.0.1:1");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.err()).contains("registry.invalid:443: the host is not known");
    }

    @Test
    void failuresHaveTheirExitCodes() {
        Run wrong = with(store, "push", "wrong", "app:1", host + "/app:1");
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.err()).contains(host, "access is denied");
        Run absent = with(store, "pull", "secret", host + "/absent:1");
        assertThat(absent.exitCode()).isEqualTo(3);
        assertThat(absent.err()).contains(host + "/absent:1", "not in the registry");
        assertThat(with(store, "pull", "secret", host + "/UPPER").exitCode()).isEqualTo(2);
        assertThat(Run.layerfs("--store", store, "pull", "x", "--username", "alice")
                        .exitCode())
                .isEqualTo(2);
        assertThat(with(store, "push", "secret", "none:1", host + "/x:1").exitCode())
                .isEqualTo(3);
    }
}
