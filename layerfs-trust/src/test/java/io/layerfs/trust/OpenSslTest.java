package io.layerfs.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each kind of key in each of its forms, judged by openssl in both directions. */
class OpenSslTest {

    private static final byte[] MESSAGE = "{\"critical\":{}}\n".getBytes(StandardCharsets.UTF_8);
    private static final String PASSPHRASE = "correct horse";

    @TempDir
    private static Path directory;

    private static OpenSsl openssl;

    @BeforeAll
    static void makeKeys() throws IOException {
        OpenSsl.require();
        openssl = new OpenSsl(directory);
        for (OpenSsl.Kind kind : OpenSsl.Kind.values()) {
            openssl.newKey(kind, kind.name());
        }
    }

    private static SigningKey read(String file) throws IOException {
        return SigningKey.read(directory.resolve(file), null);
    }

    @ParameterizedTest
    @EnumSource(OpenSsl.Kind.class)
    void itVerifiesWhatWeSign(OpenSsl.Kind kind) throws IOException {
        byte[] signature = read(kind.name()).sign(MESSAGE);
        openssl.verify(kind, kind + ".pub", MESSAGE, signature, true);
        signature[signature.length - 1] ^= 1;
        openssl.verify(kind, kind + ".pub", MESSAGE, signature, false);
        assertThat(VerificationKey.read(directory.resolve(kind + ".pub")).verifies(MESSAGE, signature))
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource(OpenSsl.Kind.class)
    void weVerifyWhatItSigns(OpenSsl.Kind kind) throws IOException {
        VerificationKey key = VerificationKey.read(directory.resolve(kind + ".pub"));
        byte[] signature = openssl.sign(kind, kind.name(), MESSAGE);
        assertThat(key.verifies(MESSAGE, signature)).isTrue();
        for (int i = 0; i < signature.length; i++) {
            byte[] tampered = signature.clone();
            tampered[i] ^= 4;
            assertThat(key.verifies(MESSAGE, tampered)).as("byte " + i).isFalse();
        }
        for (int length = 0; length < signature.length; length++) {
            assertThat(key.verifies(MESSAGE, java.util.Arrays.copyOf(signature, length)))
                    .as("length " + length)
                    .isFalse();
        }
        assertThat(key.verifies(MESSAGE, java.util.Arrays.copyOf(signature, signature.length + 1)))
                .isFalse();
        byte[] other = MESSAGE.clone();
        other[3] ^= 1;
        assertThat(key.verifies(other, signature)).isFalse();
        for (OpenSsl.Kind another : OpenSsl.Kind.values()) {
            VerificationKey wrong = VerificationKey.read(directory.resolve(another + ".pub"));
            assertThat(wrong.verifies(MESSAGE, signature)).isEqualTo(another == kind);
        }
    }

    @ParameterizedTest
    @EnumSource(OpenSsl.Kind.class)
    void publicKeysAreTheSame(OpenSsl.Kind kind) throws IOException {
        VerificationKey key = VerificationKey.read(directory.resolve(kind + ".pub"));
        assertThat(read(kind.name()).publicKey()).isEqualTo(key).hasSameHashCodeAs(key);
        assertThat(key.toPem()).isEqualTo(openssl.text(kind + ".pub"));
        String der = openssl.run(0, "pkey", "-pubin", "-in", kind + ".pub", "-outform", "DER", "-out", kind + ".der");
        assertThat(der).isEmpty();
        assertThat(openssl.run(0, "dgst", "-sha256", kind + ".der"))
                .contains(key.fingerprint().encoded());
    }

    @ParameterizedTest
    @EnumSource(OpenSsl.Kind.class)
    void encryptedKeysAreRead(OpenSsl.Kind kind) throws IOException {
        Map<String, String[]> forms = Map.of(
                "aes", new String[] {"-v2", "aes256"},
                "sha1", new String[] {"-v2", "aes128", "-v2prf", "hmacWithSHA1"},
                "scrypt", new String[] {"-scrypt"});
        for (Map.Entry<String, String[]> form : forms.entrySet()) {
            String file = kind + "." + form.getKey();
            for (String passphrase : new String[] {PASSPHRASE, "pässwörd €"}) {
                String[] arguments = {
                    "pkcs8", "-topk8", "-in", kind.name(), "-out", file, "-passout", "pass:" + passphrase
                };
                openssl.run(0, concat(arguments, form.getValue()));
                assertThat(SigningKey.isEncrypted(directory.resolve(file))).isTrue();
                SigningKey key = SigningKey.read(directory.resolve(file), passphrase.toCharArray());
                assertThat(key.publicKey())
                        .as(file + " " + passphrase)
                        .isEqualTo(read(kind.name()).publicKey());
            }
            assertWrong(file);
        }
    }

    @Test
    void traditionalKeysAreRead() throws IOException {
        openssl.run(0, "ec", "-in", "ECDSA", "-out", "ECDSA.sec1");
        openssl.run(0, "rsa", "-in", "RSA", "-traditional", "-out", "RSA.pkcs1");
        assertThat(openssl.text("ECDSA.sec1")).contains("BEGIN EC PRIVATE KEY");
        assertThat(openssl.text("RSA.pkcs1")).contains("BEGIN RSA PRIVATE KEY");
        assertThat(read("ECDSA.sec1").publicKey()).isEqualTo(read("ECDSA").publicKey());
        assertThat(read("RSA.pkcs1").publicKey()).isEqualTo(read("RSA").publicKey());
        openssl.run(0, "ec", "-in", "ECDSA", "-aes256", "-passout", "pass:" + PASSPHRASE, "-out", "ECDSA.old");
        openssl.run(
                0, "rsa", "-in", "RSA", "-traditional", "-aes128", "-passout", "pass:" + PASSPHRASE, "-out", "RSA.old");
        for (String kind : new String[] {"ECDSA", "RSA"}) {
            assertThat(openssl.text(kind + ".old")).contains("Proc-Type: 4,ENCRYPTED");
            SigningKey key = SigningKey.read(directory.resolve(kind + ".old"), PASSPHRASE.toCharArray());
            assertThat(key.publicKey()).isEqualTo(read(kind).publicKey());
            assertWrong(kind + ".old");
        }
        openssl.run(0, "ecparam", "-name", "prime256v1", "-genkey", "-out", "with.parameters");
        assertThat(openssl.text("with.parameters")).contains("BEGIN EC PARAMETERS");
        byte[] signature = read("with.parameters").sign(MESSAGE);
        openssl.run(0, "pkey", "-in", "with.parameters", "-pubout", "-out", "with.parameters.pub");
        openssl.verify(OpenSsl.Kind.ECDSA, "with.parameters.pub", MESSAGE, signature, true);
    }

    @Test
    void keysThatDoNotSignImagesAreRefused() throws IOException {
        openssl.run(0, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", "p384");
        openssl.run(0, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1", "-out", "k256");
        openssl.run(
                0,
                "genpkey",
                "-algorithm",
                "EC",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-pkeyopt",
                "ec_param_enc:explicit",
                "-out",
                "explicit");
        openssl.run(0, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", "-out", "rsa1024");
        openssl.run(0, "genpkey", "-algorithm", "X25519", "-out", "x25519");
        openssl.run(0, "genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "pss");
        assertRefused("p384", "a key on the curve 1.3.132.0.34; of elliptic curves, P-256");
        assertRefused("k256", "a key on the curve 1.3.132.0.10; of elliptic curves, P-256");
        assertRefused("explicit", "a key on the curve that is written out in it; of elliptic curves");
        assertRefused("rsa1024", "an RSA key of 1024 bits; it must have 2048 to 8192");
        assertRefused("x25519", "a key for the algorithm 1.3.101.110; ECDSA P-256, Ed25519 and RSA");
        assertRefused("pss", "a key for the algorithm 1.2.840.113549.1.1.10; ECDSA P-256");
    }

    private static void assertRefused(String file, String reason) throws IOException {
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(KeyFormatException.class)
                .hasMessageStartingWith(file + ": " + reason);
        openssl.run(0, "pkey", "-in", file, "-pubout", "-out", file + ".pub");
        assertThatThrownBy(() -> VerificationKey.read(directory.resolve(file + ".pub")))
                .isInstanceOf(KeyFormatException.class)
                .hasMessageStartingWith(file + ".pub: " + reason);
    }

    private static void assertWrong(String file) {
        assertThatThrownBy(() -> SigningKey.read(directory.resolve(file), "wrong".toCharArray()))
                .isInstanceOf(KeyFormatException.class)
                .hasMessageStartingWith(file + ": the passphrase is wrong, or the key is damaged");
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(KeyFormatException.class)
                .hasMessage(file + ": it is encrypted; a passphrase is needed");
    }

    private static String[] concat(String[] first, String[] second) {
        return java.util.stream.Stream.of(first, second)
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new);
    }
}
