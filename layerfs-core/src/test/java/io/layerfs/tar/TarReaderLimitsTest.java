package io.layerfs.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.MalformedLayerException;
import io.layerfs.tar.TarBytes.Header;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One test for each limit of {@link TarLimits}, and for maps and numbers that would overrun one. */
class TarReaderLimitsTest {

    private static final long GIB_8 = 8L << 30;

    private static List<TarEntry> entries(TarBytes tar) throws IOException {
        return TarListing.entries(tar.toBytes());
    }

    private static void refused(TarBytes tar, String reason) {
        assertThatThrownBy(() -> TarListing.entries(tar.toBytes()))
                .isExactlyInstanceOf(MalformedLayerException.class)
                .hasMessageMatching("(?s)tar( entry '[^']*'[^,]*)?, byte \\d+: .*")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(chars = {'x', 'X', 'g', 'L', 'K'})
    void aHeaderBombOfEightGibibytesAllocatesNothing(char type) {
        byte[] tar = new TarBytes()
                .header(new Header(type, "bomb").gnu().size(GIB_8))
                .toBytes();
        assertThat(allocatedWhileRefused(tar, "of 8589934592 bytes, more than")).isLessThan(1 << 20);
    }

    @Test
    void aPaxHeaderThatEndsEarlyAllocatesNoMoreThanItsLimit() {
        byte[] tar = new TarBytes()
                .header(new Header('x', "bomb").size(1 << 20))
                .raw(new byte[600])
                .toBytes();
        assertThat(allocatedWhileRefused(tar, "the tar ends within a PAX header, behind 600 of its 1048576 bytes"))
                .isLessThan(4 << 20);
    }

    @Test
    void aSparseMapBombAllocatesNoMoreThanItsLimit() {
        String endless = "999999999999999999\n" + "0\n0\n".repeat(100_000);
        byte[] inData = new TarBytes()
                .pax("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.realsize=5")
                .file("a", endless)
                .toBytes();
        assertThat(allocatedWhileRefused(inData, "a sparse map of more than 65536 extents"))
                .isLessThan(32 << 20);
        byte[] inRecords = new TarBytes()
                .pax(
                        "GNU.sparse.size=5",
                        "GNU.sparse.numblocks=100000",
                        "GNU.sparse.map=" + "0,0,".repeat(99_999) + "0,0")
                .file("a", "")
                .toBytes();
        assertThat(allocatedWhileRefused(inRecords, "a sparse map of more than 65536 extents"))
                .isLessThan(32 << 20);
        byte[] extension = new byte[512];
        for (int i = 0; i < 504; i++) {
            extension[i] = '0';
        }
        extension[504] = 1;
        TarBytes inHeader = new TarBytes().header(new Header('S', "a").gnu().text(482, "\1"));
        for (int i = 0; i < 4000; i++) {
            inHeader.raw(extension);
        }
        assertThat(allocatedWhileRefused(inHeader.toBytes(), "a sparse map of more than 65536 extents"))
                .isLessThan(32 << 20);
    }

    private static long allocatedWhileRefused(byte[] tar, String reason) {
        TarReader reader = new TarReader(new ByteArrayInputStream(tar));
        long before = Allocation.ofThisThread();
        String message = "";
        try {
            reader.next();
        } catch (IOException e) {
            message = e.getMessage();
        }
        long allocated = Allocation.ofThisThread() - before;
        assertThat(message).contains(reason);
        return allocated;
    }

    @Test
    void numberParsingIsNoDenialOfService() {
        String digits = "9".repeat(300_000);
        refused(new TarBytes().pax("mtime=" + digits).file("a", ""), "no number");
        refused(new TarBytes().pax("mtime=9e9999999").file("a", ""), "the mtime field holds '9e9999999'");
        refused(new TarBytes().pax("mtime=0.9e9999999").file("a", ""), "which is no time");
        refused(new TarBytes().pax("size=" + digits).file("a", ""), "no number");
        refused(new TarBytes().pax("uid=" + digits).file("a", ""), "no number");
        refused(new TarBytes().pax("GNU.sparse.offset=" + digits).file("a", ""), "no number");
        refused(new TarBytes().entry(new Header('x', "x"), digits + " a=b\n").file("a", ""), "no number");
    }

    @Test
    void manyDigitsBehindThePointCostTheirLength() throws IOException {
        assertThat(entries(new TarBytes().pax("mtime=1." + "9".repeat(300_000)).file("a", "")))
                .hasSize(1);
    }

    @Test
    void timesOutOfRangeAreErrors() {
        refused(new TarBytes().pax("mtime=18014398509481985").file("a", ""), "is not within");
        refused(new TarBytes().pax("mtime=-18014398509481985").file("a", ""), "is not within");
        refused(new TarBytes().header(new Header('0', "a").base256(136, 12, Long.MIN_VALUE)), "is not within");
        refused(new TarBytes().pax("mtime=").header(new Header('0', "a").base256(136, 12, 1L << 60)), "is not within");
        for (String text : new String[] {"-", ".", ".5", "--1", "1..2", "1.2.3", "1,5", "0x1", "1 ", "+1", "NaN"}) {
            refused(new TarBytes().pax("mtime=" + text).file("a", ""), "the mtime field holds");
        }
    }

    @Test
    void idsAndDeviceNumbersOutOfRangeAreErrors() {
        refused(new TarBytes().pax("uid=4294967296").file("a", ""), "the uid is 4294967296, not 0 to 4294967295");
        refused(new TarBytes().pax("gid=-1").file("a", ""), "no number");
        refused(new TarBytes().header(new Header('0', "a").base256(108, 8, -1)), "the uid is -1");
        refused(new TarBytes().header(new Header('3', "a").octal(329, 8, 4096)), "the major device number is 4096");
        refused(
                new TarBytes().header(new Header('4', "a").octal(337, 8, 1 << 20)),
                "the minor device number is 1048576");
    }

    @Test
    void pathsAndTargetsHaveALimit() throws IOException {
        assertThat(entries(new TarBytes().pax("path=" + "a".repeat(262_400)).file("a", "")))
                .hasSize(1);
        refused(
                new TarBytes().pax("path=" + "a".repeat(262_401)).file("a", ""),
                "the path has 262401 bytes, more than 262400");
        refused(
                new TarBytes()
                        .entry(new Header('L', "l").gnu(), "a".repeat(262_401) + "\0")
                        .file("a", ""),
                "the path has 262401 bytes, more than 262400");
        refused(
                new TarBytes().pax("linkpath=" + "a".repeat(4096)).header(new Header('2', "a")),
                "the link target has 4096 bytes, more than 4095");
    }

    @Test
    void extendedAttributesHaveALimit() throws IOException {
        assertThat(entries(new TarBytes()
                        .pax("SCHILY.xattr.a=" + "v".repeat(65536))
                        .file("a", "")))
                .hasSize(1);
        refused(
                new TarBytes().pax("SCHILY.xattr.a=" + "v".repeat(65537)).file("a", ""),
                "the extended attribute 'a' has 65537 bytes, more than 65536");
        refused(
                new TarBytes().pax("SCHILY.xattr." + "n".repeat(256) + "=v").file("a", ""),
                "the name of an extended attribute has 256 bytes, not 1 to 255");
        refused(new TarBytes().pax("SCHILY.xattr.=v").file("a", ""), "has 0 bytes, not 1 to 255");
        refused(new TarBytes().pax("LIBARCHIVE.xattr.a=!!").file("a", ""), "is not base64");
        for (String name : new String[] {"%", "%4", "%g0", "a%00"}) {
            refused(new TarBytes().pax("LIBARCHIVE.xattr." + name + "=YQ").file("a", ""), "is not percent-encoded");
        }
    }

    @Test
    void sparseMapsMustBeInOrderWithinTheFileAndMatchTheData() {
        String[][] wrong = {
            {"10,5,12,1", "is not between 15, where the last one ends, and the size 20"},
            {"18,5", "is not between 0"},
            {"9223372036854775807,9223372036854775807", "is not between 0"},
            {"0,1", "the extents of the sparse map have 1 bytes, the data has 5"},
            {"0,6", "the extents of the sparse map have 6 bytes, the data has 5"},
            {"0", "has 1 numbers"},
            {"0,5,", "no number"},
            {"0,,5", "no number"},
            {"-1,5", "no number"},
        };
        for (String[] one : wrong) {
            long pairs = (one[0].chars().filter(c -> c == ',').count() + 1) / 2;
            refused(
                    new TarBytes()
                            .pax("GNU.sparse.size=20", "GNU.sparse.numblocks=" + pairs, "GNU.sparse.map=" + one[0])
                            .file("a", "12345"),
                    one[1]);
        }
    }

    @Test
    void sparseHeadersMustBeWhole() {
        refused(new TarBytes().pax("GNU.sparse.major=2", "GNU.sparse.minor=0").file("a", ""), "the sparse format 2.0");
        refused(new TarBytes().pax("GNU.sparse.major=1", "GNU.sparse.minor=1").file("a", ""), "the sparse format 1.1");
        refused(new TarBytes().pax("GNU.sparse.name=x").file("a", ""), "without its size");
        refused(new TarBytes().pax("GNU.sparse.size=1").file("a", ""), "numblocks says -1 pairs");
        refused(new TarBytes().pax("GNU.sparse.offset=1").file("a", ""), "has no GNU.sparse.numbytes");
        refused(new TarBytes().pax("GNU.sparse.numbytes=1").file("a", ""), "out of turn");
        refused(new TarBytes().pax("GNU.sparse.offset=1,2").file("a", ""), "no number");
        refused(
                new TarBytes()
                        .pax("GNU.sparse.offset=1", "GNU.sparse.numbytes=1", "GNU.sparse.map=1,1")
                        .file("a", ""),
                "two sparse maps");
        refused(
                new TarBytes()
                        .pax("GNU.sparse.size=1", "GNU.sparse.numblocks=0")
                        .header(new Header('5', "a")),
                "a directory with a sparse map");
        refused(
                new TarBytes()
                        .pax("GNU.sparse.size=1", "GNU.sparse.numblocks=0")
                        .header(new Header('S', "a").gnu()),
                "two sparse maps");
        refused(new TarBytes().header(new Header('S', "a")), "in a header that is not GNU's");
        refused(new TarBytes().header(new Header('S', "a").gnu().base256(483, 12, -1)), "sparse file is negative");
        refused(new TarBytes().header(new Header('S', "a").gnu().text(482, "\1")), "an extension of the sparse map");
        String[] inData = {"GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.realsize=5"};
        refused(new TarBytes().pax(inData).file("a", "1\n0\n5\n"), "the sparse map does not end within the data");
        refused(new TarBytes().pax(inData).file("a", "1".repeat(512)), "a number of more than 19 digits");
        refused(new TarBytes().pax(inData).file("a", "x\n" + "\0".repeat(510)), "no number");
    }
}
