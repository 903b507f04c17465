package io.layerfs.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.MalformedLayerException;
import io.layerfs.oci.ImageFiles.ImageFile;
import io.layerfs.tar.TarBytes;
import io.layerfs.tar.TarBytes.Header;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The files of an archive, by their names and by links to them. */
class TarFilesTest {

    @TempDir
    Path directory;

    private TarFiles files(TarBytes tar) throws IOException {
        return TarFiles.of(
                Files.write(directory.resolve("archive.tar"), tar.end().toBytes()));
    }

    private static @Nullable String text(TarFiles files, String name) throws IOException {
        ImageFile file = files.find(name);
        if (file == null) {
            return null;
        }
        try (InputStream in = file.open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static TarBytes link(TarBytes tar, char type, String name, String target) {
        return tar.header(new Header(type, name).link(target));
    }

    @Test
    void everySpellingOfANameFindsTheFile() throws IOException {
        TarFiles files = files(new TarBytes().file("./a/b", "1").file("/c", "2"));
        for (String name : new String[] {"a/b", "./a/b", "/a/b", "a//b"}) {
            assertThat(text(files, name)).as(name).isEqualTo("1");
        }
        assertThat(text(files, "c")).isEqualTo("2");
        for (String name : new String[] {"a", "b", "a/../a/b", "a/b/c", "", "A/b"}) {
            assertThat(files.find(name)).as(name).isNull();
        }
    }

    /** Before, each letter of such a name was looked at as often as there are: minutes for a megabyte. */
    @Test
    @Timeout(60)
    void linksInDirectoriesOfLongNamesTakeNoTime() throws IOException {
        TarBytes tar = new TarBytes().file("a", "1");
        String directory = "n".repeat(4000);
        for (int i = 0; i < 5_000; i++) {
            tar.pax("path=" + directory + "/" + i);
            link(tar, '2', "x", "../a");
        }
        assertThat(text(files(tar), directory + "/7")).isEqualTo("1");
    }

    @Test
    void symbolicLinksLeadFromTheirDirectoryAndHardLinksFromTheRoot() throws IOException {
        TarBytes tar = new TarBytes().file("a/layer.tar", "1").file("layer.tar", "2");
        link(tar, '2', "b/layer.tar", "../a/layer.tar");
        link(tar, '2', "c/layer.tar", "./../layer.tar");
        link(tar, '2', "a/sibling", "layer.tar");
        link(tar, '1', "a/hard", "layer.tar");
        link(tar, '2', "top", "a//layer.tar");
        TarFiles files = files(tar);
        assertThat(text(files, "b/layer.tar")).isEqualTo("1");
        assertThat(text(files, "c/layer.tar")).isEqualTo("2");
        assertThat(text(files, "a/sibling")).isEqualTo("1");
        assertThat(text(files, "a/hard")).isEqualTo("2");
        assertThat(text(files, "top")).isEqualTo("1");
    }

    @Test
    void linksLeadNowhereButToFilesOfTheArchive() throws IOException {
        TarBytes tar = new TarBytes().file("etc/passwd", "of the archive").header(new Header('5', "d/"));
        link(tar, '2', "up", "../../etc/passwd");
        link(tar, '2', "host", "/etc/hostname");
        link(tar, '2', "root", "..");
        link(tar, '2', "directory", "d");
        link(tar, '2', "self", "self");
        link(tar, '2', "one", "two");
        link(tar, '2', "two", "one");
        TarFiles files = files(tar);
        assertThat(text(files, "up")).isEqualTo("of the archive");
        for (String name : new String[] {"host", "root", "directory", "self", "one", "d"}) {
            assertThat(files.find(name)).as(name).isNull();
        }
    }

    @Test
    void eightNamesAreFollowedNotMore() throws IOException {
        TarBytes tar = new TarBytes().file("n0", "end");
        for (int i = 1; i <= 8; i++) {
            link(tar, '2', "n" + i, "n" + (i - 1));
        }
        TarFiles files = files(tar);
        assertThat(text(files, "n7")).isEqualTo("end");
        assertThat(files.find("n8")).isNull();
    }

    @Test
    void namesThatNoPathCanHaveAndSparseFilesAreNotThere() throws IOException {
        String[] map = {"GNU.sparse.size=9", "GNU.sparse.numblocks=1", "GNU.sparse.map=0,3"};
        TarFiles files = files(new TarBytes()
                .file("../out", "1")
                .pax(map)
                .file("sparse", "abc")
                .file("last", "2"));
        assertThat(files.find("../out")).isNull();
        assertThat(files.find("sparse")).isNull();
        assertThat(text(files, "last")).isEqualTo("2");
    }

    @Test
    void aFileEndsWithItsSizeAndIsReadAsItIsAsked() throws IOException {
        ImageFile file =
                files(new TarBytes().file("a", "0123456789").file("b", "other")).find("a");
        assertThat(file).isNotNull();
        try (InputStream in = file.open()) {
            assertThat(in.read()).isEqualTo('0');
            assertThat(in.skip(3)).isEqualTo(3);
            assertThat(in.available()).isEqualTo(6);
            assertThat(in.read(new byte[100], 0, 0)).isZero();
            assertThat(in.readNBytes(100)).containsExactly('4', '5', '6', '7', '8', '9');
            assertThat(in.read()).isNegative();
            assertThat(in.read(new byte[1])).isNegative();
            assertThat(in.skip(1)).isZero();
            assertThat(in.available()).isZero();
        }
    }

    @Test
    void anArchiveOfTooManyEntriesIsRefused() throws IOException {
        byte[] file = new TarBytes().file("f", "").toBytes();
        byte[] most = new byte[100_000 * 512];
        for (int i = 0; i < 100_000; i++) {
            System.arraycopy(file, 0, most, i * 512, 512);
        }
        assertThat(files(new TarBytes().raw(most)).find("f")).isNotNull();
        assertThatThrownBy(() -> files(new TarBytes().raw(most).file("g", "")))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageEndingWith("archive.tar: more than 100000 entries, which no image archive has");
    }
}
