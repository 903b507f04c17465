package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {

    private static final String A = "a".repeat(64);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sha256",
                "sha256:",
                ":abc",
                "sha256:abc",
                "SHA256:" + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "sha256:../../../../../../../../../../../../../../../../../../../../../x",
                "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
                "sha512:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "md5:d41d8cd9/8f00b204e9800998ecf8427e",
                "a..b:c",
                "+a:b",
                "a:b c"
            })
    void refusesWhatIsNoDigest(String text) {
        assertThatThrownBy(() -> Digest.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesAnEndlessTextWithoutRepeatingIt() {
        assertThatThrownBy(() -> Digest.parse("sha256:" + "a".repeat(1 << 20)))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
    }

    @Test
    void carriesAlgorithmsThatItCannotCompute() {
        Digest digest = Digest.parse("multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8");
        assertThat(digest.algorithm()).isEqualTo("multihash+base58");
        assertThatThrownBy(digest::newMessageDigest).isInstanceOf(NoSuchAlgorithmException.class);
    }

    @Test
    void computesTheThreeRegisteredAlgorithms() throws NoSuchAlgorithmException {
        byte[] empty = {};
        assertThat(Digest.sha256(empty))
                .hasToString("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        Digest sha512 = Digest.parse("sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
        assertThat(sha512.matches(sha512.newMessageDigest().digest(empty))).isTrue();
        Digest blake3 = Digest.parse("blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
        assertThat(blake3.matches(blake3.newMessageDigest().digest(empty))).isTrue();
        assertThat(blake3.matches(blake3.newMessageDigest().digest("x".getBytes(StandardCharsets.US_ASCII))))
                .isFalse();
    }

    @Test
    void chainIdHasTheSpecificationsVector() {
        Digest base = Digest.parse("sha256:c6f988f4874bb0add23a778f753c65efe992244e148a1d2ec2a8b664fb66bbd1");
        Digest empty = Digest.parse("sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");
        assertThat(Digest.chainId(List.of(base))).isEqualTo(base);
        assertThat(Digest.chainId(List.of(base, empty)))
                .hasToString("sha256:c3191d32a37d7159b2e30830937d2e30268ad6c375a773a8994911a3aba9b93f");
        assertThatThrownBy(() -> Digest.chainId(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isOrderedAndEqualByItsText() {
        assertThat(Digest.parse("sha256:" + A))
                .isEqualTo(new Digest("sha256", A))
                .isLessThan(new Digest("x", "a"));
    }
}
