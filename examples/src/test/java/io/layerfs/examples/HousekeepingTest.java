package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rmi}, {@code gc} and {@code df}. */
class HousekeepingTest {

    @TempDir
    private Path directory;

    private Image image;
    private Image unnamed;

    @BeforeEach
    void makeImages() throws IOException {
        try (LayerStore store = LayerStore.open(directory)) {
            image = image(store, "a");
            unnamed = image(store, "b");
            store.tag(image, "app:1");
            store.tag(image, "app:2");
        }
    }

    private static Image image(LayerStore store, String name) throws IOException {
        Attributes file = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
        return store.createImage(
                List.of(store.add(
                        new ChangesetBuilder().file(name, file, new byte[5000]).build())),
                Platform.host());
    }

    private Run layerfs(Object... arguments) {
        Object[] all = new Object[arguments.length + 2];
        all[0] = "--store";
        all[1] = directory;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return Run.layerfs(all);
    }

    @Test
    void rmiTakesANameAndWithTheLastOneTheImage() {
        assertThat(layerfs("rmi", "app:1").exitCode()).isZero();
        assertThat(layerfs("images").text()).contains("app:2").doesNotContain("app:1");
        assertThat(layerfs("rmi", "app:2").exitCode()).isZero();
        assertThat(layerfs("images").text())
                .doesNotContain("app:2", image.digest().encoded().substring(0, 12));
        Run absent = layerfs("rmi", "app:2");
        assertThat(absent.exitCode()).isEqualTo(3);
        assertThat(absent.err()).contains("no image 'app:2'");
    }

    @Test
    void oneDamagedImageIsMarkedAndTheOthersAreListed() throws IOException {
        Files.delete(
                directory.resolve("blobs/sha256/" + unnamed.diffIds().get(0).encoded()));
        Run images = layerfs("images");
        assertThat(images.exitCode()).isZero();
        assertThat(new String(images.out(), StandardCharsets.UTF_8))
                .contains("app:1,app:2", unnamed.digest().encoded().substring(0, 12), "damaged");
        assertThat(images.err()).contains("image " + unnamed.digest() + " is damaged: ", "no layer of this diff id");
        assertThat(new String(layerfs("images", "--json").out(), StandardCharsets.UTF_8))
                .contains("\"damaged\"");
        assertThat(layerfs("rmi", unnamed.digest()).exitCode()).isZero();
        assertThat(layerfs("images").text()).doesNotContain("damaged");
    }

    @Test
    void anImageIsNotTakenForAViewAndADigestNotForAName() {
        Run run = layerfs("rm", "app:1:/a");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .contains("'app:1' is an image, which does not change; 'layerfs new NAME app:1' makes a view");
        String absent = "sha256:" + "0".repeat(64);
        assertThat(layerfs("tag", "app:1", "docker.io/library/" + absent).exitCode())
                .isZero();
        assertThat(layerfs("layers", absent).exitCode()).isEqualTo(3);
        Run refused = layerfs("tag", "app:1", absent);
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("not a name that an image can have", "it reads as a digest");
    }

    @Test
    void rmiOfADigestTakesAllNames() {
        assertThat(layerfs("rmi", image.digest().encoded().substring(0, 8)).exitCode())
                .isZero();
        assertThat(layerfs("images").lines()).hasSize(2);
    }

    @Test
    void gcTellsWhatItRemovesAndWhatItKeeps() {
        Map<?, ?> dry =
                (Map<?, ?>) layerfs("gc", "--dry-run", "--untagged", "--json").json();
        assertThat(dry.get("dryRun")).isEqualTo(true);
        assertThat(layerfs("gc", "--older-than", "1h", "--untagged").text()).startsWith("freed 0 B, ");
        Run run = layerfs("gc", "--untagged");
        assertThat(run.text())
                .contains("image ", unnamed.digest().encoded().substring(0, 12), "layer ", "index ", "freed ", " stay");
        Map<?, ?> after = (Map<?, ?>) layerfs("gc", "--untagged", "--derived", "--keep-bytes", "1G", "--json")
                .json();
        assertThat((List<?>) after.get("removed")).isEmpty();
        assertThat(after.get("kept").toString()).contains("named", "app:1");
        assertThat(layerfs("verify").exitCode()).isZero();
        Run usage = layerfs("gc", "--keep-bytes", "1G");
        assertThat(usage.exitCode()).isEqualTo(2);
        assertThat(usage.err()).contains("--untagged");
    }

    @Test
    void dfTellsWhatImagesCost() {
        assertThat(layerfs("df").text())
                .contains("EXCLUSIVE", "app:1,app:2", image.digest().encoded().substring(0, 12), "in all ");
        Map<?, ?> json = (Map<?, ?>) layerfs("df", "--json").json();
        Map<?, ?> first = (Map<?, ?>) ((List<?>) json.get("images")).get(0);
        assertThat(first.get("digest"))
                .isIn(image.digest().toString(), unnamed.digest().toString());
        assertThat((Long) first.get("tars")).isGreaterThanOrEqualTo(5000L);
        assertThat((List<?>) json.get("layers")).hasSize(2);
        assertThat(json.get("unreferenced")).isEqualTo(0L);
    }
}
