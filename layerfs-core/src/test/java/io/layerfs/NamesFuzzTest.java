package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** Paths, names, digests and platforms of any bytes: the same again in their string form, or refused. */
class NamesFuzzTest {

    private static <T> void accepts(T from, Function<T, Object> parser, Function<String, Object> again) {
        try {
            Object parsed = parser.apply(from);
            assertThat(again.apply(parsed.toString())).isEqualTo(parsed);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void theSameAgainOrRefused(byte[] bytes) {
        accepts(bytes, LayerPath::of, LayerPath::of);
        accepts(bytes, Name::of, Name::of);
        assertThat(Utf8.encode(Utf8.decode(bytes))).isEqualTo(bytes);
        String text = new String(bytes, StandardCharsets.UTF_8);
        accepts(text, Digest::parse, Digest::parse);
        accepts(text, Platform::parse, Platform::parse);
    }
}
