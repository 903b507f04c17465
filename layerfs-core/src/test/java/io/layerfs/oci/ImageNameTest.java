package io.layerfs.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Digest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an image can be called (row 3 of the attacks): whatever registries and tools write, and nothing that reads as something else. */
class ImageNameTest {

    private static final String HEX = "0123456789abcdef".repeat(4);

    static List<String> names() {
        return List.of(
                "app",
                "app:1",
                "a__b:1._-", // Docker's short name, without a host
                "localhost/app:latest", // podman
                "docker.io/library/alpine:3.20", // containerd, podman
                "registry.example.com:5000/team/app:1.2.3-rc.1_x",
                "REGISTRY.example.com/team/app:1",
                "[::1]:5000/app:1",
                "App:1", // skopeo and umoci take what the layout's grammar allows
                "v1.0",
                "user@host",
                "a--b/c+d",
                "cafe",
                "0123456789abcdef0123456789abcdef01234567", // a commit of git
                "app:0123456789abcdef0123456789abcdef01234567",
                "localhost/sha256:1",
                "sha256sum:1",
                "sha256-" + HEX, // the list of referrers, which an archive may hold
                "app@sha256:" + HEX,
                "docker.io/library/alpine:3.20@sha256:" + HEX,
                "h/" + "a".repeat(250) + ":" + "t".repeat(128) + "@sha512:" + HEX + HEX);
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatToolsWriteIsAName(String name) {
        assertThat(ImageName.refusal(name)).isNull();
        assertThat(new ImageName(name)).hasToString(name);
    }

    static List<String> digests() {
        return List.of(
                "sha256:" + HEX,
                "SHA256:" + HEX,
                "Sha256:" + HEX.toUpperCase(java.util.Locale.ROOT),
                "sha512:" + HEX + HEX,
                "sha384:" + HEX + HEX.substring(32),
                "blake3:" + HEX,
                "sha256:" + HEX.substring(1),
                "sha256:cafe",
                "sha256:latest", // Docker refuses to tag so, too
                "md5:" + HEX.substring(32),
                HEX,
                HEX.toUpperCase(java.util.Locale.ROOT),
                HEX + HEX);
    }

    @ParameterizedTest
    @MethodSource("digests")
    void whatReadsAsADigestIsNoName(String digest) {
        assertThat(ImageName.refusal(digest)).isEqualTo("it reads as a digest");
    }

    @ParameterizedTest
    @ValueSource(strings = {".sig", ".att", ".sbom", ".SIG"})
    void whatSignaturesAreCalledIsNoName(String suffix) {
        for (String before : List.of("", "host/app:", "app:")) {
            assertThat(ImageName.refusal(before + "sha256-" + HEX + suffix)).contains("signatures");
            assertThat(ImageName.refusal(before + "SHA256-" + HEX + suffix)).contains("signatures");
        }
    }

    static List<String> others() {
        return List.of(
                "",
                " ",
                "a b",
                "a\n",
                "\na",
                "a\u0000",
                "a\u001b[2J",
                "\u202eppa",
                "äpp",
                "a/",
                "/a",
                "a//b",
                "-a",
                "a:",
                "../a",
                "a/../b",
                "app@sha256:" + HEX.substring(1),
                "app@sha256:" + HEX + ":1",
                "app@SHA256:" + HEX,
                "app@sha256:" + HEX + "/b",
                "app@sha256:" + HEX + "@sha256:" + HEX);
    }

    @ParameterizedTest
    @MethodSource("others")
    void whatNoToolWritesIsNoName(String text) {
        assertThat(ImageName.refusal(text)).isNotNull();
        assertThatThrownBy(() -> new ImageName(text))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage().chars()).allMatch(c -> c >= 0x20 && c < 0x7f));
    }

    @Test
    void aNameHasAtMostAKibibyte() {
        assertThat(ImageName.refusal("z".repeat(1024))).isNull();
        assertThat(ImageName.refusal("z".repeat(1025))).isEqualTo("1025 characters; it may have 1024");
        assertThatThrownBy(() -> new ImageName("a/".repeat(2 << 20)))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(250));
    }

    @Test
    void theDigestInANameIsTheImages() {
        Digest digest = Digest.parse("sha256:" + HEX);
        assertThat(new ImageName("app:1@sha256:" + HEX).digest()).isEqualTo(digest);
        assertThat(new ImageName("app:1").digest()).isNull();
        assertThat(new ImageName("user@host:1").digest()).isNull();
        assertThat(new ImageName("app@sha256:" + HEX).requireTrue(List.of(digest)))
                .hasToString("app@sha256:" + HEX);
        assertThatThrownBy(() -> new ImageName("app@sha256:" + HEX).requireTrue(List.of(Digest.sha256(new byte[0]))))
                .hasMessageContaining("its digest is " + Digest.sha256(new byte[0]));
    }
}
