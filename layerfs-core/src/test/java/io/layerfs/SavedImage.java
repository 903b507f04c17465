package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.SaveOptions.Format;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An image of several layers in a store, to be saved. */
abstract class SavedImage {

    @TempDir
    Path directory;

    Path root;
    LayerStore store;
    Image image;
    Path out;

    @BeforeEach
    void make() throws IOException {
        root = directory.resolve("store");
        out = Files.createDirectory(directory.resolve("out"));
        store = LayerStore.open(root);
        Layer base = store.add(LayerStoreTest.changes());
        Layer top = store.add(new ChangesetBuilder()
                .file("srv/text", LayerStoreTest.attributes(0644), text().getBytes(StandardCharsets.US_ASCII))
                .whiteout("etc/motd")
                .build());
        image = named(store.createImage(List.of(base, top, base), Platform.parse("linux/amd64")), "team/app:1");
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    Image named(Image image, String tag) throws IOException {
        store.tag(image, tag);
        return store.image(tag);
    }

    /** Enough for several blocks of gzip. */
    static String text() {
        Random random = new Random(42);
        StringBuilder text = new StringBuilder();
        while (text.length() < 1_200_000) {
            text.append(Integer.toString(random.nextInt(5000), 36)).append(' ');
        }
        return text.toString();
    }

    Path save(String name, SaveOptions options) throws IOException {
        Path target = out.resolve(name);
        store.save(image, target, options);
        return target;
    }

    static SaveOptions options(Format format, LayerCompression compression) {
        return SaveOptions.DEFAULT.withFormat(format).withCompression(compression);
    }

    static Map<String, byte[]> entries(Path tar) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (TarArchiveInputStream in = new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(tar)))) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                assertThat(entry.getLongUserId()).isZero();
                assertThat(entry.getLastModifiedTime().toMillis()).isZero();
                assertThat(entry.getMode() & 0777).isEqualTo(entry.isDirectory() ? 0755 : 0644);
                entries.put(entry.getName(), in.readAllBytes());
            }
        }
        assertThat(new ArrayList<>(entries.keySet())).isSorted();
        return entries;
    }

    static Digest digest(Path file) throws IOException {
        return Digest.sha256(Files.readAllBytes(file));
    }

    interface Edit {
        String apply(String text);
    }

    /** Changes the only manifest of a layout, and all that names it. */
    void replaceManifest(Path layout, Edit edit) throws IOException {
        String index = Files.readString(layout.resolve("index.json"));
        String hex = index.replaceAll("(?s).*sha256:([0-9a-f]{64}).*", "$1");
        byte[] old = Files.readAllBytes(layout.resolve("blobs/sha256/" + hex));
        byte[] changed = edit.apply(new String(old, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        String digest = Digest.sha256(changed).encoded();
        Files.write(layout.resolve("blobs/sha256/" + digest), changed);
        Files.writeString(
                layout.resolve("index.json"),
                edit.apply(index).replace(hex, digest).replace("\"size\":" + old.length, "\"size\":" + changed.length));
    }
}
