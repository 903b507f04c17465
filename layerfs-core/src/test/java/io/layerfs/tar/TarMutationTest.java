package io.layerfs.tar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.MalformedLayerException;
import io.layerfs.tar.TarBytes.Header;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes: entries, or a message that says why not; never another exception. */
class TarMutationTest {

    private static final byte[] RICH = rich();

    private static byte[] rich() {
        Header sparse = new Header('S', "old-sparse")
                .gnu()
                .octal(386, 12, 512)
                .octal(398, 12, 5)
                .octal(483, 12, 2000);
        return new TarBytes()
                .entry(new Header('g', "global"), TarBytes.records("comment=hello", "mtime=3"))
                .header(new Header('5', "d/"))
                .pax(
                        "mtime=-1.25",
                        "uid=70000",
                        "path=d/file",
                        "SCHILY.xattr.user.k=\0v=\n",
                        "LIBARCHIVE.xattr.u%2e=YQ")
                .file("f", "content")
                .entry(new Header('L', "././@LongLink").gnu(), "d/" + "n".repeat(200) + "\0")
                .entry(new Header('K', "././@LongLink").gnu(), "t".repeat(200) + "\0")
                .header(new Header('2', "short").gnu().link("short"))
                .header(new Header('4', "d/device").octal(329, 8, 8).octal(337, 8, 1))
                .header(new Header('0', "d/large-numbers")
                        .gnu()
                        .base256(108, 8, 3_000_000_000L)
                        .base256(136, 12, -5))
                .header(new Header('0', "name").text(345, "prefix"))
                .entry(sparse, "12345")
                .pax("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=s10", "GNU.sparse.realsize=900")
                .file("x", "1\n7\n3\n" + "\0".repeat(506) + "abc")
                .pax("GNU.sparse.size=900", "GNU.sparse.numblocks=1", "GNU.sparse.offset=7", "GNU.sparse.numbytes=3")
                .file("s00", "abc")
                .header(new Header('1', "d/hard").link("d/file"))
                .end()
                .toBytes();
    }

    /** The entries of {@code tar}, or null where it is refused. */
    private static List<TarEntry> read(byte[] tar) {
        try {
            List<TarEntry> entries = TarListing.entries(new ByteArrayInputStream(tar), tar.length);
            for (TarEntry entry : entries) {
                assertThat(entry.path()).isNotEmpty();
                assertThat(entry.size()).isNotNegative();
                assertThat(entry.dataOffset() + entry.storedSize()).isBetween(0L, (long) tar.length);
            }
            return entries;
        } catch (MalformedLayerException e) {
            assertThat(e).hasMessageMatching("(?s)tar( entry '.*)?, byte \\d+: .+");
            return null;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theWholeArchiveIsRead() {
        assertThat(read(RICH)).hasSize(10);
    }

    @Test
    void everyTruncation() {
        int read = 0;
        for (int length = 0; length < RICH.length; length++) {
            List<TarEntry> entries = read(Arrays.copyOf(RICH, length));
            if (entries != null) {
                assertThat(length % 512).isZero();
                read++;
            }
        }
        // At the end of each entry, and behind the first of the two zero blocks; not within any.
        assertThat(read).isEqualTo(1 + 10 + 1 + 1);
    }

    @Test
    void everyCorruptionOfAByte() {
        for (int at = 0; at < RICH.length; at++) {
            byte[] noticed = RICH.clone();
            noticed[at] ^= (byte) 0x80;
            read(noticed);
            for (int value : new int[] {0, '7', RICH[at] ^ 1, 0xff}) {
                byte[] unnoticed = RICH.clone();
                unnoticed[at] = (byte) value;
                resum(unnoticed, at & ~511);
                read(unnoticed);
            }
        }
    }

    @Test
    void randomCorruptionsOfManyBytes() {
        Random random = new Random(20241123);
        for (int round = 0; round < 20_000; round++) {
            byte[] tar = RICH.clone();
            for (int i = random.nextInt(8); i >= 0; i--) {
                int at = random.nextInt(tar.length);
                tar[at] = (byte) (random.nextBoolean() ? '0' + random.nextInt(10) : random.nextInt(256));
                resum(tar, at & ~511);
            }
            read(tar);
        }
    }

    @Test
    void noise() {
        Random random = new Random(7);
        for (int round = 0; round < 2000; round++) {
            byte[] tar = new byte[512 * (1 + random.nextInt(4))];
            random.nextBytes(tar);
            tar[156] = (byte) "0123456LKxgSDX".charAt(random.nextInt(14));
            System.arraycopy("00000000100\0".getBytes(UTF_8), 0, tar, 124, 12);
            resum(tar, 0);
            read(tar);
        }
    }

    private static void resum(byte[] tar, int block) {
        Arrays.fill(tar, block + 148, block + 156, (byte) ' ');
        int sum = 0;
        for (int i = block; i < block + 512; i++) {
            sum += tar[i] & 0xff;
        }
        byte[] text = String.format("%06o\0 ", sum).getBytes(UTF_8);
        System.arraycopy(text, 0, tar, block + 148, 8);
    }
}
