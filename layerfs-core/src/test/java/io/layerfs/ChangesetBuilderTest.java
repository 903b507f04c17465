package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangesetBuilderTest {

    private static final Attributes ANY = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

    @Test
    void saysWhatItWasTold() throws IOException {
        Changeset changes = new ChangesetBuilder()
                .file("a/f", ANY, HELLO)
                .hardLink("a/g", "a/f")
                .hardLink("a/h", "below")
                .symlink("l", ANY, "a/f")
                .whiteout("a/old")
                .opaque("b")
                .directory("a", ANY)
                .build();
        List<String> paths = new ArrayList<>();
        changes.walk((path, entry) -> paths.add(path.toString()));
        assertThat(paths).containsExactly(".", "a", "a/f", "a/g", "a/h", "a/old", "b", "l");
        assertThat(changes.find(LayerPath.of("a/g"))).isEqualTo(changes.find(LayerPath.of("a/f")));
        assertThat(changes.find(LayerPath.of("a/h"))).isEqualTo(new Entry.HardLink(LayerPath.of("below")));
        assertThat(changes.find(LayerPath.of("a/old"))).isEqualTo(Entry.Whiteout.INSTANCE);
        Entry.Directory a = (Entry.Directory) changes.find(LayerPath.of("a"));
        Entry.Directory b = (Entry.Directory) changes.find(LayerPath.of("b"));
        assertThat(a.implicit()).isFalse();
        assertThat(a.opaque()).isFalse();
        assertThat(b.implicit()).isTrue();
        assertThat(b.opaque()).isTrue();
    }

    @Test
    void filesHoldTheirBytes() throws IOException {
        Changeset changes = new ChangesetBuilder().file("f", ANY, HELLO).build();
        Content content = ((Entry.RegularFile) changes.find(LayerPath.of("f"))).content();
        ByteBuffer target = ByteBuffer.allocate(8);
        assertThat(content.size()).isEqualTo(5);
        assertThat(content.read(2, target)).isEqualTo(3);
        assertThat(content.read(5, target)).isEqualTo(-1);
        assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(HELLO, 2, 3));
    }
}
