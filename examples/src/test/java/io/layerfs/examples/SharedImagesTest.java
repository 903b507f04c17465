package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real images, imported and read by the command line; what they look like, the kernel and another tool told. */
class SharedImagesTest {

    private static final String APP = "app:1";
    private static final String SMALL = "small:1";

    @TempDir
    private static Path store;

    @BeforeAll
    static void importImages() {
        importImage("images/app.oci.tar", APP);
        importImage("images/small.docker.tar", SMALL);
    }

    private static void importImage(String file, String tag) {
        Run run = layerfs("import", Shared.file(file), "--tag", tag);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
    }

    @Test
    void treeIsWhatTheKernelShows() throws IOException {
        assertTree(APP, "images/app.expected.tsv");
        assertTree(SMALL, "images/small.expected.tsv");
    }

    private static void assertTree(String image, String expected) throws IOException {
        Run run = layerfs("tree", image);
        assertThat(run.exitCode()).as(run.err()).isZero();
        byte[] wanted = Files.readAllBytes(Shared.file(expected));
        if (!Arrays.equals(run.out(), wanted)) {
            // Slow, but tells the line.
            assertThat(run.lines())
                    .isEqualTo(new String(wanted, StandardCharsets.US_ASCII)
                            .lines()
                            .toList());
        }
        assertThat(run.out()).isEqualTo(wanted);
    }

    @Test
    void absoluteLinksStayInTheImage() {
        assertThat(layerfs("cat", APP, "/app/abs").out())
                .isEqualTo(layerfs("cat", APP, "/app/lib/f12").out());
        assertThat(layerfs("stat", APP, "/app/abs").text()).contains("symbolic link", "/app/lib/f12");
        Run dangling = layerfs("cat", APP, "/app/dangling");
        assertThat(dangling.exitCode()).isEqualTo(3);
        assertThat(dangling.err()).contains("/app/dangling: no such file or directory");
        assertThat(layerfs("ls", "-l", APP, "/app/dangling").text()).contains("/app/dangling -> nowhere");
    }

    @Test
    void namesThatAreNotUtf8() {
        for (boolean unicode : List.of(true, false)) {
            Run list = Run.under(unicode, "--store", store, "ls", APP, "/app/lib");
            assertThat(list.lines()).contains("bad\\xffutf8");
        }
        assertThat(layerfs("stat", APP, "/app/lib/bad\\xffutf8").text()).contains("directory");
        assertThat(layerfs("stat", APP, "/app/lib/bad\udcffutf8").text()).contains("directory");
        assertThat(layerfs("ls", APP, "/app/lib/bad\\xffutf8").exitCode()).isZero();
    }

    @Test
    void everyLayerIsExportedAsItCame() {
        for (String image : List.of(APP, SMALL)) {
            for (Object layer : (List<?>) layerfs("layers", "--json", image).json()) {
                String diffId = (String) ((Map<?, ?>) layer).get("diffId");
                Run export = layerfs("export-layer", diffId, "-");
                assertThat(Digest.sha256(export.out())).hasToString(diffId);
                assertThat((long) export.out().length).isEqualTo(((Map<?, ?>) layer).get("size"));
            }
        }
    }

    @Test
    void everyFileHasAProvider() {
        List<String> paths = layerfs("tree", "--no-content", SMALL).lines().stream()
                .map(line -> "/" + line.substring(line.lastIndexOf('\t') + 1))
                .toList();
        for (String path : paths) {
            assertThat(layerfs("find-provider", SMALL, path).exitCode())
                    .as(path)
                    .isZero();
        }
    }

    @Test
    void theStoreIsSound() {
        assertThat(layerfs("verify").exitCode()).isZero();
        assertThat(((Map<?, ?>) layerfs("verify", "--json").json()).get("sound"))
                .isEqualTo(true);
    }

    @Test
    void whatIsDamagedEndsWith1AndChangesNothing(@TempDir Path directory) throws IOException {
        byte[] whole = Files.readAllBytes(Shared.file("images/small.docker.tar"));
        Path damaged = directory.resolve("damaged.tar");
        String before = layerfs("images", "--json").text();
        for (int size : List.of(1, 511, whole.length / 2, whole.length - 4096)) {
            Files.write(damaged, Arrays.copyOf(whole, size));
            assertRefused(layerfs("import", damaged));
        }
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 1;
        Files.write(damaged, flipped);
        assertThat(layerfs("images", "--json").text()).isEqualTo(before);
        // Into an empty store: of layers that are there already, nothing is read again.
        assertRefused(Run.layerfs("--store", directory.resolve("empty"), "import", damaged));
    }

    private static void assertRefused(Run run) {
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("layerfs: ").hasLineCount(1);
    }

    private static Run layerfs(Object... arguments) {
        Object[] all = new Object[arguments.length + 2];
        all[0] = "--store";
        all[1] = store;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return Run.layerfs(all);
    }
}
