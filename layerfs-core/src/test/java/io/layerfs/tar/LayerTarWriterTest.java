package io.layerfs.tar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.FileType;
import io.layerfs.LayerPath;
import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a changeset becomes as a tar, header by header, and what no tar can hold. */
class LayerTarWriterTest {

    private static final Attributes FILE = attributes(0, Instant.EPOCH, Map.of());

    private static Attributes attributes(int id, Instant mtime, Map<String, byte[]> xattrs) {
        return new Attributes(0644, id, id, mtime, Xattrs.of(xattrs));
    }

    private static byte[] tar(Changeset changes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(LayerTarWriter.write(changes, out, UnaryOperator.identity())).isEmpty();
        return out.toByteArray();
    }

    private static List<TarEntry> written(ChangesetBuilder changes) throws IOException {
        return TarListing.entries(tar(changes.build()));
    }

    private static TarEntry only(ChangesetBuilder changes) throws IOException {
        List<TarEntry> entries = written(changes);
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    private static void refused(ChangesetBuilder changes, String message) {
        assertThatThrownBy(() -> LayerTarWriter.write(
                        changes.build(), OutputStream.nullOutputStream(), UnaryOperator.identity()))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(message);
    }

    /** Whether a PAX header is in front of the first entry. */
    private static boolean hasRecords(byte[] tar) {
        return tar[156] == 'x';
    }

    private static byte[] tarOf(Attributes attributes) throws IOException {
        return tar(new ChangesetBuilder().file("f", attributes, new byte[0]).build());
    }

    @ParameterizedTest
    @CsvSource({"0, false", "2097151, false", "2097152, true", "-1, true"})
    void ownersThatFitAreOctal(int id, boolean records) throws IOException {
        byte[] tar = tarOf(attributes(id, Instant.EPOCH, Map.of()));
        assertThat(hasRecords(tar)).isEqualTo(records);
        Attributes read = TarListing.entries(tar).get(0).attributes();
        assertThat(List.of(read.uid(), read.gid())).containsOnly(id);
    }

    @ParameterizedTest
    @CsvSource({
        "1970-01-01T00:00:00Z, false",
        "2242-03-16T12:56:31Z, false",
        "2242-03-16T12:56:32Z, true",
        "1969-12-31T23:59:59Z, true",
        "1969-12-31T23:59:59.5Z, true",
        "1969-12-31T23:59:58.999999999Z, true",
        "2020-01-01T00:00:00.000000001Z, true",
        "2020-01-01T00:00:00.1Z, true"
    })
    void timesThatFitAreOctal(Instant time, boolean records) throws IOException {
        byte[] tar = tarOf(attributes(0, time, Map.of()));
        assertThat(hasRecords(tar)).isEqualTo(records);
        assertThat(TarListing.entries(tar).get(0).attributes().mtime()).isEqualTo(time);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 100, false", "0, 101, true", "1, 100, false", "1, 101, true",
        "155, 1, false", "155, 100, false", "155, 101, true", "156, 1, true"
    })
    void pathsAreSplitAtASlashWhereBothPartsFit(int directory, int name, boolean records) throws IOException {
        String path = "n".repeat(name);
        if (directory > 0) {
            path = "d".repeat(directory) + "/" + path;
        }
        byte[] tar = tar(new ChangesetBuilder().file(path, FILE, new byte[0]).build());
        assertThat(hasRecords(tar)).isEqualTo(records && path.length() > 100);
        assertThat(TarListing.entries(tar).get(0).path()).isEqualTo(path.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 101, 4095})
    void targetsOfLinksComeBack(int length) throws IOException {
        String target = "t".repeat(length);
        byte[] tar = tar(new ChangesetBuilder().symlink("l", FILE, target).build());
        assertThat(hasRecords(tar)).isEqualTo(length > 100);
        assertThat(TarListing.entries(tar).get(0).linkTarget()).isEqualTo(target.getBytes(UTF_8));
    }

    @ParameterizedTest
    @CsvSource({"BLOCK_DEVICE, 1, 0", "BLOCK_DEVICE, 0, 0", "CHARACTER_DEVICE, 4095, 1048575", "FIFO, 0, 0"})
    void devicesComeBack(FileType type, int major, int minor) throws IOException {
        TarEntry entry = only(new ChangesetBuilder().special("s", FILE, type, major, minor));
        assertThat(entry.kind().name()).isEqualTo(type.name());
        assertThat(List.of(entry.major(), entry.minor())).containsExactly(major, minor);
    }

    /** The length of a record counts its own digits: here around 99 to 101, where that has one more. */
    @Test
    void recordsOfEveryLengthComeBack() throws IOException {
        for (int length = 0; length < 1100; length++) {
            byte[] value = "v".repeat(length).getBytes(UTF_8);
            Attributes attributes = attributes(0, Instant.EPOCH, Map.of("user.a", value));
            TarEntry entry = TarListing.entries(tarOf(attributes)).get(0);
            assertThat(entry.attributes().xattrs().get("user.a")).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 513, 8191, 8192, 8193, 65536, 70000})
    void contentIsPaddedToABlock(int size) throws IOException {
        byte[] content = "c".repeat(size).getBytes(UTF_8);
        byte[] tar = tar(new ChangesetBuilder().file("f", FILE, content).build());
        assertThat(tar).hasSize(512 + (size + 511) / 512 * 512 + 1024);
        assertThat(tar).startsWith("f".getBytes(UTF_8));
        TarEntry entry = TarListing.entries(tar).get(0);
        assertThat(List.of(entry.size(), entry.dataOffset())).containsExactly((long) size, 512L);
        assertThat(new String(tar, 512, size, UTF_8)).isEqualTo("c".repeat(size));
    }

    @Test
    void whiteoutsComeBeforeTheNamesOfTheirDirectoryAndMarkersBeforeThem() throws IOException {
        List<TarEntry> entries = written(new ChangesetBuilder()
                .directory("d", FILE)
                .opaque("d")
                .file("d/a", FILE, new byte[0])
                .whiteout("gone")
                .hardLink("z", "d/a"));
        assertThat(entries)
                .extracting(entry -> entry.kind().name(), entry -> Utf8.decode(entry.path()))
                .containsExactly(
                        tuple("FILE", ".wh.gone"),
                        tuple("DIRECTORY", "d/"),
                        tuple("FILE", "d/.wh..wh..opq"),
                        tuple("FILE", "d/a"),
                        tuple("HARD_LINK", "z"));
        assertThat(Utf8.decode(entries.get(4).linkTarget())).isEqualTo("d/a");
    }

    @Test
    void socketsAreLeftOutAndNamed() throws IOException {
        Changeset changes = new ChangesetBuilder()
                .special("run/s", FILE, FileType.SOCKET, 0, 0)
                .build();
        assertThat(LayerTarWriter.write(changes, OutputStream.nullOutputStream(), UnaryOperator.identity()))
                .containsExactly(LayerPath.of("run/s"));
    }

    @Test
    void namesThatAReaderTakesForMarkersAreRefused() throws IOException {
        refused(
                new ChangesetBuilder().file("d/.wh.x", FILE, new byte[0]),
                "entry 'd/.wh.x': a layer cannot hold a name that starts with '.wh.', which marks a removal");
    }

    @Test
    void pathsHaveALimit() throws IOException {
        String deep = ("d".repeat(255) + "/").repeat(1024);
        assertThat(only(new ChangesetBuilder().file(deep + "n".repeat(256), FILE, new byte[0]))
                        .path())
                .hasSize(262_400);
        String below = deep.substring(0, deep.length() - 1);
        refused(
                new ChangesetBuilder().file(deep + "n".repeat(257), FILE, new byte[0]),
                "an entry below '" + below + "' has a path of 262401 bytes; at most 262400 can be used");
        assertThat(written(new ChangesetBuilder().whiteout(deep + "n".repeat(252))))
                .hasSize(1);
        refused(
                new ChangesetBuilder().whiteout(deep + "n".repeat(253)),
                "an entry below '" + below + "' has a path of 262401 bytes; at most 262400 can be used");
    }

    @Test
    void targetsThatAreEmptyTooLongOrHoldNulAreRefused() throws IOException {
        refused(new ChangesetBuilder().symlink("l", FILE, ""), "entry 'l': its link target has 0 bytes, not 1 to 4095");
        refused(
                new ChangesetBuilder().symlink("l", FILE, "t".repeat(4096)),
                "entry 'l': its link target has 4096 bytes, not 1 to 4095");
        refused(new ChangesetBuilder().symlink("d/l", FILE, "a\0b"), "entry 'd/l': NUL in its link target");
    }

    @Test
    void attributesWhoseNamesARecordCannotHoldAreRefused() throws IOException {
        Map<String, byte[]> equals = Map.of("user.a=b", new byte[0]);
        refused(
                new ChangesetBuilder().file("f", attributes(0, Instant.EPOCH, equals), new byte[0]),
                "entry 'f': the extended attribute 'user.a=b' has '=' in its name, which a tar cannot hold");
        Map<String, byte[]> nul = Map.of("user.a\0", new byte[0]);
        refused(
                new ChangesetBuilder().file("f", attributes(0, Instant.EPOCH, nul), new byte[0]),
                "entry 'f': the extended attribute 'user.a\\x00' has NUL in its name, which a tar cannot hold");
    }

    @Test
    void hardLinksToWhatTheLayerItselfHidesAreRefused() throws IOException {
        String hides = "' of the layers below, which this layer hides";
        refused(new ChangesetBuilder().hardLink("l", "d/f").opaque("d"), "entry 'l': a hard link to 'd/f" + hides);
        refused(new ChangesetBuilder().hardLink("l", "d/f").whiteout("d/f"), "entry 'l': a hard link to 'd/f" + hides);
        refused(
                new ChangesetBuilder().hardLink("l", "d/f").file("d", FILE, new byte[0]),
                "entry 'l': a hard link to 'd/f" + hides);
        TarEntry lower = written(new ChangesetBuilder().hardLink("l", "d/f").file("d/g", FILE, new byte[0]))
                .get(1);
        assertThat(Utf8.decode(lower.linkTarget())).isEqualTo("d/f");
    }
}
