package io.layerfs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands say of what goes wrong (field faults, section 5). */
class WordsTest {

    @TempDir
    static Path directory;

    @BeforeAll
    static void make() throws IOException {
        Attributes any = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
        try (LayerStore store = LayerStore.open(directory.resolve("store"))) {
            ChangesetBuilder changes = new ChangesetBuilder().file("d/f", any, new byte[1]);
            store.tag(store.createImage(List.of(store.add(changes.build())), Platform.host()), "team/app:1");
            store.createView("work", store.image("team/app:1"), Long.MAX_VALUE).close();
        }
    }

    private static String said(Object... arguments) {
        Object[] all = new Object[arguments.length + 2];
        all[0] = "--store";
        all[1] = directory.resolve("store");
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        Run run = Run.layerfs(all);
        assertThat(run.exitCode()).isNotZero();
        return run.err();
    }

    @Test
    void whatMayBeMeantIsAsked() {
        assertThat(said("ls", "taem/app:1", "/"))
                .contains("no image 'taem/app:1'; is 'team/app:1' meant?; 'layerfs images'");
        assertThat(said("ls", "other", "/")).contains("no image 'other'; 'layerfs images' lists them");
        assertThat(said("diff", "wrok")).contains("no view 'wrok'; is 'work' meant?");
        assertThat(said("diff", "team/app:1")).contains("'team/app:1' is an image, which does not change");
        assertThat(said("imort", "x")).contains("import");
        assertThat(said("save", "--replce", "team/app:1", "-o", "x")).contains("--replace");
    }

    @Test
    void aTextIsNoImage() throws IOException {
        Path text = Files.writeString(directory.resolve("passwd"), "root:x:0:0:root:/root:/bin/bash\n".repeat(40));
        assertThat(said("import", text))
                .startsWith("layerfs: " + text + ": neither a tar nor what gzip, zstd, xz or bzip2 make of one");
    }

    @Test
    void noNameOfAClassIsSaid() {
        assertThat(said("rm", "work:/d")).doesNotContain("Exception");
        assertThat(said("cat", "team/app:1", "/d")).doesNotContain("Exception");
        assertThat(said("cat", "team/app:1", "/d/f/x")).doesNotContain("Exception");
        assertThat(said("export", "team/app:1", directory.resolve("store"))).doesNotContain("Exception");
    }

    @Test
    void aBrokenListOfImagesIsToldByItsLine() throws IOException {
        Path layout = Files.createDirectory(directory.resolve("layout"));
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.writeString(layout.resolve("index.json"), "{\"schemaVersion\":2,\n\"manifests\":[}");
        assertThat(said("import", layout))
                .contains("index.json: line 2, column")
                .doesNotContain("StreamRead", "Jackson");
    }
}
