package io.layerfs.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.Layer;
import io.layerfs.LayerCompression;
import io.layerfs.LayerStore;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import io.layerfs.SaveOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much a layer or an image may have: of bytes, of entries, of what comes of few bytes. */
class LayerLimitsTest {

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

    @Test
    void aZstdWindowOfMoreThan128MebibytesIsRefused() throws IOException {
        for (int log = 27; log <= 31; log++) {
            byte[] frame = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) ((log - 10) << 3), 1, 0, 0};
            if (log == 27) {
                store.add(new ByteArrayInputStream(frame));
            } else {
                assertThatThrownBy(() -> store.add(new ByteArrayInputStream(frame)))
                        .isInstanceOf(IOException.class);
            }
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void membersOfGzipAreCountedTogetherAndOneInTheOtherIsNoTar() throws IOException {
        byte[] member = gzip(new byte[600 << 10]);
        byte[] both = Arrays.copyOf(member, member.length * 2);
        System.arraycopy(member, 0, both, member.length, member.length);
        Path file = Files.write(directory.resolve("bomb"), both);
        ImportOptions options = ImportOptions.DEFAULT.withMaxLayerSize(1 << 20);
        store.importImage(Files.write(directory.resolve("one"), member), options);
        assertThatThrownBy(() -> store.importImage(file, options))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("1048576");
        byte[] nested = gzip(gzip(new TarBytes().file("f", "f").end().toBytes()));
        assertThatThrownBy(() -> store.add(new ByteArrayInputStream(nested)))
                .isInstanceOf(MalformedLayerException.class);
    }

    @Test
    void aLayerThatGrowsTooMuchIsRefused() throws IOException {
        byte[] zeros = gzip(new byte[8 << 20]);
        Path bomb = Files.write(directory.resolve("bomb"), zeros);
        ImportOptions all = ImportOptions.DEFAULT;
        ImportOptions some = all.withMaxExpansion(new ImportOptions.Expansion(200, 1 << 20));
        assertThatThrownBy(() -> store.importImage(bomb, some))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageStartingWith(bomb + ": ")
                .hasMessageContaining("more than 1048576 bytes")
                .hasMessageContaining("200 times as many as the " + zeros.length + " compressed ones")
                .hasMessageContaining("at byte ");
        store.importImage(bomb, all.withMaxExpansion(new ImportOptions.Expansion(200, 8 << 20)));
        store.importImage(bomb, all.withMaxExpansion(new ImportOptions.Expansion(2000, 1 << 20)));
        store.importImage(Files.write(directory.resolve("plain"), new byte[8 << 20]), some);
        store.importImage(bomb, all);
    }

    /** Two layers, of which one is small enough; and the same image in a store that has them. */
    @Test
    void theLayersOfAnImageHaveALimitInAll() throws IOException {
        byte[] one = new TarBytes().file("one", "1".repeat(400 << 10)).end().toBytes();
        byte[] two = new TarBytes().file("two", "2".repeat(400 << 10)).end().toBytes();
        Layer layer = store.add(new ByteArrayInputStream(one));
        Image image = store.createImage(
                List.of(layer, store.add(new ByteArrayInputStream(two)), layer), Platform.parse("linux/amd64"));
        int size = one.length + two.length;
        ImportOptions enough = ImportOptions.DEFAULT.withMaxImageSize(size);
        ImportOptions little = ImportOptions.DEFAULT.withMaxImageSize(size - 1);
        for (LayerCompression compression : List.of(LayerCompression.GZIP, LayerCompression.NONE)) {
            Path archive = directory.resolve(compression.method() + ".tar");
            store.save(image, archive, SaveOptions.DEFAULT.withCompression(compression));
            try (LayerStore other = LayerStore.open(directory.resolve("other"))) {
                for (LayerStore target : List.of(other, store)) {
                    assertThatThrownBy(() -> target.importImage(archive, little))
                            .isInstanceOf(MalformedLayerException.class)
                            .hasMessageStartingWith("layer sha256:")
                            .hasMessageContaining("more than the " + (size - 1) + " bytes that an image may have");
                }
                other.importImage(archive, enough);
            }
        }
        Path archive = directory.resolve("archive");
        store.save(image, archive, SaveOptions.DEFAULT);
        Path compressed = Files.write(directory.resolve("compressed"), gzip(Files.readAllBytes(archive)));
        assertThatThrownBy(() -> store.importImage(compressed, little))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageStartingWith(compressed + ": more than the " + (size - 1));
    }

    /**
     * A tar of as many files as the property says: in a heap of 256 MiB up to two million, and else in 768 MiB, which the five
     * million take that are held before one more is refused.
     */
    @Test
    void entriesHaveALimit() throws Exception {
        int count = Integer.getInteger("layerfs.bombs", 300_000);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        count > 2_000_000 ? "-Xmx768m" : "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndlessTar.class.getName(),
                        Integer.toString(count))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said.strip()).contains(count > 5_000_000 ? "a layer may have 5000000 entries" : "read " + count);
    }
}
