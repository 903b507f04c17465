package io.layerfs.lint;

import static io.layerfs.LayerComparison.Aspect.CONTENT;
import static io.layerfs.LayerComparison.Aspect.END;
import static io.layerfs.LayerComparison.Aspect.ENTRIES;
import static io.layerfs.LayerComparison.Aspect.FORMAT;
import static io.layerfs.LayerComparison.Aspect.LINK_TARGET;
import static io.layerfs.LayerComparison.Aspect.MODE;
import static io.layerfs.LayerComparison.Aspect.ORDER;
import static io.layerfs.LayerComparison.Aspect.OWNER;
import static io.layerfs.LayerComparison.Aspect.SLACK;
import static io.layerfs.LayerComparison.Aspect.SPELLING;
import static io.layerfs.LayerComparison.Aspect.TIME;
import static io.layerfs.LayerComparison.Aspect.TYPE;
import static io.layerfs.LayerComparison.Aspect.XATTRS;
import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Layer;
import io.layerfs.LayerComparison;
import io.layerfs.LayerComparison.Aspect;
import io.layerfs.LayerComparison.Difference;
import io.layerfs.LayerComparison.Field;
import io.layerfs.LayerStore;
import io.layerfs.tar.TarBytes;
import io.layerfs.tar.TarBytes.Header;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why two layers differ, one reason at a time. */
class ExplainTest {

    @TempDir
    private Path directory;

    private LayerStore store;

    @BeforeEach
    void open() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private LayerComparison compare(TarBytes first, TarBytes second) throws IOException {
        return LayerComparison.between(layer(first.end()), layer(second.end()));
    }

    private Layer layer(TarBytes tar) throws IOException {
        return store.add(new ByteArrayInputStream(tar.toBytes()));
    }

    private static TarBytes tar() {
        return new TarBytes();
    }

    private static Header file(String path) {
        return new Header('0', path);
    }

    private static void differs(LayerComparison found, boolean sameTree, Aspect... aspects) {
        assertThat(found.identical()).isFalse();
        assertThat(found.aspects()).as("%s", found).containsExactlyInAnyOrder(aspects);
        assertThat(found.sameTree()).isEqualTo(sameTree);
        assertThat(found.count()).isEqualTo(found.differences().size());
        assertThat(found.firstByte()).isNotNull();
    }

    private static Field onlyField(LayerComparison found) {
        assertThat(found.differences()).hasSize(1);
        assertThat(found.differences().get(0).fields()).hasSize(1);
        return found.differences().get(0).fields().get(0);
    }

    @Test
    void theSameLayer() throws IOException {
        LayerComparison found = compare(tar().file("f", "x"), tar().file("f", "x"));
        assertThat(found.identical()).isTrue();
        assertThat(found.sameTree()).isTrue();
        assertThat(found.aspects()).isEmpty();
        assertThat(found.firstByte()).isNull();
    }

    @Test
    void onlyTimes() throws IOException {
        LayerComparison found = compare(
                tar().file("a", "x").header(file("b").octal(136, 12, 1)),
                tar().file("a", "x").header(file("b").octal(136, 12, 2)));
        differs(found, false, TIME);
        assertThat(onlyField(found))
                .isEqualTo(new Field(TIME, "mtime", "1970-01-01T00:00:01Z", "1970-01-01T00:00:02Z"));
        assertThat(found.differences().get(0).path()).isEqualTo("b");
        assertThat(found.differences().get(0).firstOffset()).isEqualTo(1024);
        assertThat(found.firstByte().offset()).isEqualTo(1024 + 136 + 10);
        assertThat(found.firstByte().first()).isEqualTo("entry 'b', its header, field mtime");
    }

    @Test
    void onlyOwnersAndModes() throws IOException {
        LayerComparison found = compare(
                tar().header(file("f").octal(108, 8, 1)), tar().header(file("f").octal(108, 8, 1000)));
        differs(found, false, OWNER);
        assertThat(onlyField(found)).isEqualTo(new Field(OWNER, "uid", "1", "1000"));
        differs(compare(tar().header(file("f")), tar().header(file("f").octal(100, 8, 0600))), false, MODE);
    }

    @Test
    void onlyOrder() throws IOException {
        LayerComparison found = compare(
                tar().file("a", "1").file("b", "2"), tar().file("b", "2").file("a", "1"));
        differs(found, true, ORDER);
        assertThat(found.firstByte().first()).isEqualTo("entry 'a', its header, field name");
        assertThat(found.firstByte().second()).isEqualTo("entry 'b', its header, field name");
    }

    @Test
    void theOrderOfHardLinksToo() throws IOException {
        LayerComparison found = compare(
                tar().file("a", "1").header(new Header('1', "b").link("a")),
                tar().file("b", "1").header(new Header('1', "a").link("b")));
        assertThat(found.sameTree()).isTrue();
        assertThat(found.aspects()).contains(ORDER, TYPE);
    }

    @Test
    void anInsertedEntryIsNoOtherOrder() throws IOException {
        LayerComparison found = compare(
                tar().file("a", "").file("c", ""),
                tar().file("a", "").file("b", "").file("c", ""));
        differs(found, false, ENTRIES);
        assertThat(found.differences()).containsExactly(new Difference("b", -1, 512, List.of()));
        LayerComparison back = compare(
                tar().file("a", "").file("b", "").file("c", ""),
                tar().file("a", "").file("c", ""));
        assertThat(back.differences()).containsExactly(new Difference("b", 512, -1, List.of()));
    }

    @Test
    void onlyFormat() throws IOException {
        LayerComparison found =
                compare(tar().header(file("f")), tar().header(file("f").gnu()));
        differs(found, true, FORMAT);
        assertThat(onlyField(found)).isEqualTo(new Field(FORMAT, "layout", "ustar", "GNU"));
        found = compare(tar().header(file("f")), tar().pax("mtime=0").header(file("f")));
        differs(found, true, FORMAT);
        assertThat(found.differences().get(0).fields())
                .containsExactly(
                        new Field(FORMAT, "extension headers", "", "x"),
                        new Field(FORMAT, "PAX record mtime", "", "0"));
        found = compare(
                tar().header(file("f").text(265, "root")),
                tar().header(file("f").text(265, "wheel")));
        differs(found, true, FORMAT);
        assertThat(onlyField(found)).isEqualTo(new Field(FORMAT, "header field user name", "root", "wheel"));
        found = compare(tar().header(file("f")), tar().header(file("f").text(100, "0000644 ")));
        differs(found, true, FORMAT);
        found = compare(
                tar().pax("a=1", "b=2").file("f", ""), tar().pax("b=2", "a=1").file("f", ""));
        differs(found, true, FORMAT);
        assertThat(onlyField(found).field()).isEqualTo("order of PAX records");
    }

    @Test
    void aRecordIsNamedByTheFirstByte() throws IOException {
        LayerComparison found = compare(
                tar().pax("comment=a", "x=1").file("f", ""),
                tar().pax("comment=a", "x=2").file("f", ""));
        differs(found, true, FORMAT);
        assertThat(found.firstByte().first()).isEqualTo("entry 'f', its extension header 'x', record x");
    }

    @Test
    void headersForAllEntries() throws IOException {
        LayerComparison found = compare(
                tar().entry(new Header('g', "g"), TarBytes.records("comment=a")).file("f", ""),
                tar().entry(new Header('g', "g"), TarBytes.records("comment=b")).file("f", ""));
        differs(found, true, FORMAT);
        assertThat(onlyField(found).field()).isEqualTo("headers for all entries");
    }

    @Test
    void onlyPadding() throws IOException {
        byte[] slack = new byte[511];
        slack[510] = 7;
        LayerComparison found = compare(
                tar().file("f", "x"),
                tar().header(file("f").size(1)).raw(new byte[] {'x'}).raw(slack));
        differs(found, true, SLACK);
        assertThat(found.firstByte().first()).isEqualTo("entry 'f', the padding behind its data");
        differs(compare(tar().header(file("f")), tar().header(file("f").text(50, "hidden"))), true, FORMAT);
    }

    @Test
    void onlyWhatLiesBehind() throws IOException {
        LayerComparison found =
                compare(tar().file("f", "x"), tar().file("f", "x").end());
        differs(found, true, END);
        assertThat(onlyField(found)).isEqualTo(new Field(END, "behind the last entry", "1024 bytes", "2048 bytes"));
        assertThat(found.firstByte().first()).isEqualTo("behind the end of the tar");
    }

    @Test
    void contentWithTheFirstByteThatDiffers() throws IOException {
        LayerComparison found = compare(tar().file("f", "hello world"), tar().file("f", "hello there"));
        differs(found, false, CONTENT);
        assertThat(onlyField(found)).isEqualTo(new Field(CONTENT, "content from byte 6", "world", "there"));
        assertThat(found.firstByte().second()).isEqualTo("entry 'f', its data, byte 6");
    }

    @Test
    void linksTypesAttributesAndSpelling() throws IOException {
        differs(
                compare(tar().header(new Header('2', "l").link("a")), tar().header(new Header('2', "l").link("b"))),
                false,
                LINK_TARGET);
        differs(compare(tar().header(new Header('6', "f")), tar().header(new Header('5', "f"))), false, TYPE);
        LayerComparison found = compare(
                tar().pax("SCHILY.xattr.user.a=1").file("f", ""),
                tar().pax("SCHILY.xattr.user.a=2").file("f", ""));
        differs(found, false, XATTRS);
        assertThat(onlyField(found)).isEqualTo(new Field(XATTRS, "xattr user.a", "0x31", "0x32"));
        differs(compare(tar().file("f", ""), tar().file("./f", "")), true, SPELLING);
    }

    @Test
    void entriesThatComeTwiceArePairedInOrder() throws IOException {
        LayerComparison found = compare(
                tar().file("f", "1").file("f", "2"), tar().file("f", "1").file("f", "3"));
        differs(found, false, CONTENT);
        assertThat(found.differences().get(0).firstOffset()).isEqualTo(1024);
        found = compare(tar().file("f", "1").file("f", "2"), tar().file("f", "2"));
        assertThat(found.sameTree()).isTrue();
        assertThat(found.aspects()).containsExactlyInAnyOrder(ENTRIES, CONTENT);
    }
}
