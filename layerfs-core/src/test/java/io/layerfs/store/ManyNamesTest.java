package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.GcOptions;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.SaveOptions;
import io.layerfs.Xattrs;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store of very many names (row 5 of the attacks): what is written can be read again, and everything goes on. */
class ManyNamesTest {

    /** 30 000 are more than the 4 MiB that a document of an archive may have. */
    private static final int NAMES = Integer.getInteger("layerfs.names", 30_000);

    @TempDir
    Path directory;

    private static Image image(LayerStore store, String content) throws IOException {
        Attributes file = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
        return store.createImage(
                List.of(store.add(
                        new ChangesetBuilder().file(content, file, new byte[9]).build())),
                new Platform("linux", "amd64", null));
    }

    /** Writes an index as others would: the names are of one image, and of images that are not there. */
    private void name(Image image, long size) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(directory.resolve("store/index.json"))) {
            out.write("{\"schemaVersion\":2,\"manifests\":[");
            for (int i = 0; i < NAMES; i++) {
                out.write((i == 0 ? "" : ",")
                        + "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\""
                        + image.digest() + "\",\"size\":" + size
                        + ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"registry.example.com/team/app:" + i
                        + "\"}}");
            }
            out.write("]}");
        }
    }

    @Test
    void row5AStoreOfVeryManyNamesIsAnOrdinaryOne() throws IOException {
        Path root = directory.resolve("store");
        try (LayerStore store = LayerStore.open(root)) {
            Image image = image(store, "a");
            name(image, Files.size(root.resolve("blobs/sha256/" + image.digest().encoded())));
            String last = "registry.example.com/team/app:" + (NAMES - 1);
            assertThat(store.image(last)).isEqualTo(image);
            assertThat(store.image(image.digest().encoded().substring(0, 6)).tags())
                    .hasSize(NAMES);
            assertThat(store.images()).containsExactly(image);
            Image other = image(store, "b");
            store.tag(other, last);
            assertThat(store.image(last)).isEqualTo(other);
            assertThat(store.untag("registry.example.com/team/app:0")).isTrue();
            assertThat(store.remove("registry.example.com/team/app:1")).isTrue();
            assertThat(store.gc(GcOptions.DEFAULT).kept()).hasSizeGreaterThan(1);
            assertThat(store.image(image.digest()).tags()).hasSize(NAMES - 3);
            assertThat(store.images()).containsExactly(image, other);
            Path saved = directory.resolve("saved");
            store.save(other, saved, SaveOptions.DEFAULT.withFormat(SaveOptions.Format.OCI_DIRECTORY));
            Files.copy(
                    root.resolve("index.json"),
                    saved.resolve("index.json"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            store.save(other, saved, SaveOptions.DEFAULT.withFormat(SaveOptions.Format.OCI_DIRECTORY));
            assertThat(Files.size(saved.resolve("index.json"))).isGreaterThan(NAMES * 200L);
        }
    }
}
