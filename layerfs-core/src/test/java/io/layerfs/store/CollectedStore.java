package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Digest;
import io.layerfs.GcOptions;
import io.layerfs.GcReport;
import io.layerfs.GcReport.Reason;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.Xattrs;
import io.layerfs.oci.Descriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store to be collected; when a test is over, what is left of it is sound. */
abstract class CollectedStore {

    static final Attributes FILE = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
    static final GcOptions ALL = GcOptions.DEFAULT.withUntagged();

    @TempDir
    Path directory;

    Path root;
    LayerStore store;

    @BeforeEach
    void open() throws IOException {
        root = directory.resolve("store");
        store = LayerStore.open(root);
    }

    @AfterEach
    void soundAndClosed() throws IOException {
        assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
        store.close();
    }

    Layer layer(String name, int size) throws IOException {
        return store.add(new ChangesetBuilder().file(name, FILE, new byte[size]).build());
    }

    Image image(String... layers) throws IOException {
        List<Layer> all = new ArrayList<>();
        for (String layer : layers) {
            all.add(layer(layer, 1000));
        }
        return store.createImage(all, new Platform("linux", "amd64", null));
    }

    Image tagged(String tag, String... layers) throws IOException {
        Image image = image(layers);
        store.tag(image, tag);
        return image;
    }

    Set<String> files(String part) throws IOException {
        Set<String> found = new TreeSet<>();
        if (Files.isDirectory(root.resolve(part))) {
            try (Stream<Path> files = Files.walk(root.resolve(part))) {
                files.filter(file -> Files.isRegularFile(file) && !file.endsWith("lock"))
                        .forEach(f -> found.add(root.relativize(f).toString()));
            }
        }
        return found;
    }

    void assertEmpty() throws IOException {
        assertThat(files("blobs")).isEmpty();
        assertThat(files("layerfs/index")).isEmpty();
        assertThat(files("layerfs/chain")).isEmpty();
        assertThat(files("layerfs/content")).isEmpty();
        assertThat(files("layerfs/tmp")).isEmpty();
    }

    void assertWhole(Image image) throws IOException {
        assertThat(store.image(image.digest().toString()).diffIds()).isEqualTo(image.diffIds());
        assertThat(store.view(image).list(store.view(image).root()).hasNext()).isTrue();
    }

    static Reason reason(GcReport report, Digest digest) {
        return report.kept().stream()
                .filter(kept -> kept.digest().equals(digest))
                .findFirst()
                .orElseThrow()
                .reason();
    }

    List<String> both(String what, Object argument) throws Exception {
        List<String> lines = new ArrayList<>();
        List<Process> processes =
                List.of(HoldingProcess.start(root, what, argument), HoldingProcess.start(root, what, argument));
        for (Process process : processes) {
            lines.add(HoldingProcess.line(process));
            process.destroyForcibly().waitFor();
        }
        return lines;
    }

    Descriptor blob(String mediaType, byte[] bytes) throws IOException {
        Digest digest = Digest.sha256(bytes);
        Files.write(root.resolve("blobs/sha256").resolve(digest.encoded()), bytes);
        return new Descriptor(mediaType, digest, bytes.length, null, Map.of());
    }
}
