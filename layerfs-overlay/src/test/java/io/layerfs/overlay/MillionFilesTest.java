package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Platform;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image of a million files is mounted like any other. */
class MillionFilesTest {

    private static final int FILES = 1_000_000;
    private static final int IN_EACH = 10_000;

    @TempDir
    private Path directory;

    private static byte[] header(String name) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "00000000000");
        put(header, 136, "00000000000");
        put(header, 148, "        ");
        header[156] = '0';
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format("%06o", sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private Path tar() throws IOException {
        Path tar = directory.resolve("million.tar");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar), 1 << 16)) {
            for (int i = 0; i < FILES; i++) {
                out.write(header("d" + i / IN_EACH + "/f" + i));
            }
            out.write(new byte[1024]);
        }
        return tar;
    }

    @Test
    void itIsMountedAndWritten() throws Exception {
        Kernel.requireRoot();
        try (LayerStore store = LayerStore.open(directory.resolve("store"))) {
            Layer layer;
            try (InputStream tar = Files.newInputStream(tar())) {
                layer = store.add(tar);
            }
            Image image = store.createImage(List.of(layer), new Platform("linux", "amd64", null));
            try (Mount mount = new OverlayBackend().mount(store, image, MountOptions.DISPOSABLE)) {
                try (Stream<Path> listed = Files.list(mount.root().resolve("d99"))) {
                    assertThat(listed.count()).isEqualTo(IN_EACH);
                }
                Path last = mount.root().resolve("d99/f" + (FILES - 1));
                Files.writeString(last, "written");
                Files.delete(mount.root().resolve("d0/f0"));
                Layer changed = store.add(mount.changes());
                assertThat(changed.size()).isLessThan(20_000);
            }
        }
    }
}
