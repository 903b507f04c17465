package io.layerfs.examples.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {

    @ParameterizedTest
    @CsvSource({
        "plain name.txt, plain name.txt, plain name.txt",
        "\u00fcn\u00ef, \u00fcn\u00ef, \\xc3\\xbcn\\xc3\\xaf",
        "bad\udcffutf8, bad\\xffutf8, bad\\xffutf8",
        "back\\slash, back\\x5cslash, back\\x5cslash",
        "a\u001b[31mred\u007fb, a\\x1b[31mred\\x7fb, a\\x1b[31mred\\x7fb",
        // It would turn the text that follows it around.
        "\u202egpj.exe, \\xe2\\x80\\xaegpj.exe, \\xe2\\x80\\xaegpj.exe",
        "\ud83d\ude00, \ud83d\ude00, \\xf0\\x9f\\x98\\x80"
    })
    void showsWhatTheLocaleCan(String name, String unicode, String ascii) {
        assertThat(Text.show(name, true)).isEqualTo(unicode);
        assertThat(Text.show(name, false)).isEqualTo(ascii);
    }

    @Test
    void asciiIsTheFormOfTreeListing() {
        assertThat(Text.ascii("a b\\\u00fc\udcff\n")).isEqualTo("a\\x20b\\x5c\\xc3\\xbc\\xff\\x0a");
    }

    @Test
    void messagesKeepBackslashes() {
        assertThat(Text.safe("entry 'a\\xff': \u001b\u00fc", true)).isEqualTo("entry 'a\\xff': \\x1b\u00fc");
    }

    @Test
    void parsesWhatItShows() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(12)];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = (byte) (random.nextBoolean() ? "\\x5cfab".charAt(random.nextInt(7)) : random.nextInt(256));
            }
            String name = Utf8.decode(bytes);
            assertThat(Utf8.encode(Text.parse(Text.show(name, true)))).isEqualTo(bytes);
            assertThat(Utf8.encode(Text.parse(Text.show(name, false)))).isEqualTo(bytes);
            assertThat(Utf8.encode(Text.parse(Text.ascii(name)))).isEqualTo(bytes);
            assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(Text.show(name, false)))
                    .isTrue();
        }
    }

    @Test
    void whatIsNoEscapeStaysAsItIs() {
        assertThat(Text.parse("a\\b\\xg0\\x4")).isEqualTo("a\\b\\xg0\\x4");
        assertThat(Text.parse("\\xff")).isEqualTo("\udcff");
        assertThat(Text.parse("\\xc3\\xbc")).isEqualTo("\u00fc");
    }
}
