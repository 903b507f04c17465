package io.layerfs.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Content;
import io.layerfs.ExportPolicy;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import io.layerfs.Platform;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Row 7 of the red team: sizes that are believed. What a layer says of holes costs nobody the time and space of zeros. */
@Timeout(120)
class SparseFilesTest {

    private static final long TERABYTE = 1L << 40;

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

    /** A layer with a file of this size, in which there is one x at each of the positions. */
    private static byte[] sparse(String name, long size, long... positions) {
        StringBuilder map = new StringBuilder().append(positions.length).append('\n');
        for (long position : positions) {
            map.append(position).append("\n1\n");
        }
        byte[] text = map.toString().getBytes(StandardCharsets.US_ASCII);
        int start = (text.length + 511) / 512 * 512;
        byte[] data = Arrays.copyOf(text, start + positions.length);
        Arrays.fill(data, start, data.length, (byte) 'x');
        return new TarBytes()
                .pax("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.realsize=" + size)
                .entry(new TarBytes.Header('0', name), data)
                .end()
                .toBytes();
    }

    private Layer add(byte[] tar) throws IOException {
        return store.add(new ByteArrayInputStream(tar));
    }

    private Image image(Layer... layers) throws IOException {
        return store.createImage(List.of(layers), Platform.parse("linux/amd64"));
    }

    private static final io.layerfs.History HISTORY = io.layerfs.History.of("test");

    private Image flat(Image image) throws IOException {
        return store.squash(image, 0, HISTORY, null);
    }

    private static Content content(View view, String name) throws IOException {
        return view.content(view.lookup(view.root(), Name.of(name)));
    }

    private static String read(Content content, long position) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(3);
        content.read(position, bytes);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aFileLargerThanAllLayersCanBeIsRefusedWithItsName() {
        assertThatThrownBy(() -> add(sparse("huge", 64 * TERABYTE, 5)))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("'huge'")
                .hasMessageContaining("sparse file of 70368744177664 bytes, more than 2199023255552");
    }

    @Test
    void theIndexOfHolesIsInProportionToTheLayer() throws IOException {
        long[] positions = new long[60_000];
        Arrays.setAll(positions, i -> i * (TERABYTE / positions.length));
        assertThatThrownBy(() -> add(sparse("scattered", TERABYTE, positions)))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("scattered");
        Layer layer = add(sparse("one", 2 * TERABYTE, TERABYTE));
        try (var files = Files.walk(store.directory().resolve("layerfs/index"))) {
            assertThat(files.filter(Files::isRegularFile)
                            .mapToLong(f -> f.toFile().length())
                            .sum())
                    .isLessThan(16 << 20);
        }
        assertThat(read(content(store.view(image(layer)), "one"), TERABYTE - 1)).isEqualTo("\0x\0");
    }

    /** Two layers with files that differ in one byte behind a terabyte of nothing: compared, exported, squashed, saved. */
    @Test
    void whoReadsThemPassesOverHoles() throws IOException {
        Layer first = add(sparse("f", 2 * TERABYTE, 1000, TERABYTE + 7));
        Layer second = add(sparse("f", 2 * TERABYTE, 1000, TERABYTE + 8));
        View one = store.view(image(first));
        View two = store.view(image(second));
        assertThat(Content.mismatch(content(one, "f"), content(two, "f"))).isEqualTo(TERABYTE + 7);
        assertThat(Content.mismatch(content(one, "f"), content(store.view(image(first, first)), "f")))
                .isEqualTo(-1);
        assertThat(store.diff(image(first), image(second)).root().child(Name.of("f")))
                .isNotNull();
        Image flat = flat(image(first, second));
        long size = Files.size(store.directory()
                .resolve("blobs/sha256")
                .resolve(flat.diffIds().get(0).encoded()));
        assertThat(size).isLessThan(40 << 20);
        assertThat(Content.mismatch(content(store.view(flat), "f"), content(two, "f")))
                .isEqualTo(-1);
    }

    @Test
    void anExportIsSparse() throws IOException {
        Layer layer = add(sparse("f", 3L << 30, 5, (2L << 30) + 1));
        store.export(store.view(image(layer)), directory.resolve("tree"), ExportPolicy.SAFE);
        Path file = directory.resolve("tree/f");
        assertThat(Files.size(file)).isEqualTo(3L << 30);
        try (var in = Files.newByteChannel(file)) {
            ByteBuffer bytes = ByteBuffer.allocate(2);
            in.position((2L << 30) + 1).read(bytes);
            assertThat(bytes.array()).containsExactly('x', 0);
        }
        assertThat((int) Files.getAttribute(file, "unix:mode") & 0777).isEqualTo(0644);
    }

    /** A layer with zeros and one with a hole show the same file, and are written as the same tar. */
    @Test
    void theFormInATarFollowsFromTheBytes() throws IOException {
        int size = 40 << 20;
        byte[] plain = new byte[size];
        plain[1000] = 'x';
        byte[] full =
                new TarBytes().entry(new TarBytes.Header('0', "f"), plain).end().toBytes();
        Image ofHoles = flat(image(add(sparse("f", size, 1000))));
        Image ofZeros = flat(image(add(full)));
        assertThat(ofHoles.diffIds()).isEqualTo(ofZeros.diffIds());
        Path tar = store.directory()
                .resolve("blobs/sha256")
                .resolve(ofZeros.diffIds().get(0).encoded());
        assertThat(Files.size(tar)).isLessThan(16 << 10);
    }

    /** What is changed in a view keeps its holes: a byte of a file of two terabytes is written, and it is committed. */
    @Test
    void aChangedFileKeepsItsHoles() throws IOException {
        Image image = image(add(sparse("f", 2 * TERABYTE, 77)));
        try (WritableView view = store.writable(image, Long.MAX_VALUE)) {
            WritableView.Place place =
                    new WritableView.Place(view.root(), Name.of("f"), view.lookup(view.root(), Name.of("f")));
            try (WritableView.OpenFile file = view.open(place)) {
                file.write(TERABYTE, ByteBuffer.wrap(new byte[] {'y'}));
                assertThat(file.nextData(78)).isGreaterThanOrEqualTo(78);
            }
            Image committed = store.commit(image, view.changes(), HISTORY, null);
            assertThat(read(content(store.view(committed), "f"), TERABYTE - 1)).isEqualTo("\0y\0");
            assertThat(read(content(store.view(committed), "f"), 76)).isEqualTo("\0x\0");
        }
    }

    /** Holes smaller than 16 MiB are written as zeros by others: they count as bytes of the image. */
    @Test
    void smallHolesCountAsWhatTheyShow() throws IOException {
        TarBytes tar = new TarBytes();
        for (int i = 0; i < 100; i++) {
            byte[] one = sparse("f" + i, 15 << 20, 0);
            tar.raw(Arrays.copyOf(one, one.length - 1024));
        }
        assertThatThrownBy(() -> add(tar.end().toBytes()))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("'f68'")
                .hasMessageContaining("more than 1073741824 bytes");
    }

    @Test
    void otherReadersSeeTheSame() throws Exception {
        Layer layer = add(sparse("dir/f", 1L << 30, 1000, 999_999_999));
        Image flat = flat(image(layer));
        Path tar = store.directory()
                .resolve("blobs/sha256")
                .resolve(flat.diffIds().get(0).encoded());
        try (var in = new org.apache.commons.compress.archivers.tar.TarFile(tar.toFile())) {
            var entry = in.getEntries().get(in.getEntries().size() - 1);
            assertThat(entry.getName()).isEqualTo("dir/f");
            assertThat(entry.getRealSize()).isEqualTo(1L << 30);
            assertThat(entry.isPaxGNU1XSparse()).isTrue();
        }
    }
}
