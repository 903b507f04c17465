package io.layerfs.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts that hold no key, or not the one that is asked for. */
class KeyBlockTest {

    private static void assertNoKey(String pem, String reason) {
        for (boolean secret : new boolean[] {true, false}) {
            assertThatThrownBy(() -> parse(secret, pem))
                    .isInstanceOf(KeyFormatException.class)
                    .hasMessageStartingWith("k: ")
                    .hasMessageContaining(reason);
        }
    }

    private static void parse(boolean secret, String pem) throws KeyFormatException {
        if (secret) {
            SigningKey.parse("k", pem, null);
        } else {
            VerificationKey.parse("k", pem);
        }
    }

    @Test
    void whatIsNoKeySaysWhy() throws IOException {
        assertNoKey("", "no PEM block");
        assertNoKey("rubbish", "no PEM block");
        assertNoKey("-----BEGIN PUBLIC KEY-----\n", "not PEM");
        assertNoKey("-----BEGIN PUBLIC KEY-----\n*\n-----END PUBLIC KEY-----\n", "not PEM");
        assertNoKey("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "a PEM block 'CERTIFICATE', not");
        assertNoKey("x".repeat(65 << 10), "66560 characters; a key may have 65536");
        String key = Keys.ALICE.publicKey().toPem();
        assertNoKey(key + key, "holds more than one key");
        assertThatThrownBy(() -> SigningKey.parse("k", key, null))
                .isInstanceOf(KeyFormatException.class)
                .hasMessage("k: a PEM block 'PUBLIC KEY', not a private key");
        assertThatThrownBy(() -> VerificationKey.parse("k", Keys.ALICE_PEM))
                .isInstanceOf(KeyFormatException.class)
                .hasMessage("k: a PEM block 'PRIVATE KEY', not 'PUBLIC KEY'");
    }

    @Test
    void textAroundAKeyIsNoMatter(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("key");
        Files.write(
                file,
                ("\u00e4 comment\n" + Keys.ALICE.publicKey().toPem() + "\nmore")
                        .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        assertThat(VerificationKey.read(file)).isEqualTo(Keys.ALICE.publicKey()).hasToString("key");
        Files.write(file, new byte[65 << 10]);
        assertThatThrownBy(() -> VerificationKey.read(file)).hasMessageContaining("66560 bytes; a key may have 65536");
    }

    @Test
    void damagedKeysGiveNoOtherException() {
        Random random = new Random(1);
        for (String pem : new String[] {Keys.ALICE_PEM, Keys.ALICE.publicKey().toPem(), Keys.CAROL_PEM}) {
            for (int round = 0; round < 500; round++) {
                StringBuilder damaged = new StringBuilder(pem);
                for (int i = random.nextInt(3); i >= 0; i--) {
                    damaged.setCharAt(random.nextInt(damaged.length()), (char) (32 + random.nextInt(95)));
                }
                for (boolean secret : new boolean[] {true, false}) {
                    try {
                        parse(secret, damaged.toString());
                    } catch (KeyFormatException e) {
                        assertThat(e.getMessage()).startsWith("k: ");
                    }
                }
            }
        }
    }
}
