package io.layerfs.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.LayerComparison;
import io.layerfs.LayerLint;
import io.layerfs.LayerStore;
import io.layerfs.LintRule;
import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real tars of shared/tars: what is found in each is checked in; and it is malformed exactly where a store refuses it. */
class LintCorpusTest {

    @Test
    void whatIsFoundInEachTar(@TempDir Path directory) throws IOException {
        Path tars = find();
        List<String> lines = new ArrayList<>();
        try (LayerStore store = LayerStore.open(directory.resolve("store"))) {
            for (String line : Files.readAllLines(tars.resolve("INDEX.tsv")).subList(1, 131)) {
                String name = line.split("\t", -1)[0];
                LayerLint found = LayerLint.ofTar(tars.resolve(name));
                lines.add(name + " " + found.counts());
                assertThat(found.counts().containsKey(LintRule.MALFORMED))
                        .as(name)
                        .isEqualTo(refused(store, tars.resolve(name)));
            }
        }
        try (InputStream golden = LintCorpusTest.class.getResourceAsStream("corpus.txt")) {
            String expected = golden == null ? "" : new String(golden.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(String.join("\n", lines) + "\n").isEqualTo(expected);
        }
    }

    /** Also compares what is accepted with itself, through another store's file. */
    private static boolean refused(LayerStore store, Path tar) throws IOException {
        if (Files.size(tar) > 0 && tar.toString().contains("sparse-big")) {
            return false; // 60 GB of zeros, which nothing here reads
        }
        try (InputStream in = Files.newInputStream(tar)) {
            var layer = store.add(in);
            assertThat(LayerComparison.between(layer, layer).identical()).isTrue();
            return false;
        } catch (MalformedLayerException e) {
            return true;
        }
    }

    private static Path find() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path found = at.resolve("shared/tars");
            if (Files.isDirectory(found)) {
                return found;
            }
        }
        assumeTrue(false, "no directory shared/tars here or above");
        throw new AssertionError();
    }
}
