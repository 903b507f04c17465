package io.layerfs.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.MalformedLayerException;
import io.layerfs.tar.TarBytes.Header;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one reader of tars takes for one thing and one for another is refused; most of it {@link TarDifferentialTest} found. */
class TarAmbiguityTest {

    private static void refused(TarBytes tar, String reason) {
        assertThatThrownBy(() -> TarListing.entries(tar.toBytes()))
                .isExactlyInstanceOf(MalformedLayerException.class)
                .hasMessageMatching("(?s)tar( entry '[^']*'[^,]*)?, byte \\d+: .*")
                .hasMessageContaining(reason);
    }

    @Test
    void aPrefixInAHeaderThatIsNotUstarsIsAnError() {
        for (String magic : List.of("\0\0\0\0\0\0\0\0", "ustar_00", "xstar\00000")) {
            refused(
                    new TarBytes()
                            .header(new Header('0', "name").text(257, magic).text(345, "prefix")),
                    "to some readers it counts");
        }
    }

    @Test
    void aLongNameThatGoesOnBehindItsSizeIsAnError() {
        for (char type : new char[] {'L', 'K'}) {
            refused(
                    new TarBytes()
                            .header(new Header(type, "././@LongLink").gnu().size(3))
                            .body("abcdef".getBytes(ISO_8859_1))
                            .file("f", ""),
                    "goes on behind them");
        }
    }

    /** GNU tar makes a directory of it. */
    @Test
    void aSparseFileThatIsSpelledAsADirectoryIsAnError() {
        refused(
                new TarBytes().header(new Header('S', "d/").gnu().octal(483, 12, 0)),
                "a regular file whose path ends in '/': to some readers it is a directory");
    }

    /** To GNU tar it is a file. */
    @Test
    void anEntryWithoutATypeThatIsCalledASlashIsAnError() {
        for (String path : List.of("/", "//")) {
            refused(new TarBytes().header(new Header('\0', path)), "without a type and without a name before '/'");
        }
    }

    /** To Go the header's value holds then, to Python and GNU tar the entry has no name, no target, no bytes. */
    @Test
    void anEmptyRecordOfWhatAnEntryIsIsAnError() {
        for (String records : List.of("8 path=\n", "13 path=name\n8 path=\n", "13 linkpath=\n", "8 size=\n")) {
            for (char kind : new char[] {'g', 'x'}) {
                refused(
                        new TarBytes().entry(new Header(kind, "h"), records).file("f", "content"),
                        " is empty: some readers take the header's value then, some none");
            }
        }
    }

    @Test
    void aDeviceOrPipeThatIsSpelledAsADirectoryIsAnError() {
        for (char type : new char[] {'3', '4', '6'}) {
            refused(new TarBytes().header(new Header(type, "d/")), "to some readers it is a directory");
        }
    }

    /** Where it has no NUL, Python and GNU tar take the times for a part of the path. */
    @Test
    void aStarPrefixWithoutAnEndIsAnError() {
        Header star = new Header('0', "name")
                .text(345, "p".repeat(131) + "00000000001 00000000002 ")
                .text(508, "tar\0");
        refused(new TarBytes().header(star), "a star header whose prefix has no end");
    }

    /** GNU tar looks for the next header in the data. */
    @Test
    void aSparseMapInRecordsOfAHeaderThatIsNotUstarsIsAnError() {
        for (Header header : List.of(
                new Header('0', "f").gnu(), new Header('0', "f").v7(), new Header('0', "f").text(508, "tar\0"))) {
            TarBytes tar = new TarBytes().pax("GNU.sparse.size=9", "GNU.sparse.numblocks=1", "GNU.sparse.map=0,3");
            refused(tar.entry(header, "abc"), "a sparse map in PAX records, of a header that is not ustar's");
        }
    }
}
