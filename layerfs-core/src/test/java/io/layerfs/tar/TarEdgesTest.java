package io.layerfs.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.MalformedLayerException;
import io.layerfs.tar.TarBytes.Header;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The last value that the reader takes, and the first that it does not; {@link TarReaderLimitsTest} has those that cost memory. */
class TarEdgesTest {

    private static TarEntry only(TarBytes tar) throws IOException {
        List<TarEntry> entries = TarListing.entries(tar.toBytes());
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    private static void refused(TarBytes tar, String reason) {
        assertThatThrownBy(() -> TarListing.entries(tar.toBytes()))
                .isExactlyInstanceOf(MalformedLayerException.class)
                .hasMessageContaining(reason);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource({"3, true", "512, true", "512, false", "1024, false", "600, false"})
    void aLongNameNeedsNoNul(int length, boolean nul) throws IOException {
        String name = "n".repeat(length);
        TarBytes tar = new TarBytes()
                .entry(new Header('L', "././@LongLink").gnu(), name + (nul ? "\0" : ""))
                .file("short", "");
        assertThat(only(tar).path()).isEqualTo(bytes(name));
    }

    @Test
    void aLabelMayHaveABody() throws IOException {
        for (int size : new int[] {0, 1, 512, 513}) {
            TarBytes tar = new TarBytes()
                    .entry(new Header('V', "label").gnu(), "l".repeat(size))
                    .file("f", "content");
            TarEntry entry = only(tar);
            assertThat(entry.path()).isEqualTo(bytes("f"));
            assertThat(entry.offset()).isEqualTo(512 + (size + 511) / 512 * 512);
        }
    }

    @Test
    void gnuTimesMustBeNumbers() throws IOException {
        Header both = new Header('0', "f").gnu().octal(345, 12, 7).octal(357, 12, 8);
        assertThat(only(new TarBytes().header(both)).path()).isEqualTo(bytes("f"));
        refused(new TarBytes().header(new Header('0', "f").gnu().text(345, "prefix")), "the GNU atime field holds");
        refused(new TarBytes().header(new Header('0', "f").gnu().text(357, "prefix")), "the GNU ctime field holds");
    }

    @ParameterizedTest
    @ValueSource(strings = {"18014398509481984", "-18014398509481984", "18014398509481984.999999999", "0", "-0"})
    void timesThatAreStillInRange(String text) throws IOException {
        Instant time = only(new TarBytes().pax("mtime=" + text).file("f", ""))
                .attributes()
                .mtime();
        assertThat(time.getEpochSecond()).isEqualTo(Long.parseLong(text.split("\\.", 2)[0]));
    }

    /** Toward the past, for times before 1970 too. */
    @ParameterizedTest
    @CsvSource({
        "1.1234567899, 1, 123456789",
        "-1.5, -2, 500000000",
        "-1.0000000001, -2, 999999999",
        "-1.0000000000, -1, 0",
        "1.000000000, 1, 0",
        "1., 1, 0",
        "-0.1, -1, 900000000"
    })
    void whatIsBelowANanosecondIsDropped(String text, long seconds, int nanos) throws IOException {
        assertThat(only(new TarBytes().pax("mtime=" + text).file("f", ""))
                        .attributes()
                        .mtime())
                .isEqualTo(Instant.ofEpochSecond(seconds, nanos));
    }

    @Test
    void aSparseMapMayHaveAllExtentsThatAreAllowedAndAFileNoBytes() throws IOException {
        String[] full = {
            "GNU.sparse.size=5", "GNU.sparse.numblocks=65536", "GNU.sparse.map=" + "0,0,".repeat(65_535) + "0,5"
        };
        assertThat(only(new TarBytes().pax(full).file("f", "12345")).extents()).hasSize(1);
        String[] empty = {"GNU.sparse.size=0", "GNU.sparse.numblocks=1", "GNU.sparse.map=0,0"};
        TarEntry entry = only(new TarBytes().pax(empty).file("f", ""));
        assertThat(List.of(entry.size(), entry.storedSize())).containsOnly(0L);
        assertThat(entry.extents()).isEmpty();
    }

    @Test
    void theMinorVersionOfASparseMapMayBeLeftOut() throws IOException {
        TarBytes tar = new TarBytes()
                .pax("GNU.sparse.major=1", "GNU.sparse.realsize=9")
                .file("f", "1\n4\n5\n" + "\0".repeat(506) + "12345");
        TarEntry entry = only(tar);
        assertThat(List.of(entry.size(), entry.storedSize(), entry.dataOffset()))
                .containsExactly(9L, 5L, 2048L);
    }

    @Test
    void anEmptySparseRecordSaysNothing() throws IOException {
        TarBytes directory = new TarBytes().pax("GNU.sparse.size=").header(new Header('5', "d/"));
        assertThat(only(directory).kind()).isEqualTo(TarEntry.Kind.DIRECTORY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%", "a%4", "a%4g", "%00", "%zz"})
    void namesOfAttributesThatAreNotPercentEncodedAreRefused(String name) {
        refused(new TarBytes().pax("LIBARCHIVE.xattr." + name + "=YQ").file("f", ""), "is not percent-encoded");
    }

    @Test
    void aNameOfAnAttributeMayEndInAnEncodedByte() throws IOException {
        TarEntry entry =
                only(new TarBytes().pax("LIBARCHIVE.xattr.user.a%3d=YQ").file("f", ""));
        assertThat(entry.attributes().xattrs().get("user.a=")).isEqualTo(bytes("a"));
    }

    @Test
    void namesOfAttributesHaveALimit() throws IOException {
        String name = "n".repeat(255);
        assertThat(only(new TarBytes().pax("SCHILY.xattr." + name + "=v").file("f", ""))
                        .attributes()
                        .xattrs()
                        .get(name))
                .isEqualTo(bytes("v"));
        refused(new TarBytes().pax("SCHILY.xattr." + name + "n=v").file("f", ""), "has 256 bytes, not 1 to 255");
    }

    @Test
    void whatIsQuotedIsCutOnlyWhereItIsLong() {
        refused(new TarBytes().pax("mtime=" + "x".repeat(255)).file("f", ""), "'" + "x".repeat(255) + "', which");
        refused(
                new TarBytes().pax("mtime=" + "x".repeat(256)).file("f", ""),
                "'" + "x".repeat(255) + "'... (256 bytes), which");
    }

    /** The place that a message gives is that of the record, number or extent at fault, not of its header. */
    @Test
    void messagesGiveThePlaceOfWhatIsWrong() {
        refused(
                new TarBytes()
                        .entry(new Header('x', "x"), "7 a=bc\n9 nothing\n")
                        .file("f", ""),
                "byte 519: a PAX record is not a keyword");
        refused(
                new TarBytes().entry(new Header('x', "x"), "7 a=bc\n70 a=b\n").file("f", ""),
                "byte 519: a PAX record says that it has 70 bytes; the header has 7");
        Header sparse =
                new Header('S', "f").gnu().octal(483, 12, 9).octal(386, 12, 3).octal(398, 12, 1);
        refused(new TarBytes().header(sparse.text(410, "x")), "byte 410: the sparse offset field holds 'x");
        sparse.octal(410, 12, 5);
        refused(new TarBytes().header(sparse.text(422, "y")), "byte 422: the sparse length field holds 'y");
        sparse.octal(422, 12, 5);
        refused(new TarBytes().header(sparse), "byte 410: a sparse extent of 5 bytes at 5 is not between 4");
        sparse.text(483, "z");
        refused(new TarBytes().header(sparse), "byte 483: the sparse size field holds 'z");
    }

    @Test
    void whatIsReadOfNothingIsNothing() throws IOException {
        byte[] tar = new TarBytes().file("f", "ab").toBytes();
        TarReader reader = new TarReader(new ByteArrayInputStream(tar));
        assertThat(reader.next()).isNotNull();
        assertThat(reader.data().read(new byte[2], 1, 0)).isZero();
        assertThat(reader.data().read()).isEqualTo('a');
        assertThat(reader.data().readAllBytes()).isEqualTo(bytes("b"));
        assertThat(reader.data().read()).isNegative();
        assertThat(reader.data().read(new byte[2], 1, 0)).isZero();
    }
}
