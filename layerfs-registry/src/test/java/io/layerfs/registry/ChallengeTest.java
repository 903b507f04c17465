package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code WWW-Authenticate} in the forms in which it is met. */
class ChallengeTest {

    private static List<Challenge> parse(String... fields) {
        return Challenge.parse(List.of(fields));
    }

    @Test
    void isReadInAllItsForms() {
        assertThat(parse("Bearer realm=\"https://a/t?x=1,2\",service=\"r\",scope=\"repository:a/b:pull,push\""))
                .containsExactly(new Challenge(
                        "bearer",
                        Map.of("realm", "https://a/t?x=1,2", "service", "r", "scope", "repository:a/b:pull,push")));
        assertThat(parse("bearer  Realm = \"a\" ,  service=b , scope=\"q\\\"\\\\\""))
                .containsExactly(new Challenge("bearer", Map.of("realm", "a", "service", "b", "scope", "q\"\\")));
        assertThat(parse("Negotiate, Basic realm=\"x, Bearer y=z\", Bearer realm=t"))
                .containsExactly(
                        new Challenge("negotiate", Map.of()),
                        new Challenge("basic", Map.of("realm", "x, Bearer y=z")),
                        new Challenge("bearer", Map.of("realm", "t")));
        assertThat(parse("Negotiate YWJj==", "Basic realm=x"))
                .containsExactly(new Challenge("negotiate", Map.of()), new Challenge("basic", Map.of("realm", "x")));
        assertThat(parse("Negotiate YWJj== , Basic")).hasSize(2);
        assertThat(parse(", ,Basic realm=a,,")).containsExactly(new Challenge("basic", Map.of("realm", "a")));
        assertThat(parse("Basic realm=a, realm=b")).containsExactly(new Challenge("basic", Map.of("realm", "a")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"",
                "=",
                "Basic realm=\"open",
                "Basic =\"x\"",
                "Basic realm",
                "B\u00e4r x=y",
                "a=b=c=,=\"\""
            })
    void whatIsNotOfTheFormEnds(String field) {
        assertThat(parse(field)).hasSizeLessThan(3);
    }
}
