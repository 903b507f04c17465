package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code layerfs save} on a small image. */
class SaveCommandTest {

    @TempDir
    private static Path directory;

    @TempDir
    private Path out;

    private Path target;

    @BeforeAll
    static void makeImage() throws IOException {
        try (LayerStore store = LayerStore.open(directory.resolve("store"))) {
            Attributes file = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
            Layer layer = store.add(new ChangesetBuilder()
                    .file("etc/name", file, "x".repeat(10_000).getBytes(StandardCharsets.US_ASCII))
                    .build());
            store.tag(store.createImage(List.of(layer), Platform.host()), "small:1");
        }
    }

    @BeforeEach
    void nameTarget() {
        target = out.resolve("saved");
    }

    private Run save(Object... arguments) {
        List<Object> all =
                new ArrayList<>(List.of("--store", directory.resolve("store"), "save", "small:1", "-o", target));
        all.addAll(Arrays.asList(arguments));
        return Run.layerfs(all.toArray());
    }

    private Run imported() {
        return Run.layerfs("--store", out.resolve("other"), "import", target);
    }

    @Test
    void everyFormAndCompressionIsImportedAgain() throws IOException {
        for (String format : List.of("oci", "oci-dir", "docker", "both")) {
            for (String compress : List.of("keep", "none", "gzip", "zstd")) {
                target = out.resolve(format + "-" + compress);
                Run saved = save("--format", format, "--compress", compress, "--threads", 1);
                assertThat(saved.exitCode()).as(saved.err()).isZero();
                assertThat(saved.text() + saved.err()).isEmpty();
                assertThat(imported().exitCode()).isZero();
            }
        }
        assertThat(Run.layerfs("--store", out.resolve("other"), "cat", "small:1", "etc/name")
                        .text())
                .isEqualTo("x".repeat(10_000));
        // the layer is 12 288 bytes as a tar
        assertThat(Files.size(out.resolve("docker-gzip"))).isLessThan(Files.size(out.resolve("docker-none")));
        assertThat(out.resolve("both-keep")).hasSameBinaryContentAs(out.resolve("both-none"));
    }

    @Test
    void aDirectoryThatIsThereIsAdded() throws IOException {
        Files.createDirectory(target);
        assertThat(save().exitCode()).isZero();
        assertThat(save("--name", "other").exitCode()).isZero();
        assertThat(target.resolve("index.json")).content().contains("\"small:1\"", "\"other\"");
    }

    @Test
    void aLevelIsThatOfACompression() {
        assertThat(save("--compress", "gzip", "--level", 9).exitCode()).isZero();
        for (List<Object> wrong : List.of(
                List.<Object>of("--compress", "gzip", "--level", 10),
                List.<Object>of("--compress", "zstd", "--level", 20),
                List.<Object>of("--level", 1),
                List.<Object>of("--compress", "lzma"),
                List.<Object>of("--format", "zip"),
                List.<Object>of("--threads", 0),
                List.<Object>of("--name", "No Name", "--replace"))) {
            Run run = save(wrong.toArray());
            assertThat(run.exitCode()).as(wrong + run.err()).isEqualTo(2);
            assertThat(run.err()).startsWith("layerfs: ");
        }
    }

    @Test
    void whatIsThereStays() throws IOException {
        Files.writeString(target, "precious");
        Run refused = save();
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("saved", "is there already");
        assertThat(target).hasContent("precious");
        assertThat(save("--replace").exitCode()).isZero();
        try (Stream<Path> files = Files.list(out)) {
            assertThat(files).containsExactly(target);
        }
        assertThat(Run.layerfs("--store", directory.resolve("store"), "save", "nothing", "-o", target)
                        .exitCode())
                .isEqualTo(3);
    }
}
