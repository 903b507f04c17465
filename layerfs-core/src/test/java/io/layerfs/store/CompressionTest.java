package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.memory.Allowance;
import io.layerfs.tar.Allocation;
import io.layerfs.tar.TarBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** What bytes are compressed with, and what decompressing them may take. */
class CompressionTest {

    /** The last row of the red team: a tar is one by its checksum, whatever the first name in it begins with. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "BZh",
                "BZh91AY&SY",
                "\u001f\u008b\b",
                "(\u00b5/\u00fd",
                "P*M\u0018",
                "\u00fd7zXZ",
                "\u001f\u009d",
                "LZIP",
                "]"
            })
    void aTarIsATarWhateverItsFirstNameIs(String start) throws IOException {
        byte[] name = (start + "name").getBytes(StandardCharsets.ISO_8859_1);
        byte[] tar =
                new TarBytes().entry(new TarBytes.Header('0', name), "x").end().toBytes();
        assertThat(Compression.of(Arrays.copyOf(tar, Compression.START_LENGTH))).isEqualTo(Compression.NONE);
    }

    @Test
    void whatIsCompressedIsKnownByItsMagic() throws IOException {
        assertThat(Compression.of(gzip(new byte[2000]))).isEqualTo(Compression.GZIP);
        assertThat(Compression.of("BZh9".getBytes(StandardCharsets.US_ASCII))).isEqualTo(Compression.BZIP2);
        assertThat(Compression.of(new byte[0])).isEqualTo(Compression.NONE);
        assertThat(Compression.of(new byte[512])).isEqualTo(Compression.NONE);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    /** A member with all that a header can have, its name of {@code length} bytes. */
    private static InputStream member(int length) throws IOException {
        byte[] plain = gzip("text".getBytes(StandardCharsets.US_ASCII));
        byte[] header = {0x1f, (byte) 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 3, 0, 'a', 'b', 'c'};
        byte[] name = new byte[length + 1];
        Arrays.fill(name, 0, length, (byte) 'n');
        byte[] rest = {'c', 0, 1, 2};
        InputStream start = new SequenceInputStream(new ByteArrayInputStream(header), new ByteArrayInputStream(name));
        byte[] body = Arrays.copyOfRange(plain, 10, plain.length);
        return new SequenceInputStream(
                start, new SequenceInputStream(new ByteArrayInputStream(rest), new ByteArrayInputStream(body)));
    }

    private static byte[] plain(InputStream in) throws IOException {
        try (InputStream gzip = new GzipInputStream(in)) {
            return gzip.readAllBytes();
        }
    }

    /** Row 8: what a header says beside is passed over, and has an end. */
    @Test
    void aGzipHeaderIsNotKept() throws IOException {
        assertThat(plain(member(20_000))).asString().isEqualTo("text");
        assertThat(plain(new SequenceInputStream(member(1), member(2))))
                .asString()
                .isEqualTo("texttext");
        assertThatThrownBy(() -> plain(member(600 << 20 >> 3)))
                .hasMessage("a gzip header with a name of more than 65536 bytes");
    }

    /** Each stream of bzip2 takes megabytes of memory anew, be it as short as it likes: 28 000 are in a megabyte. */
    @Test
    void aStreamOfBzip2CountsAsABlock() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 3; i++) {
            try (OutputStream bzip2 = new BZip2CompressorOutputStream(new Unclosed(out), 9)) {
                bzip2.write("text".getBytes(StandardCharsets.US_ASCII));
            }
        }
        AtomicLong grown = new AtomicLong();
        try (Allowance memory = new Allowance.Pool(6 << 20, 0, grown::addAndGet).open();
                InputStream plain = Compression.BZIP2.decompress(new ByteArrayInputStream(out.toByteArray()), memory)) {
            assertThat(plain.readAllBytes()).asString().isEqualTo("texttexttext");
        }
        assertThat(grown).hasValue(3 * 900_000);
        out.write('x');
        assertThatThrownBy(() -> Compression.BZIP2
                        .decompress(new ByteArrayInputStream(out.toByteArray()), Allowance.UNLIMITED)
                        .readAllBytes())
                .hasMessage("what follows a bzip2 stream is none");
        assertThatThrownBy(() -> Compression.BZIP2.decompress(
                        new ByteArrayInputStream("BZh0".getBytes(StandardCharsets.US_ASCII)), Allowance.UNLIMITED))
                .hasMessage("not bzip2");
    }

    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void close() {}
    }

    /** Before, each block had a dictionary of its own: a terabyte for a megabyte of blocks. */
    @Test
    @Timeout(60)
    void theBlocksOfXzTakeOneDictionaryAfterTheOther() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LZMA2Options options = new LZMA2Options(0);
        try (XZOutputStream xz = new XZOutputStream(out, options)) {
            for (int i = 0; i < 200; i++) {
                xz.write('x');
                xz.endBlock();
            }
        }
        byte[] bytes = out.toByteArray();
        long before = Allocation.ofThisThread();
        try (InputStream plain = Compression.XZ.decompress(new ByteArrayInputStream(bytes), Allowance.UNLIMITED)) {
            assertThat(plain.readAllBytes()).hasSize(200);
        }
        // a dictionary has 256 KiB
        assertThat(Allocation.ofThisThread() - before).isLessThan(30L << 20);
    }

    @Test
    void aGzipStreamThatIsNoneSaysWhatIsWrong() throws IOException {
        byte[] good = gzip("some text that is long enough".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < good.length; i++) {
            byte[] cut = Arrays.copyOf(good, i);
            assertThatThrownBy(() -> plain(new ByteArrayInputStream(cut))).isInstanceOf(IOException.class);
        }
        byte[] wrong = good.clone();
        wrong[good.length - 5] ^= 1;
        assertThatThrownBy(() -> plain(new ByteArrayInputStream(wrong))).hasMessageContaining("CRC");
        byte[] more = Arrays.copyOf(good, good.length + 1);
        assertThatThrownBy(() -> plain(new ByteArrayInputStream(more)))
                .hasMessage("what follows a gzip member is none");
    }

    /** Row 8: the dictionary that an xz stream asks for is taken from what the import may take. */
    @ParameterizedTest
    @CsvSource({"0, 262144", "6, 8388608"})
    void theMemoryOfXzIsAskedFor(int level, int dictionary) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream xz = new XZOutputStream(out, new LZMA2Options(level))) {
            xz.write("text".getBytes(StandardCharsets.US_ASCII));
        }
        byte[] bytes = out.toByteArray();
        assertThat(XzHeader.memory(bytes)).isBetween((long) dictionary, dictionary + (1L << 20));
        try (Allowance memory = new Allowance.Pool(dictionary, 0, n -> {}).open()) {
            assertThatThrownBy(() -> Compression.XZ.decompress(new ByteArrayInputStream(bytes), memory))
                    .hasMessageContaining("bytes of memory");
        }
        try (Allowance memory = new Allowance.Pool(dictionary + (1L << 20), 0, n -> {}).open();
                InputStream plain = Compression.XZ.decompress(new ByteArrayInputStream(bytes), memory)) {
            assertThat(plain.readAllBytes()).asString().isEqualTo("text");
        }
        bytes[16] = 28; // the dictionary of level 9
        assertThat(XzHeader.memory(bytes)).isBetween(64L << 20, 65L << 20);
        bytes[16] = 40;
        assertThatThrownBy(() -> Compression.XZ.decompress(new ByteArrayInputStream(bytes), Allowance.UNLIMITED))
                .hasMessageContaining("268435456 are allowed");
    }
}
