package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Names and paths: bytes that become strings and come back the same. */
class NameTest {

    @Test
    void everyByteSurvivesTheStringForm() {
        for (int a = 1; a < 256; a++) {
            for (int b = 1; b < 256; b++) {
                if (a != '/' && b != '/') {
                    assertReversible(new byte[] {(byte) a, (byte) b});
                }
            }
        }
    }

    @Test
    void randomBytesSurviveTheStringForm() {
        Random random = new Random(17);
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(12)];
            random.nextBytes(bytes);
            for (int k = 0; k < bytes.length; k++) {
                bytes[k] = bytes[k] == 0 || bytes[k] == '/' ? (byte) 0xed : bytes[k];
            }
            assertReversible(bytes);
        }
    }

    private static void assertReversible(byte[] bytes) {
        Name name = Name.of(bytes);
        assertThat(Name.of(name.toString()).toBytes()).isEqualTo(bytes);
    }

    @Test
    void aByteOutsideUtf8IsOneLoneSurrogate() {
        assertThat(Name.of(new byte[] {'b', (byte) 0xff, 'x'})).hasToString("b\uDCFFx");
        assertThat(Name.of(new byte[] {(byte) 0xc3, (byte) 0xa4})).hasToString("ä");
        // CESU-8 and overlong forms are not well-formed UTF-8
        assertThat(Name.of(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80})).hasToString("\uDCED\uDCA0\uDC80");
        assertThat(Name.of(new byte[] {(byte) 0xc0, (byte) 0xaf})).hasToString("\uDCC0\uDCAF");
        assertThat(Name.of("\uD83D\uDE00").toBytes()).hasSize(4);
    }

    @Test
    void refusesWhatNoNameCanBe() {
        for (String text : new String[] {"", "a/b", "/", "a\0", "\uD800", "\uDC00x", "x\uDC7F"}) {
            assertThatThrownBy(() -> Name.of(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void isOrderedByUnsignedBytes() {
        assertThat(Name.of("a")).isLessThan(Name.of("ab")).isLessThan(Name.of("\uDCFF"));
        assertThat(Name.of("!a")).isLessThan(Name.of("."));
        assertThat(Name.of("z")).isLessThan(Name.of("ä"));
    }

    @Test
    void spellingsOfAPathAreOne() {
        LayerPath path = LayerPath.of("a/b");
        for (String text : new String[] {"/a/b", "./a/b", "a//b/", "a/./b", "//a/b/.", "./././a/b//"}) {
            assertThat(LayerPath.of(text)).as(text).isEqualTo(path).hasSameHashCodeAs(path);
        }
        for (String text : new String[] {"", "/", ".", "./", "/./."}) {
            assertThat(LayerPath.of(text)).as(text).isEqualTo(LayerPath.ROOT).hasToString(".");
        }
    }

    @Test
    void aPathCannotLeaveItsRoot() {
        for (String text : new String[] {"..", "../a", "a/..", "a/../b", "/..", "a\0b"}) {
            assertThatThrownBy(() -> LayerPath.of(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> LayerPath.ROOT.resolve(Name.of(".."))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDirectoryComesBeforeWhatItHoldsAndThatBeforeItsNextSibling() {
        assertThat(LayerPath.of("a")).isLessThan(LayerPath.of("a/z"));
        assertThat(LayerPath.of("a/z")).isLessThan(LayerPath.of("a!"));
        assertThat(LayerPath.of("a/z")).isLessThan(LayerPath.of("a-b"));
        assertThat(LayerPath.ROOT).isLessThan(LayerPath.of("a"));
    }

    @Test
    void aPathKnowsItsPartsAndAncestors() {
        LayerPath path = LayerPath.of("a/b/c");
        assertThat(path.parent()).isEqualTo(LayerPath.of("a/b"));
        assertThat(path.lastName()).isEqualTo(Name.of("c"));
        assertThat(path.parent().resolve(path.lastName())).isEqualTo(path);
        assertThat(path.startsWith(LayerPath.of("a"))).isTrue();
        assertThat(path.startsWith(LayerPath.ROOT)).isTrue();
        assertThat(path.startsWith(LayerPath.of("a/b/c/d"))).isFalse();
        assertThat(LayerPath.of("ab").startsWith(LayerPath.of("a"))).isFalse();
    }
}
