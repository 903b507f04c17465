package io.layerfs.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.layerfs.Attributes;
import io.layerfs.MalformedLayerException;
import io.layerfs.blob.Blob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The tars of shared/tars, of which INDEX.tsv says what five readers make. The judge of the entries is Go's
 * archive/tar, the reader that container engines use.
 */
class TarCorpusTest {

    /** Archives that some or all readers accept and we refuse, and a part of our reason. */
    private static final Map<String, String> REFUSED = Map.ofEntries(
            // All five accept these.
            // Go and GNU tar take the last of several long names, Python the first.
            Map.entry("go/gnu-multi-hdrs.tar", "two long names for the same entry"),
            // A global path: GNU tar and Python apply it to every entry, Go to none.
            Map.entry("go/pax-global-records.tar", "a global PAX header with a path"),

            // Some accept these. Only commons-compress:
            Map.entry("commons-compress/COMPRESS-356.tar", "its checksum field says 7204"),
            Map.entry("go/issue12435.tar", "the size field holds a base-256 number of more than 64 bits"),
            // Only commons-compress and GNU tar:
            Map.entry("commons-compress/COMPRESS-417.tar", "the devmajor field holds 'dos"),
            // Only Python:
            Map.entry("commons-compress/COMPRESS-553-fail.tar", "the uid is -71776119061217280"),
            Map.entry("go/pax-bad-hdr-file.tar", "a PAX record is not a keyword, '=', a value and a newline"),
            // Only Python and commons-compress:
            Map.entry("go/pax-nul-xattrs.tar", "the keyword of a PAX record holds NUL"),
            // Only Go and GNU tar, which drop extension headers at the end:
            Map.entry("go/pax-path-hdr.tar", "followed by the end of the archive"),
            // Not Go and bsdtar:
            Map.entry("go/bz2-pax-bad-hdr-large.tar", "a PAX header of 1048577 bytes"),
            Map.entry("go/pax-bad-hdr-large.tar", "a PAX header of 1048577 bytes"),
            // Not Go and commons-compress:
            Map.entry("go/pax-bad-mtime-file.tar", "the mtime field holds '999xxx9324'"),
            // Not Go:
            Map.entry("go/pax-nul-path.tar", "the PAX record path holds NUL"),
            // Not bsdtar; the others differ in which PAX header holds:
            Map.entry("go/pax-multi-hdrs.tar", "a second PAX header for the same entry"),
            // Not GNU tar, which looks for the data of a directory; the others find none, or find different entries:
            Map.entry("go/hdr-only.tar", "a directory has no data, but the size is 5"),
            // Not commons-compress; the others differ in whether the ustar prefix of a GNU header counts:
            Map.entry("go/invalid-go17.tar", "the GNU atime field holds 'aaaaaaaaaaaa'"));

    private static Path tars;

    @BeforeAll
    static void findTars() {
        tars = Shared.directory("tars");
    }

    @TestFactory
    Stream<DynamicTest> everyTarOfTheCorpus() throws IOException {
        return Files.readAllLines(tars.resolve("INDEX.tsv")).stream().skip(1).map(line -> {
            String[] columns = line.split("\t", -1);
            return dynamicTest(columns[0], () -> check(columns[0], columns[3]));
        });
    }

    private static void check(String name, String verdict) throws IOException {
        Path tar = tars.resolve(name);
        if (verdict.equals("REJECT") || REFUSED.containsKey(name)) {
            assertThatThrownBy(() -> TarListing.entries(tar))
                    .isInstanceOf(MalformedLayerException.class)
                    .hasMessageMatching("(?s)tar( entry '.*'.*)?, byte \\d+: .+")
                    .hasMessageContaining(REFUSED.getOrDefault(name, ""));
            return;
        }
        List<TarEntry> ours = TarListing.entries(tar);
        List<Map<String, String>> golden = Golden.entries(tars.resolve("golden").resolve(name + ".jsonl"));
        assertThat(ours).hasSameSizeAs(golden);
        Blob blob = Blob.open(tar);
        for (int i = 0; i < ours.size(); i++) {
            checkEntry(ours.get(i), golden.get(i), blob, isSolaris(name));
        }
    }

    private static void checkEntry(TarEntry entry, Map<String, String> golden, Blob tar, boolean wholeSeconds)
            throws IOException {
        assertThat(entry.path()).isEqualTo(Golden.unquoted(golden.get("name")));
        assertThat(entry.linkTarget()).isEqualTo(Golden.unquoted(golden.getOrDefault("link", "\"\"")));
        assertThat(entry.kind()).isEqualTo(kind(golden.get("type")));
        Attributes attributes = entry.attributes();
        assertThat(attributes.mode()).isEqualTo(Integer.parseInt(golden.get("mode"), 8) & 07777);
        assertThat(attributes.uid()).isEqualTo(Integer.parseUnsignedInt(golden.get("uid")));
        assertThat(attributes.gid()).isEqualTo(Integer.parseUnsignedInt(golden.get("gid")));
        String[] time = golden.get("mtime").split("\\.", -1);
        Instant mtime = Instant.ofEpochSecond(Long.parseLong(time[0]), Integer.parseInt(time[1]));
        // Go shows Solaris' type X as an entry, and does not take the fraction of a second from it.
        assertThat(wholeSeconds ? Instant.ofEpochSecond(attributes.mtime().getEpochSecond()) : attributes.mtime())
                .isEqualTo(mtime);
        assertThat(xattrs(entry)).isEqualTo(xattrs(golden));
        assertThat(entry.major() + ":" + entry.minor()).isEqualTo(golden.getOrDefault("dev", "0:0"));
        if (entry.kind() == TarEntry.Kind.FILE) {
            assertThat(entry.size()).isEqualTo(Long.parseLong(golden.get("size")));
            if (golden.containsKey("read")) {
                assertThat(TarListing.sha256(entry, tar)).isEqualTo(golden.get("sha256"));
            }
        } else {
            assertThat(entry.size()).isZero();
        }
    }

    private static boolean isSolaris(String name) {
        return name.contains("SunOS_c") || name.endsWith("hudson-E.tar");
    }

    private static TarEntry.Kind kind(String type) {
        return switch (type) {
            case "0", "S", "7" -> TarEntry.Kind.FILE;
            case "1" -> TarEntry.Kind.HARD_LINK;
            case "2" -> TarEntry.Kind.SYMLINK;
            case "3" -> TarEntry.Kind.CHARACTER_DEVICE;
            case "4" -> TarEntry.Kind.BLOCK_DEVICE;
            case "5", "D" -> TarEntry.Kind.DIRECTORY;
            case "6" -> TarEntry.Kind.FIFO;
            default -> throw new AssertionError("type " + type);
        };
    }

    /** As text, because that is how the golden files have them, with U+FFFD where it is none. */
    private static Map<String, String> xattrs(TarEntry entry) {
        Map<String, String> values = new TreeMap<>();
        for (String name : entry.attributes().xattrs().names()) {
            values.put(name, new String(entry.attributes().xattrs().get(name), StandardCharsets.UTF_8));
        }
        return values;
    }

    private static Map<String, String> xattrs(Map<String, String> golden) {
        String prefix = "pax/SCHILY.xattr.";
        Map<String, String> values = new TreeMap<>();
        golden.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                values.put(key.substring(prefix.length()), value);
            }
        });
        return values;
    }
}
