package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.FileType;
import io.layerfs.Xattrs;
import io.layerfs.overlay.linux.FileStat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A program in the mount can write such notes, too. */
class NotedOwnershipTest {

    private static final Attributes FOUND = new Attributes(0640, 12345, 12345, Instant.ofEpochSecond(1), Xattrs.NONE);
    private static final FileStat STAT =
            new FileStat(FileType.REGULAR, 1, 1, 1, 0640, 12345, 12345, 0, Instant.ofEpochSecond(1), 0, 0);

    @Test
    void whatIsNoNoteSaysNothing() {
        NotedOwnership ownership = new NotedOwnership();
        for (String note : List.of(
                "",
                ":",
                "::",
                "a:b:c",
                "1",
                "1:2",
                "1:2:",
                "1:2:3:4",
                "1:2:8192",
                "1:2:-1",
                "99999999999:1:1",
                "1:2:420:NONE:1:1",
                "1:2:420:FIFO:x:1",
                "1:2:420:FIFO:1",
                "1:2:420:FIFO:1:1:1",
                "1:2:420:CHARACTER_DEVICE:1:99999999999",
                // of what a program cannot make: no layer could hold it, and nothing could be committed any more
                "1:2:420:CHARACTER_DEVICE:0:0",
                "1:2:420:CHARACTER_DEVICE:4096:1",
                "1:2:420:BLOCK_DEVICE:1:-1",
                "1:2:420:DIRECTORY:0:0",
                "1:2:420:REGULAR:0:0",
                "1:2:420:SYMLINK:0:0",
                "1:2:420:FIFO:0:0",
                "\0")) {
            Map<String, byte[]> xattrs = Map.of("user.layerfs.stat", note.getBytes(StandardCharsets.US_ASCII));
            assertThat(ownership.real(STAT, xattrs, FOUND)).as(note).isEqualTo(FOUND);
            assertThat(ownership.realSpecial(xattrs, FOUND, 1)).as(note).isNull();
        }
        assertThat(ownership.real(STAT, Map.of("user.layerfs.xattr.", new byte[1]), FOUND))
                .isEqualTo(FOUND);
    }

    @Test
    void aNoteCounts() {
        Map<String, byte[]> xattrs = Map.of("user.layerfs.stat", "-2:7:416".getBytes(StandardCharsets.US_ASCII));
        Attributes real = new NotedOwnership().real(STAT, xattrs, FOUND);
        assertThat(real.uid()).isEqualTo(-2);
        assertThat(real.gid()).isEqualTo(7);
        assertThat(real.mode()).isEqualTo(0640);
    }

    /** Found by field tests: a mode that is set to just what the owner needs anyway was taken for the image's. */
    @ParameterizedTest
    @CsvSource({
        "+0, 1600, 0", // as it was unpacked
        "+0, 600, 600",
        "+0, 1640, 640", // chmod g+r
        "+288, 640, 640", // 0440
        "+288, 1640, 440",
        "0, 600, 0", // of an earlier version
        "416, 640, 640"
    })
    void aModeThatWasSetIsToldFromOneThatWasMadePossible(String noted, String found, String given) {
        Map<String, byte[]> xattrs = Map.of("user.layerfs.stat", ("0:0:" + noted).getBytes(StandardCharsets.US_ASCII));
        Attributes attributes = new Attributes(Integer.parseInt(found, 8), 0, 0, Instant.EPOCH, Xattrs.NONE);
        assertThat(new NotedOwnership().real(STAT, xattrs, attributes).mode()).isEqualTo(Integer.parseInt(given, 8));
    }
}
