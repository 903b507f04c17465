package io.layerfs.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Digest;
import io.layerfs.ImagePolicy;
import io.layerfs.ImageSignature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What cosign made: the encrypted keys of its own tests, and a signature that the tests of sigstore-rs hold. */
class CosignKeyTest {

    /** {@code pkg/cosign/keys_test.go}, all with the passphrase {@code hello}. */
    private static final String COSIGN = """
            -----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----
            eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjozMjc2OCwiciI6
            OCwicCI6MX0sInNhbHQiOiJ4WWdoc09JTUxUWGNOT0RsclNIOUNKc1FlOVFnZmN1
            cmUrMXlLdHh1TlkwPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
            Iiwibm9uY2UiOiI0cS9PSlVmaXJkSUkrUjZ0ajZBMmcyQ0JqL25xdFNicCJ9LCJj
            aXBoZXJ0ZXh0IjoiKzB4Q3NzcFN0WStBczdKanJpOWtsbHBWd2JhcUI4ZWJNdWto
            eS9aVE1MSXRsL3B1YS9jWVJvbytLRGxMWWdmOW1kSjk4K1FnQW9oTktoYnJPMTcw
            MHdBY1JTMjFDOE4zQUNJRUVZaWpOMllBNnMraGJSbkhjUnd4eGhDMDFtb2FvL0dO
            Y1pmbEJheXZMV3pXblo4d2NDZ2ZpT1o1VXlRTEFJMHh0dnR6dEh3cTdDV1Vhd3V4
            RlhlNDZzck9TUE9SNHN6bytabWErUGovSFE9PSJ9
            -----END ENCRYPTED COSIGN PRIVATE KEY-----""";

    private static final String SIGSTORE = """
            -----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
            eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjozMjc2OCwiciI6
            OCwicCI6MX0sInNhbHQiOiI3T3VGd2VsbWZZNXVId2NoaURSc210anNwZ2ZlZjFG
            Mk5lOGFDTjVLYVpZPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
            Iiwibm9uY2UiOiJQNHk4OGhCb3ZTa09MbXN0bFVBaGJwdDJ0K2xTNUxQSCJ9LCJj
            aXBoZXJ0ZXh0IjoiMnB1QzdyZldJOWh3bnJlQ2s4aUZDRlVwQlRrSzRJNlIvbFBF
            cnBDekpXUGpJWXl4eGVIL1A2VW52cFJHdVhla1NNb3JMdGhLamdoQ1JlNy82NDVH
            QWtoVm1LRC92eEF0S2EvbE1abENSQ3FlekJGUFd1dzNpeFRtZ2xhb2J1ZFVSbUVs
            bmNGOGlZbzBTMVl6Y1ZOMVFwY2J2c0dNcUlYRzVlbmdteGp5dCtBcXlyZTF0Q0Y0
            V01tU1BlaEljNlBqd2h1Q2xHaVpJUWRvTGc9PSJ9
            -----END ENCRYPTED SIGSTORE PRIVATE KEY-----""";

    /** One that cosign refuses, since SEC 1 is inside, where PKCS #8 should be; twice the usual cost. */
    private static final String SEC1_INSIDE = """
            -----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----
            eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjo2NTUzNiwiciI6
            OCwicCI6MX0sInNhbHQiOiJHK3F5WTYrNzhNS0JzMXNGTGs1ajYwcS9kS3Z1czBW
            VkhlSHZybC9POTF3PSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
            Iiwibm9uY2UiOiJRc2JGdG13WDRDK2ttV3ZCcVRaMEFGOUFYdk1jRmg1SCJ9LCJj
            aXBoZXJ0ZXh0IjoiREM5T28zeldiYVQzSXYwdFVnWEdycjUxYW1samwwNlQ5MTNP
            VkxPbWpuMWhnK2o2WXRUbWg3SGhZSlY1N2J5eGE0Q281bE9YYmRqbTJ3aklubEd1
            Um5aZCt5OExnekpSNzFSeEhKVzgrWmRlcFJmYWJMTjdHbDgrSFZEcERVQ3NxQnRh
            VngyblpGbFEwWUl1anZwbFphblNGaUVvdERLVGkxZ3VhUXIwUHNzYU01NXZxbTRY
            WS9rPSJ9
            -----END ENCRYPTED COSIGN PRIVATE KEY-----""";

    private static SigningKey parse(String pem, String passphrase) throws IOException {
        return SigningKey.parse("cosign.key", pem, passphrase.toCharArray());
    }

    private static String edited(String pem, String from, String to) {
        String base64 = pem.replaceAll("-----[^-]*-----|\\s", "");
        String json = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        assertThat(json).contains(from);
        byte[] changed = json.replace(from, to).getBytes(StandardCharsets.UTF_8);
        String type = "ENCRYPTED SIGSTORE PRIVATE KEY-----";
        return "-----BEGIN " + type + "\n" + Base64.getMimeEncoder().encodeToString(changed) + "\n-----END " + type;
    }

    @Test
    void itsEncryptedKeysAreRead() throws IOException {
        byte[] message = "m".getBytes(StandardCharsets.UTF_8);
        for (String pem : List.of(COSIGN, SIGSTORE)) {
            SigningKey key = parse(pem, "hello");
            assertThat(key.publicKey().verifies(message, key.sign(message))).isTrue();
            VerificationKey again =
                    VerificationKey.parse("again", key.publicKey().toPem());
            assertThat(again.verifies(message, key.sign(message))).isTrue();
            assertThatThrownBy(() -> parse(pem, "wrong"))
                    .isInstanceOf(KeyFormatException.class)
                    .hasMessage("cosign.key: the passphrase is wrong, or the key is damaged");
        }
        assertThatThrownBy(() -> parse(SEC1_INSIDE, "hello"))
                .isInstanceOf(KeyFormatException.class)
                .hasMessageStartingWith("cosign.key: the passphrase is wrong, or the key is damaged: ");
    }

    @Test
    void itsParametersAreBounded() {
        assertRefused(
                edited(SIGSTORE, "\"N\":32768", "\"N\":1073741824"), "'N' is 1073741824; it must be a power of two");
        assertRefused(edited(SIGSTORE, "\"N\":32768", "\"N\":32767"), "'N' is 32767");
        assertRefused(edited(SIGSTORE, "\"N\":32768", "\"N\":0"), "'N' is 0");
        assertRefused(edited(SIGSTORE, "\"p\":1", "\"p\":100000"), "'r' and 'p' are not 8 and 1");
        assertRefused(edited(SIGSTORE, "scrypt", "argon2"), "'name' is 'argon2', not 'scrypt'");
        assertRefused(edited(SIGSTORE, "nacl/secretbox", "rot13"), "'name' is 'rot13', not 'nacl/secretbox'");
        assertRefused(edited(SIGSTORE, "\"nonce\":\"P4y8", "\"nonce\":\"P4y8P4y8"), "a nonce of 27");
        assertRefused(edited(SIGSTORE, "\"nonce\":\"P4y8", "\"nonce\":\"*4y8"), "'nonce' is not base64");
        assertRefused(edited(SIGSTORE, "\"ciphertext\":\"2puC", "\"ciphertext\":\"2puD"), "the passphrase is wrong");
        assertRefused(edited(SIGSTORE, "\"kdf\":", "\"kdf\":{},\"kdf\":"), "is there twice");
        assertRefused(edited(SIGSTORE, "\"kdf\":", "\"other\":"), "'kdf' is missing");
    }

    private static void assertRefused(String pem, String reason) {
        assertThatThrownBy(() -> parse(pem, "hello"))
                .isInstanceOf(KeyFormatException.class)
                .hasMessageStartingWith("cosign.key")
                .hasMessageContaining(reason);
    }

    @Test
    void aSignatureThatCosignMadeIsTrue() throws IOException {
        Digest image = Digest.parse("sha256:f3cfc9d0dbf931d3db4685ec659b7ac68e2a578219da4aae65427886e649b06b");
        String payload = "{\"critical\":{\"identity\":{\"docker-reference\":\"registry-testing.svc.lan/busybox\"},"
                + "\"image\":{\"docker-manifest-digest\":\"" + image + "\"},"
                + "\"type\":\"cosign container image signature\"},\"optional\":null}";
        ImageSignature signature = ImageSignature.of(
                payload.getBytes(StandardCharsets.UTF_8),
                Map.of(
                        "dev.cosignproject.cosign/signature",
                        "MEUCIQD6q/COgzOyW0YH1Dk+CCYSt4uAhm3FDHUwvPI55zwnlwIgE0ZK58ZOWpZw8YVmBapJhBqCfdPekIknimuO0xH8Jh8="));
        VerificationKey key = VerificationKey.parse("cosign.pub", """
                -----BEGIN PUBLIC KEY-----
                MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENptdY/l3nB0yqkXLBWkZWQwo6+cu
                OSWS1X9vPavpiQOoTTGC0xX57OojUadxF1cdQmrsiReWg2Wn4FneJfa8xw==
                -----END PUBLIC KEY-----""");
        TrustPolicy policy = TrustPolicy.of(List.of(TrustRule.of("**").signedBy(key)), warning -> {});
        ImagePolicy.Candidate candidate = new ImagePolicy.Candidate(
                List.of("registry-testing.svc.lan/busybox:latest"), List.of(image), List.of(signature));
        policy.check(candidate);
        assertThat(policy.judge(candidate).get(0).signatures())
                .containsExactly(new VerifiedSignature(key, image, "registry-testing.svc.lan/busybox", Map.of()));
    }
}
