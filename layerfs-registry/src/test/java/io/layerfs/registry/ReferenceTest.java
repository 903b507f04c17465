package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people write, what it means, and what they may not write. */
class ReferenceTest {

    private static final String DIGEST = "sha256:" + "ab".repeat(32);

    @ParameterizedTest
    @CsvSource({
        "alpine, docker.io/library/alpine:latest, alpine:latest",
        "alpine:3.20, docker.io/library/alpine:3.20, alpine:3.20",
        "index.docker.io/library/alpine, docker.io/library/alpine:latest, alpine:latest",
        "docker.io/alpine, docker.io/library/alpine:latest, alpine:latest",
        "grafana/grafana, docker.io/grafana/grafana:latest, grafana/grafana:latest",
        "localhost/x, localhost/x:latest, localhost/x:latest",
        "localhost:5000, docker.io/library/localhost:5000, localhost:5000",
        "localhost:5000/a/b__c/d-e---f.g_h:_T.-, localhost:5000/a/b__c/d-e---f.g_h:_T.-, localhost:5000/a/b__c/d-e---f.g_h:_T.-",
        "[::1]:5000/x:1, [::1]:5000/x:1, [::1]:5000/x:1",
        "GHCR.io/x/y, GHCR.io/x/y:latest, GHCR.io/x/y:latest",
    })
    void isReadAndWritten(String text, String full, String familiar) {
        Reference reference = Reference.parse(text);
        assertThat(reference).hasToString(full);
        assertThat(reference.familiar()).isEqualTo(familiar);
        assertThat(Reference.parse(full)).isEqualTo(reference);
        assertThat(Reference.parse(familiar)).isEqualTo(reference);
    }

    @ParameterizedTest
    @ValueSource(strings = {"quay.io/a/b@", "quay.io/a/b:tag@"})
    void aDigestIsPartOfIt(String text) {
        Reference reference = Reference.parse(text + DIGEST);
        assertThat(reference).hasToString(text + DIGEST);
        assertThat(reference.identifier()).isEqualTo(DIGEST);
        assertThat(reference.withTag("x")).hasToString("quay.io/a/b:x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "@",
                "/",
                "a/",
                "/a",
                "a//b",
                "a:b:c",
                "a@b",
                "a@sha256:12",
                "Alpine",
                "a/B",
                "a b",
                "a:ta g",
                "a..b",
                "a.",
                "-a",
                "a___b",
                "../a",
                "a/../b",
                "a/./b",
                "x.y:99999999/a",
                "x.y:/a",
                "a:-x",
                "user@host.x/a",
                "host.x/a?b",
                "host.x/a#b",
                "h\u00f6st.x/a",
                "a\n",
                "host.x/a:b/c",
                "https://host.x/a"
            })
    void isRefused(String text) {
        assertThatThrownBy(() -> Reference.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 300, 2000})
    void isNotTooLong(int length) {
        String text = "host.x/" + "a".repeat(length);
        if (length == 200) {
            assertThat(Reference.parse(text).repository()).hasSize(length);
        } else {
            assertThatThrownBy(() -> Reference.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Reference.parse("host.x/a:" + "t".repeat(129)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
