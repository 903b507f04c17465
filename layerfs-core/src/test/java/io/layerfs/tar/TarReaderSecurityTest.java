package io.layerfs.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.MalformedLayerException;
import io.layerfs.tar.TarBytes.Header;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One test for each attack on tar parsers that is known; {@link TarReaderLimitsTest} has those on memory and time. */
class TarReaderSecurityTest {

    private static List<String> paths(TarBytes tar) throws IOException {
        return TarListing.entries(tar.toBytes()).stream()
                .map(entry -> new String(entry.path(), ISO_8859_1))
                .toList();
    }

    private static void refused(TarBytes tar, String reason) {
        assertThatThrownBy(() -> TarListing.entries(tar.toBytes()))
                .isExactlyInstanceOf(MalformedLayerException.class)
                .hasMessageMatching("(?s)tar( entry '[^']*'[^,]*)?, byte \\d+: .*")
                .hasMessageContaining(reason);
    }

    private static byte[] nested(String path) {
        return new TarBytes().file(path, "").toBytes();
    }

    @Test
    void tarmageddonPaxSizeIsTheOnlySizeWhereTheHeaderSaysZero() throws IOException {
        TarBytes tar = new TarBytes()
                .pax("size=512")
                .header(new Header('0', "outer").size(0))
                .body(nested("smuggled"))
                .file("after", "");
        assertThat(paths(tar)).containsExactly("outer", "after");
    }

    @Test
    void tarmageddonPaxSizeOfZeroIsTheOnlySizeWhereTheHeaderSaysMore() throws IOException {
        TarBytes tar = new TarBytes()
                .pax("size=0")
                .header(new Header('0', "outer").size(512))
                .file("seen", "");
        assertThat(paths(tar)).containsExactly("outer", "seen");
        assertThat(TarListing.entries(tar.toBytes()).get(0).size()).isZero();
    }

    @Test
    void paxSizeDoesNotApplyToAnIntermediateHeader() throws IOException {
        TarBytes tar = new TarBytes()
                .pax("size=1024")
                .entry(new Header('L', "././@LongLink").gnu(), "long\0")
                .entry(new Header('K', "././@LongLink").gnu(), "link\0")
                .header(new Header('0', "short"))
                .body(new byte[1024])
                .file("after", "");
        assertThat(paths(tar)).containsExactly("long", "after");
    }

    @Test
    void cve202513462TheWholePathDecidesWhetherAnOldEntryIsADirectory() throws IOException {
        TarBytes tar = new TarBytes()
                .entry(new Header('L', "././@LongLink").gnu(), "d".repeat(99) + "/file\0")
                .entry(new Header('\0', "d".repeat(99) + "/").gnu(), "content");
        TarEntry entry = TarListing.entries(tar.toBytes()).get(0);
        assertThat(entry.kind()).isEqualTo(TarEntry.Kind.FILE);
        assertThat(entry.size()).isEqualTo(7);
    }

    @Test
    void paxRecordsHoldForOneEntryOnly() throws IOException {
        TarBytes tar =
                new TarBytes().pax("path=renamed", "size=3").file("one", "abc").file("two", "");
        assertThat(paths(tar)).containsExactly("renamed", "two");
    }

    @Test
    void extensionsMustBeFollowedByTheirEntry() {
        refused(new TarBytes().pax("path=x").end(), "followed by the end of the archive");
        refused(new TarBytes().pax("path=x").header(new Header('V', "v").gnu()), "followed by a global header or");
        refused(new TarBytes().pax("path=x").entry(new Header('g', "g"), ""), "followed by a global header or");
    }

    @Test
    void twoExtensionsMustNotContradictEachOther() {
        refused(new TarBytes().pax("uid=1").pax("uid=2").file("a", ""), "a second PAX header");
        TarBytes names = new TarBytes()
                .entry(new Header('L', "l").gnu(), "one\0")
                .pax("path=two")
                .file("a", "");
        refused(names, "two values of the path for the same entry: 'two' and 'one'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4 a=\n",
                "3 =",
                "6 a=b",
                "7 a=b\n",
                "5 =b\n",
                "6 ab \n",
                "0 a=b\n",
                "-6 a=b\n",
                "+6 a=b\n",
                "6  a=b\n",
                "6a=b\n",
                "99999999999999999999 a=b\n",
                "18446744073709551622 a=b\n",
                " ",
                "6",
                "7 a=\0\n\0",
                "8 a\0=b \n",
                "6 a=b\n\0\0\0\0"
            })
    void malformedPaxRecordsAreErrors(String records) {
        refused(new TarBytes().entry(new Header('x', "x"), records).file("a", ""), "PAX record");
    }

    @Test
    void namesWithNulAreErrors() {
        refused(new TarBytes().pax("path=a\0b").file("a", ""), "the PAX record path holds NUL: 'a\\x00b'");
        refused(
                new TarBytes().pax("linkpath=a\0b").header(new Header('2', "a").link("x")),
                "the PAX record linkpath holds NUL");
    }

    @Test
    void emptyNamesAreErrors() {
        refused(new TarBytes().header(new Header('0', "")), "the path is empty");
        refused(new TarBytes().entry(new Header('L', "l").gnu(), "\0").file("a", ""), "the path is empty");
        refused(new TarBytes().header(new Header('2', "a")), "the link target is empty");
        refused(new TarBytes().header(new Header('1', "a")), "the link target is empty");
    }

    @Test
    void sizesThatAreNegativeOrOverflowAreErrors() {
        refused(new TarBytes().header(new Header('0', "a").base256(124, 12, -1)), "the size is negative: -1");
        refused(new TarBytes().header(new Header('x', "a").base256(124, 12, -512)), "the size is negative: -512");
        refused(new TarBytes().header(new Header('L', "a").base256(124, 12, -512)), "the size is negative: -512");
        refused(new TarBytes().pax("size=-1").file("a", ""), "no number");
        refused(new TarBytes().pax("size=9223372036854775808").file("a", ""), "no number");
        refused(new TarBytes().pax("size=9223372036854775807").file("a", ""), "more than a file can have");
        refused(
                new TarBytes().header(new Header('V', "a").base256(124, 12, Long.MAX_VALUE)),
                "more than a file can have");
        refused(
                new TarBytes().header(new Header('0', "a").text(124, "\u0081\0\0\0\0\0\0\0\0\0\0\1")),
                "a base-256 number of more than 64 bits");
        for (String size : List.of("\00000000001\0", " \0000000001\0", "   \0 000001\0")) {
            refused(new TarBytes().header(new Header('0', "a").text(124, size)), "the size field starts with NUL");
        }
        refused(new TarBytes().header(new Header('0', "a").text(124, "0x10")), "the size field holds '0x10");
        refused(new TarBytes().header(new Header('0', "a").text(124, "12 34")), "the size field holds '12");
    }

    @ParameterizedTest
    @ValueSource(chars = {'1', '2', '3', '4', '5', '6'})
    void typesThatAreOnlyAHeaderHaveNoBody(char type) {
        refused(new TarBytes().entry(new Header(type, "a").link("b"), "body"), "has no data, but the size is 4");
        refused(new TarBytes().pax("size=4").header(new Header(type, "a").link("b")), "has no data, but the size is 4");
    }

    @Test
    void theOldTypeOfDirectoryHasNoBody() {
        refused(new TarBytes().entry(new Header('\0', "a/").v7(), "body"), "a directory has no data");
        refused(new TarBytes().file("a/", "body"), "to some readers it is a directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"path=x", "linkpath=x", "size=0", "GNU.sparse.major=1"})
    void globalHeadersDoNotNameOrMeasureEntries(String record) {
        refused(
                new TarBytes()
                        .entry(new Header('g', "g"), TarBytes.records(record))
                        .file("a", ""),
                "a global PAX header with");
    }

    @Test
    void everyHeaderNeedsItsChecksum() {
        for (int at : new int[] {0, 99, 124, 156, 257, 511}) {
            byte[] tar = new TarBytes().file("name", "").end().toBytes();
            tar[at] ^= 1;
            refused(new TarBytes().raw(tar), "no tar header: its checksum field says");
        }
    }

    @Test
    void garbageWhereAHeaderShouldBeIsAnError() {
        refused(
                new TarBytes().file("a", "").raw("garbage".repeat(100).getBytes(ISO_8859_1)),
                "the checksum field holds");
        refused(new TarBytes().raw(new byte[512]).file("a", ""), "one block of zeros, and then a block that is not");
        refused(new TarBytes().raw(new byte[513]), "the tar ends within a block");
    }

    @ParameterizedTest
    @ValueSource(chars = {'8', '9', 'A', 'E', 'I', 'M', 'N', 'Z', 'a', 's', ' ', '\u00ff'})
    void unknownTypesAreErrors(char type) {
        refused(
                new TarBytes().header(new Header(type, "a").gnu()),
                type == 'M' ? "another volume" : "which is none known");
    }

    @Test
    void whatIsCutOffIsAnErrorWithItsPlace() {
        byte[] whole =
                new TarBytes().pax("path=the/name").file("a", "x".repeat(700)).toBytes();
        for (int length = 1; length < whole.length; length++) {
            if (length == 1024 + 512) {
                continue;
            }
            TarBytes cut = new TarBytes().raw(Arrays.copyOf(whole, length));
            refused(cut, length == 1024 ? "followed by the end of the archive" : "the tar ends within");
        }
        refused(new TarBytes().raw(Arrays.copyOf(whole, 1600)), "tar entry 'the/name', byte 1536: ");
    }

    @Test
    void aFileThatIsCutOffIsNoticedThoughFileStreamsSkipBehindTheirEnd(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("cut.tar");
        Files.write(
                file,
                new TarBytes()
                        .header(new Header('0', "a").size(1 << 20))
                        .raw(new byte[1000])
                        .toBytes());
        try (InputStream in = new FileInputStream(file.toFile())) {
            TarReader reader = new TarReader(in);
            assertThat(reader.next()).isNotNull();
            assertThatThrownBy(reader::next)
                    .isInstanceOf(MalformedLayerException.class)
                    .hasMessage("tar entry 'a', byte 512: the tar ends within the data: 1048576 bytes should follow");
        }
        try (InputStream in = Files.newInputStream(file)) {
            TarReader reader = new TarReader(in);
            assertThat(reader.next()).isNotNull();
            assertThatThrownBy(() -> reader.data().readAllBytes())
                    .isInstanceOf(MalformedLayerException.class)
                    .hasMessageContaining("1047576 bytes before its end");
        }
    }
}
