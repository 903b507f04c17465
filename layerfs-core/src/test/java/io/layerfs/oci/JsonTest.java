package io.layerfs.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.DigestMismatchException;
import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What documents say, and what they may not: each message has the document, the place in it, and the reason. */
class JsonTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Json json(String text) throws MalformedLayerException {
        return Json.parse("doc", bytes(text.replace('\'', '"')));
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isExactlyInstanceOf(MalformedLayerException.class)
                .hasMessageContaining(message);
    }

    @Test
    void whatIsNoIJsonIsRefused() {
        refused(() -> json(""), "doc");
        refused(() -> json("[]"), "doc");
        refused(() -> json("{} x"), "doc: ");
        refused(() -> json("{}{}"), "doc: something follows the end of the document");
        refused(() -> json("{'a':1,'a':2}"), "not JSON that is accepted: the name 'a' is there twice");
        refused(() -> json("{'a':"), "not JSON that is accepted");
        refused(() -> Json.parse("doc", new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}), "not UTF-8");
        refused(() -> Json.parseArray("doc", bytes("{}")), "not an array");
        refused(() -> Json.parseArray("doc", bytes("[{},1]")), "doc at /1");
    }

    @Test
    void sizeAndDepthHaveLimits() throws MalformedLayerException {
        String blanks = " ".repeat(Json.MAX_BYTES - 2);
        assertThat(json(blanks + "{}").members()).isEmpty();
        refused(() -> json(blanks + " {}"), "doc: 4194305 bytes; a document may have 4194304");
        assertThat(json("{'a':" + "[".repeat(63) + "]".repeat(63) + "}").has("a"))
                .isTrue();
        refused(
                () -> json("{'a':" + "[".repeat(64) + "]".repeat(64) + "}"),
                "doc: nested too deep, in more than 64 levels");
        refused(() -> json("{'a':" + "9".repeat(1001) + "}"), "doc: ");
        assertThat(json("{'a':" + "9".repeat(1000) + "}").members()).containsEntry("a", "9".repeat(1000));
    }

    @Test
    void nullCountsAsAbsent() throws MalformedLayerException {
        Json json = json("{'a':null,'b':{'c':null},'d':[]}");
        assertThat(json.has("a")).isFalse();
        assertThat(json.string("a")).isNull();
        assertThat(json.object("a")).isNull();
        assertThat(json.objects("a")).isEmpty();
        assertThat(json.strings("a")).isEmpty();
        assertThat(json.requireObject("b").members()).isEmpty();
        assertThat(json.requireDigests("d")).isEmpty();
    }

    @Test
    void aMemberOfAnotherTypeIsNamedWithItsPlace() throws MalformedLayerException {
        Json inner = json("{'o':{'s':1,'n':'x','a':{},'b':[1],'d':['x'],'l':[{}, 2]}}")
                .requireObject("o");
        refused(() -> inner.string("s"), "doc at /o: 's' is not a string");
        refused(() -> inner.requireString("none"), "doc at /o: 'none' is missing");
        refused(() -> inner.requireLong("n"), "doc at /o: 'n' ");
        refused(() -> inner.requireLong("none"), "doc at /o: 'none' ");
        refused(() -> inner.strings("a"), "doc at /o: 'a' is not an array");
        refused(() -> inner.strings("b"), "doc at /o: 'b' holds something other than strings");
        refused(() -> inner.requireDigests("d"), "doc at /o: 'd': not a digest");
        refused(() -> inner.requireDigests("none"), "doc at /o: 'none' is missing");
        refused(() -> inner.requireDigest("none"), "doc at /o: 'none' is missing");
        refused(() -> inner.requireObject("none"), "doc at /o: 'none' is missing");
        refused(() -> inner.object("s"), "doc at /o/s");
        refused(() -> inner.objects("a"), "doc at /o/a: not an array");
        refused(() -> inner.objects("l"), "doc at /o/l/1");
    }

    @ParameterizedTest
    @CsvSource({"0", "-1", "9223372036854775807", "-9223372036854775808"})
    void wholeNumbersOf64BitsAreNumbers(long number) throws MalformedLayerException {
        assertThat(json("{'n':" + number + "}").requireLong("n")).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({"9223372036854775808", "-9223372036854775809", "1.0", "1e3", "true", "'\"1\"'"})
    void otherNumbersAreNone(String number) throws MalformedLayerException {
        Json json = json("{'n':" + number + "}");
        refused(() -> json.requireLong("n"), "doc: 'n' ");
    }

    @Test
    void aDescriptorIsRefusedForWhatItSays() throws IOException {
        String digest = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        String start = "{'mediaType':'m','digest':'" + digest + "','size':";
        assertThat(Descriptor.parse(json(start + "3,'data':'YWJj'}")).size()).isEqualTo(3);
        assertThat(Descriptor.parse(json(start + "0}")).annotations()).isEmpty();
        refused(() -> Descriptor.parse(json(start + "-1}")), "doc: 'size' is negative: -1");
        refused(() -> Descriptor.parse(json(start + "3,'data':'!'}")), "doc: 'data' is not base64");
        refused(() -> Descriptor.parse(json(start + "3,'annotations':{'a':1}}")), "doc at /annotations: 'a' is not a");
        assertThatThrownBy(() -> Descriptor.parse(json(start + "4,'data':'YWJj'}")))
                .isInstanceOf(DigestMismatchException.class)
                .hasMessage("doc: 'data': 3 bytes; the descriptor of " + digest + " says 4");
        assertThatThrownBy(() -> Descriptor.parse(json(start + "3,'data':'YWJk'}")))
                .isInstanceOf(DigestMismatchException.class)
                .hasMessage("doc: 'data': its digest is not " + digest + ", as its descriptor says");
    }

    @Test
    void whatIsWrittenIsReadAgain() throws MalformedLayerException {
        String text = "{'s':'\\u00e4','l':[1,-2,true,false],'o':{'x':[]}}".replace('\'', '"');
        Json read = Json.parse("doc", bytes(text));
        assertThat(new String(Json.write(read.members()), StandardCharsets.UTF_8))
                .isEqualTo(text.replace("\\u00e4", "\u00e4"));
        assertThat(read.members().get("l")).isEqualTo(List.of(1L, -2L, true, false));
    }
}
