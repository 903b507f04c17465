package io.layerfs.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.MalformedLayerException;
import io.layerfs.blob.SparseSlice.Extent;
import io.layerfs.tar.TarBytes.Header;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each dialect and extension means. */
class TarReaderTest {

    private static TarEntry only(TarBytes tar) throws IOException {
        List<TarEntry> entries = TarListing.entries(tar.toBytes());
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    private static String path(TarEntry entry) {
        return new String(entry.path(), ISO_8859_1);
    }

    private static Instant mtime(String text) throws IOException {
        return only(new TarBytes().pax("mtime=" + text).file("a", ""))
                .attributes()
                .mtime();
    }

    @Test
    void anArchiveOfNoBytesHasNoEntries() throws IOException {
        assertThat(TarListing.entries(new byte[0])).isEmpty();
    }

    @Test
    void theArchiveEndsWithTwoZeroBlocksOrOneOrNone() throws IOException {
        for (int blocks = 0; blocks <= 2; blocks++) {
            byte[] tar =
                    new TarBytes().file("a", "b").raw(new byte[512 * blocks]).toBytes();
            assertThat(TarListing.entries(tar)).hasSize(1);
        }
    }

    @Test
    void whatLiesBehindTheEndIsDrainedButNotRead() throws IOException {
        byte[] tar = new TarBytes()
                .file("a", "")
                .end()
                .raw(new byte[700])
                .raw("trailer".getBytes(UTF_8))
                .toBytes();
        TarReader reader = new TarReader(new ByteArrayInputStream(tar));
        assertThat(reader.next()).isNotNull();
        assertThat(reader.next()).isNull();
        assertThat(reader.position()).isEqualTo(512 + 1024);
        assertThat(reader.next()).isNull();
        reader.drain();
        assertThat(reader.position()).isEqualTo(tar.length);
        assertThat(reader.next()).isNull();
    }

    @Test
    void drainAlsoReadsWhatIsLeftOfAnEntry() throws IOException {
        byte[] tar = new TarBytes().file("a", "content").file("b", "").end().toBytes();
        TarReader reader = new TarReader(new ByteArrayInputStream(tar));
        assertThat(reader.next()).isNotNull();
        reader.drain();
        assertThat(reader.position()).isEqualTo(tar.length);
        assertThat(reader.next()).isNull();
    }

    @Test
    void offsetsAreThoseOfTheTar() throws IOException {
        byte[] tar = new TarBytes()
                .file("a", "one")
                .pax("mtime=1")
                .file("b", "two")
                .end()
                .toBytes();
        List<TarEntry> entries = TarListing.entries(tar);
        assertThat(entries).extracting(TarEntry::offset).containsExactly(0L, 1024L);
        assertThat(entries).extracting(TarEntry::dataOffset).containsExactly(512L, 2560L);
        assertThat(entries).extracting(TarEntry::storedSize).containsExactly(3L, 3L);
    }

    @Test
    void dataIsThatOfTheCurrentEntryWhereverTheLastReadStopped() throws IOException {
        byte[] tar = new TarBytes()
                .file("a", "0123456789")
                .file("b", "x".repeat(600))
                .file("c", "end")
                .toBytes();
        TarReader reader = new TarReader(new ByteArrayInputStream(tar));
        reader.next();
        assertThat(reader.data().readNBytes(4)).isEqualTo("0123".getBytes(UTF_8));
        assertThat(reader.data().read()).isEqualTo('4');
        reader.next();
        InputStream data = reader.data();
        assertThat(data.readAllBytes()).hasSize(600);
        assertThat(data.read()).isEqualTo(-1);
        assertThat(path(reader.next())).isEqualTo("c");
        assertThat(reader.data().readAllBytes()).isEqualTo("end".getBytes(UTF_8));
        assertThat(reader.next()).isNull();
    }

    @Test
    void ustarJoinsPrefixAndNameAndVersionSevenHasNone() throws IOException {
        Header ustar = new Header('0', "name").text(345, "some/prefix");
        assertThat(path(only(new TarBytes().header(ustar)))).isEqualTo("some/prefix/name");
        Header old = new Header('0', "name").v7().text(345, "some/prefix");
        assertThatThrownBy(() -> only(new TarBytes().header(old)))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("a prefix of the path in a header that is not ustar's");
    }

    @Test
    void starHasItsTimesInTheLast24BytesOfThePrefix() throws IOException {
        Header star = new Header('0', "name")
                .text(345, "p".repeat(130) + "\00000000000001 00000000002 ")
                .text(508, "tar\0");
        assertThat(path(only(new TarBytes().header(star)))).isEqualTo("p".repeat(130) + "/name");
    }

    @Test
    void gnuHasItsTimesWhereUstarHasThePrefix() throws IOException {
        Header gnu = new Header('0', "name").gnu().octal(345, 12, 7).base256(357, 12, -7);
        assertThat(path(only(new TarBytes().header(gnu)))).isEqualTo("name");
    }

    @Test
    void namesFillTheirFieldsToTheLastByte() throws IOException {
        Header header = new Header('2', "n".repeat(100)).link("l".repeat(100));
        TarEntry entry = only(new TarBytes().header(header));
        assertThat(entry.path()).hasSize(100);
        assertThat(entry.linkTarget()).hasSize(100);
    }

    @Test
    void aRegularFileOfTheOldTypeWithASlashIsADirectory() throws IOException {
        assertThat(only(new TarBytes().header(new Header('\0', "d/").v7())).kind())
                .isEqualTo(TarEntry.Kind.DIRECTORY);
        assertThat(only(new TarBytes().header(new Header('\0', "f").v7())).kind())
                .isEqualTo(TarEntry.Kind.FILE);
        assertThat(only(new TarBytes().header(new Header('7', "f"))).kind()).isEqualTo(TarEntry.Kind.FILE);
    }

    @Test
    void gnuLongNamesEndAtTheFirstNul() throws IOException {
        TarBytes tar = new TarBytes()
                .entry(new Header('K', "././@LongLink").gnu(), "target/" + "t".repeat(300) + "\0\0\0")
                .entry(new Header('L', "././@LongLink").gnu(), "name/" + "n".repeat(300) + "\0ignored")
                .header(new Header('2', "short").gnu().link("short"));
        TarEntry entry = only(tar);
        assertThat(path(entry)).isEqualTo("name/" + "n".repeat(300));
        assertThat(new String(entry.linkTarget(), ISO_8859_1)).isEqualTo("target/" + "t".repeat(300));
        assertThat(entry.offset()).isZero();
    }

    @Test
    void aGnuLongNameAndAPaxPathMaySayTheSame() throws IOException {
        TarBytes tar = new TarBytes()
                .entry(new Header('L', "././@LongLink").gnu(), "the/name\0")
                .pax("path=the/name")
                .header(new Header('0', "short"));
        assertThat(path(only(tar))).isEqualTo("the/name");
    }

    @Test
    void paxRecordsOverrideTheHeader() throws IOException {
        TarBytes tar = new TarBytes()
                .pax("path=p\u00e4th/x", "uid=4294967295", "gid=2000000", "size=5", "comment=nothing", "uname=root")
                .header(new Header('0', "h").octal(108, 8, 1))
                .body("12345".getBytes(UTF_8));
        TarEntry entry = only(tar);
        assertThat(path(entry)).isEqualTo("p\u00e4th/x");
        assertThat(Integer.toUnsignedLong(entry.attributes().uid())).isEqualTo(4294967295L);
        assertThat(entry.attributes().gid()).isEqualTo(2000000);
        assertThat(entry.size()).isEqualTo(5);
    }

    @Test
    void anEmptyPaxRecordLeavesTheHeadersValue() throws IOException {
        TarEntry entry = only(new TarBytes().pax("uid=", "mtime=").file("h", "abc"));
        assertThat(path(entry)).isEqualTo("h");
        assertThat(entry.size()).isEqualTo(3);
    }

    @Test
    void theLaterOfTwoPaxRecordsHolds() throws IOException {
        assertThat(path(only(new TarBytes().pax("path=one", "path=two").file("h", ""))))
                .isEqualTo("two");
    }

    @Test
    void solarisTypeXIsAPaxHeader() throws IOException {
        TarBytes tar = new TarBytes()
                .entry(new Header('X', "PaxHeaders/x"), TarBytes.records("mtime=1.5"))
                .file("a", "");
        assertThat(only(tar).attributes().mtime()).isEqualTo(Instant.ofEpochSecond(1, 500_000_000));
    }

    @Test
    void globalHeadersAndVolumeLabelsSayNothing() throws IOException {
        TarBytes tar = new TarBytes()
                .entry(new Header('g', "g"), TarBytes.records("comment=0123abc", "mtime=7", "uid=7"))
                .header(new Header('V', "label").gnu())
                .file("a", "");
        TarEntry entry = only(tar);
        assertThat(entry.attributes().mtime()).isEqualTo(Instant.EPOCH);
        assertThat(entry.attributes().uid()).isZero();
        assertThat(entry.offset()).isEqualTo(1024 + 512);
    }

    @Test
    void theDirectoryOfAnIncrementalDumpLosesItsListOfNames() throws IOException {
        byte[] tar = new TarBytes()
                .entry(new Header('D', "d/").gnu(), "Yfile\0\0")
                .file("d/file", "")
                .toBytes();
        List<TarEntry> entries = TarListing.entries(tar);
        assertThat(entries).extracting(TarEntry::kind).containsExactly(TarEntry.Kind.DIRECTORY, TarEntry.Kind.FILE);
        assertThat(entries.get(0).size()).isZero();
        assertThat(entries.get(0).storedSize()).isZero();
    }

    @Test
    void devicesHaveNumbersAndOthersDoNot() throws IOException {
        Header device = new Header('4', "d").octal(329, 8, 8).octal(337, 8, 17);
        TarEntry entry = only(new TarBytes().header(device));
        assertThat(entry.major()).isEqualTo(8);
        assertThat(entry.minor()).isEqualTo(17);
        assertThat(only(new TarBytes()
                        .pax("SCHILY.devmajor=9", "SCHILY.devminor=300")
                        .header(device)))
                .extracting(TarEntry::major, TarEntry::minor)
                .containsExactly(9, 300);
        assertThat(only(new TarBytes().header(new Header('6', "p").octal(329, 8, 8)))
                        .major())
                .isZero();
    }

    @Test
    void numbersAreOctalInAnySpellingOrBase256() throws IOException {
        Header header = new Header('0', "a")
                .text(100, " 4755 \0\0")
                .base256(108, 8, 4_000_000_000L)
                .text(116, "17777777")
                .base256(136, 12, -3_000_000_000L);
        TarEntry entry = only(new TarBytes().header(header));
        assertThat(entry.attributes().mode()).isEqualTo(04755);
        assertThat(Integer.toUnsignedLong(entry.attributes().uid())).isEqualTo(4_000_000_000L);
        assertThat(entry.attributes().gid()).isEqualTo(017777777);
        assertThat(entry.attributes().mtime()).isEqualTo(Instant.ofEpochSecond(-3_000_000_000L));
    }

    @Test
    void bitsOfTheFileTypeInTheModeAreDropped() throws IOException {
        assertThat(only(new TarBytes().header(new Header('0', "a").octal(100, 8, 0100644)))
                        .attributes()
                        .mode())
                .isEqualTo(0644);
    }

    @Test
    void theChecksumMayBeOfSignedBytes() throws IOException {
        byte[] name = {(byte) 0xff, (byte) 0xfe, 'x'};
        assertThat(only(new TarBytes().header(new Header('0', name))).path()).isEqualTo(name);
        assertThat(only(new TarBytes().headerSummedSigned(new Header('0', name)))
                        .path())
                .isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1, 1, 0",
        "1., 1, 0",
        "1.5, 1, 500000000",
        "1.000000001, 1, 1",
        "1.0000000019999, 1, 1",
        "-1, -1, 0",
        "-0.5, -1, 500000000",
        "-1.000000001, -2, 999999999",
        "-1.0000000001, -2, 999999999",
        "-1.0000000000, -1, 0",
        "0000000000000000000000001, 1, 0",
        "18014398509481984, 18014398509481984, 0",
    })
    void timesAreRoundedTowardThePast(String text, long seconds, int nanos) throws IOException {
        assertThat(mtime(text)).isEqualTo(Instant.ofEpochSecond(seconds, nanos));
    }

    @Test
    void extendedAttributesAreBytes() throws IOException {
        String value = "a=b\nc\0d\u00ff";
        TarEntry entry = only(new TarBytes()
                .pax(
                        "SCHILY.xattr.security.capability=" + value,
                        "SCHILY.xattr.user.empty=",
                        "SCHILY.xattr.user.\u00ff=x")
                .file("a", ""));
        assertThat(entry.attributes().xattrs().names())
                .containsExactly("security.capability", "user.empty", "user.\udcff");
        assertThat(entry.attributes().xattrs().get("security.capability")).isEqualTo(value.getBytes(ISO_8859_1));
        assertThat(entry.attributes().xattrs().get("user.empty")).isEmpty();
    }

    @Test
    void libarchivesFormHoldsWhereSchilysIsAbsent() throws IOException {
        TarEntry entry = only(new TarBytes()
                .pax(
                        "LIBARCHIVE.xattr.user.a%20%3d%FF=AAH/",
                        "LIBARCHIVE.xattr.user.both=bGliYXJjaGl2ZQ",
                        "SCHILY.xattr.user.both=schily",
                        "LIBARCHIVE.xattr.user.unpadded=YQ")
                .file("a", ""));
        assertThat(entry.attributes().xattrs().names()).containsExactly("user.a =\udcff", "user.both", "user.unpadded");
        assertThat(entry.attributes().xattrs().get("user.a =\udcff")).containsExactly(0, 1, 255);
        assertThat(entry.attributes().xattrs().get("user.both")).isEqualTo("schily".getBytes(UTF_8));
        assertThat(entry.attributes().xattrs().get("user.unpadded")).isEqualTo("a".getBytes(UTF_8));
    }

    @Test
    void oldGnuSparseMapsGoOnInExtensionBlocks() throws IOException {
        Header header = new Header('S', "s").gnu().octal(483, 12, 100_000);
        for (int i = 0; i < 4; i++) {
            header.octal(386 + 24 * i, 12, 1000L * i).octal(398 + 24 * i, 12, 10);
        }
        header.text(482, "\001").size(50);
        byte[] extension = new byte[512];
        System.arraycopy("00000010000\00000000000012\0".getBytes(ISO_8859_1), 0, extension, 0, 24);
        System.arraycopy("00000303240\00000000000000\0".getBytes(ISO_8859_1), 0, extension, 24, 24);
        TarEntry entry = only(new TarBytes().header(header).raw(extension).body(new byte[50]));
        assertThat(entry.size()).isEqualTo(100_000);
        assertThat(entry.dataOffset()).isEqualTo(1024);
        assertThat(entry.storedSize()).isEqualTo(50);
        assertThat(entry.extents())
                .containsExactly(
                        new Extent(0, 10, 1024),
                        new Extent(1000, 10, 1034),
                        new Extent(2000, 10, 1044),
                        new Extent(3000, 10, 1054),
                        new Extent(4096, 10, 1064));
    }

    @Test
    void paxSparseMapsOfAllVersionsMeanTheSame() throws IOException {
        String[] zero = {
            "GNU.sparse.size=4000",
            "GNU.sparse.numblocks=2",
            "GNU.sparse.offset=10",
            "GNU.sparse.numbytes=3",
            "GNU.sparse.offset=4000",
            "GNU.sparse.numbytes=0",
            "path=real"
        };
        String[] one = {
            "GNU.sparse.name=real", "GNU.sparse.size=4000", "GNU.sparse.numblocks=2", "GNU.sparse.map=10,3,4000,0"
        };
        String[] two = {"GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=real", "GNU.sparse.realsize=4000"};
        for (TarBytes tar : List.of(
                new TarBytes().pax(zero).file("GNUSparseFile.0/real", "abc"),
                new TarBytes().pax(one).file("GNUSparseFile.0/real", "abc"),
                new TarBytes()
                        .pax(two)
                        .file("GNUSparseFile.0/real", "2\n10\n3\n4000\n0\n" + "\0".repeat(498) + "abc"))) {
            TarEntry entry = only(tar);
            assertThat(path(entry)).isEqualTo("real");
            assertThat(entry.size()).isEqualTo(4000);
            assertThat(entry.storedSize()).isEqualTo(3);
            assertThat(entry.extents()).containsExactly(new Extent(10, 3, entry.dataOffset()));
            byte[] bytes = tar.toBytes();
            assertThat(new String(bytes, (int) entry.dataOffset(), 3, ISO_8859_1))
                    .isEqualTo("abc");
        }
    }

    @Test
    void aSparseFileMayBeOneHole() throws IOException {
        TarEntry entry = only(new TarBytes()
                .pax("GNU.sparse.size=60000000000", "GNU.sparse.numblocks=0", "GNU.sparse.map=")
                .file("hole", ""));
        assertThat(entry.size()).isEqualTo(60_000_000_000L);
        assertThat(entry.extents()).isEmpty();
    }
}
