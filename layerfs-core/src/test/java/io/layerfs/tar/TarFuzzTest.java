package io.layerfs.tar;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.layerfs.Changeset;
import io.layerfs.MalformedLayerException;
import io.layerfs.Utf8;
import io.layerfs.blob.Blob;
import io.layerfs.erofs.ErofsImage;
import io.layerfs.erofs.ErofsWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Tars of any bytes: entries, or a message that says why not. With {@code JAZZER_FUZZ=1} it looks for others by itself; else
 * it reads those that are checked in.
 */
class TarFuzzTest {

    /** A fuzzer never finds a checksum: it is put right in each header, as far as there are some. */
    static void repairChecksums(byte[] tar) {
        for (int at = 0; at + 512 <= tar.length && tar[at] != 0; ) {
            Arrays.fill(tar, at + 148, at + 156, (byte) ' ');
            int sum = 0;
            for (int i = at; i < at + 512; i++) {
                sum += tar[i] & 0xff;
            }
            byte[] text = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(text, 0, tar, at + 148, 8);
            at += 512 + (int) Math.min(Integer.MAX_VALUE / 2, size(tar, at) + 511 & ~511);
        }
    }

    private static long size(byte[] tar, int header) {
        long size = 0;
        for (int i = header + 124; i < header + 136; i++) {
            if (tar[i] >= '0' && tar[i] <= '7') {
                size = size * 8 + tar[i] - '0';
            }
        }
        return Math.min(size, 1 << 30);
    }

    @FuzzTest(maxDuration = "1m")
    void entriesOrARefusal(byte[] bytes) throws IOException {
        repairChecksums(bytes);
        try {
            for (TarEntry entry : TarListing.entries(bytes)) {
                assertThat(entry.path()).isNotEmpty();
                assertThat(entry.size()).isNotNegative();
                assertThat(entry.dataOffset() + entry.storedSize()).isBetween(0L, (long) bytes.length);
            }
        } catch (MalformedLayerException e) {
            assertThat(e.getMessage()).startsWith("tar").contains("byte ");
        }
    }

    /** A layer through all of its forms: read, indexed, the index read, written as a tar, read and written again. */
    @FuzzTest(maxDuration = "1m")
    void wholeLayers(byte[] bytes) throws IOException {
        repairChecksums(bytes);
        Path directory = Files.createTempDirectory("layerfs-fuzz");
        try {
            Path tar = Files.write(directory.resolve("tar"), bytes);
            Changeset changes;
            try {
                changes = LayerTarReader.read(new ByteArrayInputStream(bytes), Blob.at(tar));
            } catch (MalformedLayerException e) {
                assertThat(e.getMessage()).isNotEmpty();
                return;
            }
            byte[] canonical;
            try {
                canonical = canonical(changes);
            } catch (IOException e) {
                assertThat(e.getMessage()).isNotEmpty();
                return;
            }
            Blob blob = Blob.open(tar);
            Path index = directory.resolve("index");
            try {
                ErofsWriter.writeLayer(changes, blob, index);
            } catch (MalformedLayerException e) {
                assertThat(e.getMessage()).isNotEmpty();
                return;
            }
            Changeset indexed = ErofsImage.open(index, List.of(blob)).changeset();
            byte[] again = canonical(indexed);
            assertThat(telling(again, directory)).isEqualTo(telling(canonical, directory));
            Path written = Files.write(directory.resolve("written"), again);
            Changeset read = LayerTarReader.read(new ByteArrayInputStream(again), Blob.open(written));
            assertThat(canonical(read)).isEqualTo(again);
        } finally {
            io.layerfs.host.Durable.deleteTree(directory);
        }
    }

    /** The entries, but for whiteouts beside an opaque marker, which hide nothing and are not in an index. */
    private static List<String> telling(byte[] tar, Path directory) throws IOException {
        List<String> lines = TarLine.ours(Files.write(directory.resolve("listed"), tar), true);
        Set<String> opaque = new HashSet<>();
        for (TarEntry entry : TarListing.entries(tar)) {
            String name = Utf8.decode(entry.path());
            if (name.endsWith(".wh..wh..opq")) {
                opaque.add(name.substring(0, name.length() - ".wh..opq".length()));
            }
        }
        List<String> telling = new ArrayList<>();
        int i = 0;
        for (TarEntry entry : TarListing.entries(tar)) {
            String name = Utf8.decode(entry.path());
            String whiteouts = name.substring(0, name.lastIndexOf('/') + 1) + ".wh.";
            boolean redundant =
                    name.startsWith(whiteouts) && !name.endsWith(".wh..wh..opq") && opaque.contains(whiteouts);
            if (!redundant) {
                telling.add(lines.get(i));
            }
            i++;
        }
        return telling;
    }

    private static byte[] canonical(Changeset changes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LayerTarWriter.write(changes, new Limited(out), UnaryOperator.identity());
        return out.toByteArray();
    }

    /** Holes may have petabytes. */
    private static final class Limited extends java.io.FilterOutputStream {
        private long left = 8 << 20;

        Limited(java.io.OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            left -= length;
            if (left < 0) {
                throw new IOException("too large for a test");
            }
            out.write(bytes, offset, length);
        }
    }

    /** The records of a PAX header. */
    @FuzzTest(maxDuration = "1m")
    void paxRecords(byte[] bytes) {
        try {
            PaxRecords.parse(bytes, 512);
        } catch (TarSyntaxException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
