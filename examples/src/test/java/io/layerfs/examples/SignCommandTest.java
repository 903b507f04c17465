package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Digest;
import io.layerfs.trust.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code layerfs sign}, {@code verify-signature}, and {@code --policy}. */
class SignCommandTest {

    @TempDir
    private Path directory;

    private Path store;
    private Path key;
    private Path publicKey;
    private Path otherKey;

    @BeforeEach
    void make() throws Exception {
        store = directory.resolve("store");
        key = newKey("alice");
        publicKey = directory.resolve("alice.pub");
        newKey("bob");
        otherKey = directory.resolve("bob.pub");
        Path root = Files.createDirectories(directory.resolve("root/etc")).getParent();
        Files.writeString(root.resolve("etc/name"), "signed");
        assertOk(layerfs("import", root, "--tag", "app:1", "--owner", "0:0"));
    }

    private Path newKey(String name) throws Exception {
        byte[] encoded = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        Path file = directory.resolve(name + ".pem");
        Files.writeString(
                file,
                "-----BEGIN PRIVATE KEY-----\n" + Base64.getEncoder().encodeToString(encoded)
                        + "\n-----END PRIVATE KEY-----\n");
        Files.writeString(
                directory.resolve(name + ".pub"),
                SigningKey.read(file, null).publicKey().toPem());
        return file;
    }

    private Run layerfs(Object... arguments) {
        Object[] all = new Object[arguments.length + 2];
        all[0] = "--store";
        all[1] = store;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return Run.layerfs(all);
    }

    private static Run assertOk(Run run) {
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    private static void assertFails(Run run, int exitCode, String... parts) {
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("layerfs: ").contains(parts);
        assertThat(run.err().lines()).hasSize(1);
    }

    private Path policy(String rules) throws IOException {
        Path file = directory.resolve("policy.json");
        Files.writeString(
                file,
                ("{'version':1,'keys':{'alice':'alice.pub','bob':'bob.pub'},'rules':[" + rules + "]}")
                        .replace('\'', '"'));
        return file;
    }

    @Test
    void whatIsSignedIsVerified() {
        assertFails(
                layerfs("verify-signature", "app:1", "--key", publicKey), 5, "image app:1 (", "it has no signature");
        Run signed = assertOk(layerfs("sign", "app:1", "--key", key, "--annotation", "build=42"));
        assertThat(Digest.parse(signed.text().strip())).isNotNull();
        Run verified = assertOk(layerfs("verify-signature", "app:1", "--key", otherKey, "--key", publicKey));
        String digest = layerfs("images", "--json").json().toString().replaceAll(".*digest=(sha256:\\w+).*", "$1");
        assertThat(verified.text()).isEqualTo("alice.pub  " + digest + "  app  build=42\n");
        Map<?, ?> json =
                (Map<?, ?>) ((List<?>) assertOk(layerfs("verify-signature", "app:1", "--key", publicKey, "--json"))
                                .json())
                        .get(0);
        assertThat(json.get("reference")).isEqualTo("app");
        assertThat(json.get("annotations")).isEqualTo(Map.of("build", "42"));
        assertFails(layerfs("verify-signature", "app:1", "--key", otherKey), 5, "not made by bob.pub");
        assertFails(
                layerfs("verify-signature", "app:1", "--key", publicKey, "--identity", "other"),
                5,
                "it signs the image as 'app', not as one of docker.io/library/other");
        assertThat(layerfs("images", "--json").json()).asList().hasSize(1);
        assertOk(layerfs("verify"));
    }

    @Test
    void anIdentityCanBeGiven() {
        assertOk(layerfs("sign", "app:1", "--key", key, "--identity", "registry.example.com/app:7"));
        assertOk(layerfs("verify-signature", "app:1", "--key", publicKey, "--identity", "registry.example.com/app"));
        assertOk(layerfs("untag", "app:1"));
        String digest = layerfs("images", "--json").json().toString().replaceAll(".*digest=(sha256:\\w+).*", "$1");
        assertFails(layerfs("sign", digest, "--key", key), 2, "--identity");
    }

    @Test
    void importsObeyAPolicy() throws Exception {
        Path from = store;
        store = directory.resolve("other");
        Path asks = policy("{'match':'app','keys':['alice']}");
        assertFails(layerfs("import", from, "--policy", asks), 5, "image app:1 (", "it has no signature");
        assertThat(layerfs("images", "--json").json()).asList().isEmpty();
        assertOk(Run.layerfs("--store", from, "sign", "app:1", "--key", key));
        assertOk(layerfs("import", from, "--policy", asks));
        assertOk(layerfs("verify-signature", "app:1", "--policy", asks));
        assertFails(
                layerfs("import", from, "--tag", "other:1", "--policy", asks), 5, "no rule of the policy is for it");
        Run warned =
                assertOk(layerfs("import", from, "--policy", policy("{'match':'**','keys':['bob'],'mode':'warn'}")));
        assertThat(warned.err()).startsWith("layerfs: warning: image app:1 (").contains("not made by bob");
        assertFails(
                layerfs("import", from, "--policy", policy("{'match':1}")), 1, "policy.json at /rules/0", "'match'");
        assertFails(
                layerfs("run", "app:1", "--policy", policy("{'match':'app','keys':['bob']}")), 5, "not made by bob");
    }

    @Test
    void aPassphraseComesFromAFile() throws Exception {
        Path encrypted = directory.resolve("encrypted.pem");
        Path passphrase = directory.resolve("passphrase");
        Files.writeString(passphrase, "correct horse\n");
        Process openssl;
        try {
            openssl = new ProcessBuilder(
                            "openssl",
                            "pkcs8",
                            "-topk8",
                            "-in",
                            key.toString(),
                            "-out",
                            encrypted.toString(),
                            "-passout",
                            "file:" + passphrase)
                    .start();
        } catch (IOException e) {
            org.junit.jupiter.api.Assumptions.assumeTrue(false, "openssl is not installed");
            throw e;
        }
        assertThat(openssl.waitFor()).isZero();
        assertFails(layerfs("sign", "app:1", "--key", encrypted), 2, "it is encrypted", "--passphrase-file");
        assertOk(layerfs("sign", "app:1", "--key", encrypted, "--passphrase-file", passphrase));
        assertOk(layerfs("verify-signature", "app:1", "--key", publicKey));
        Files.writeString(passphrase, "wrong");
        assertFails(
                layerfs("sign", "app:1", "--key", encrypted, "--passphrase-file", passphrase),
                1,
                "the passphrase is wrong");
    }

    @Test
    void whatIsNotUnderstoodSaysWhy() {
        assertThat(layerfs("sign", "app:1").exitCode()).isEqualTo(2);
        assertFails(layerfs("sign", "app:1", "--key", directory.resolve("none")), 3, "none");
        assertFails(layerfs("sign", "app:9", "--key", key), 3, "no image 'app:9'");
        assertFails(layerfs("verify-signature", "app:1"), 2, "either --key or --policy");
        assertFails(layerfs("verify-signature", "app:1", "--key", key), 1, "'PRIVATE KEY', not 'PUBLIC KEY'");
    }
}
