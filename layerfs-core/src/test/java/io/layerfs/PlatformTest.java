package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Platforms in all their spellings, and which images run on which: as containerd's {@code platforms} package has it. */
class PlatformTest {

    @ParameterizedTest
    @CsvSource({
        "linux/amd64, linux/amd64",
        "linux/x86_64, linux/amd64",
        "Linux/X86-64/v1, linux/amd64",
        "linux/amd64/v3, linux/amd64/v3",
        "linux/aarch64, linux/arm64",
        "linux/arm64/v8, linux/arm64",
        "linux/arm64/8, linux/arm64",
        "linux/arm64/v9, linux/arm64/v9",
        "linux/arm, linux/arm",
        "linux/arm/v7, linux/arm",
        "linux/arm/7, linux/arm",
        "linux/arm/v6, linux/arm/v6",
        "linux/armhf, linux/arm",
        "linux/armel, linux/arm/v6",
        "linux/i386, linux/386",
        "linux/i686, linux/386",
        "linux/ppc64el, linux/ppc64le",
        "linux/riscv64, linux/riscv64",
        "macos/arm64, darwin/arm64",
    })
    void everySpellingIsOnePlatform(String said, String normalized) {
        assertThat(Platform.parse(said).normalized()).hasToString(normalized);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "linux/amd64    | linux/amd64 linux/386",
                "linux/amd64/v3 | linux/amd64/v3 linux/amd64/v2 linux/amd64 linux/386",
                "linux/386      | linux/386",
                "linux/arm64    | linux/arm64 linux/arm/v8 linux/arm linux/arm/v6 linux/arm/v5",
                "linux/arm64/v9 | linux/arm64/v9 linux/arm64 linux/arm/v8 linux/arm linux/arm/v6 linux/arm/v5",
                "linux/arm/v8   | linux/arm/v8 linux/arm linux/arm/v6 linux/arm/v5",
                "linux/arm      | linux/arm linux/arm/v6 linux/arm/v5",
                "linux/arm/v5   | linux/arm/v5",
                "linux/s390x    | linux/s390x",
                "windows/amd64  | windows/amd64 windows/386",
            })
    void whatRunsOnAPlatformBestFirst(String wanted, String bestFirst) {
        assertThat(Platform.parse(wanted).preferences())
                .isEqualTo(List.of(bestFirst.split(" ")).stream()
                        .map(Platform::parse)
                        .toList());
    }

    @Test
    void aHigherVariantOrAnotherSystemWillNotDo() {
        assertThat(Platform.parse("linux/amd64").accepts(new Platform("linux", "amd64", "v2")))
                .isFalse();
        assertThat(Platform.parse("linux/arm/v6").accepts(new Platform("linux", "arm", "v7")))
                .isFalse();
        assertThat(Platform.parse("linux/arm64").accepts(new Platform("windows", "arm64", null)))
                .isFalse();
        assertThat(Platform.parse("linux/arm64").accepts(new Platform("linux", "aarch64", "v8")))
                .isTrue();
    }

    @Test
    void whatIsNoPlatformIsRefused() {
        for (String text : List.of("", "linux", "linux/", "/amd64", "linux//v1", "a/b/c/d")) {
            assertThatThrownBy(() -> Platform.parse(text)).hasMessageContaining("not a platform");
        }
    }

    @Test
    void aVariantThatIsSaidIsKept() {
        assertThat(Platform.parse("linux/aarch64/8")).hasToString("linux/arm64/v8");
        assertThat(Platform.parse("linux/armel")).hasToString("linux/arm/v6");
    }

    @Test
    void theHostIsNormalized() {
        assertThat(Platform.host()).isEqualTo(Platform.host().normalized());
    }
}
