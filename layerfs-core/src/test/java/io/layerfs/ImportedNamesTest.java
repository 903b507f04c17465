package io.layerfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.faults.ArchiveBytes;
import io.layerfs.tar.LayerTarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names by every way into a store (rows 3 and 5 of the attacks): a hostile archive's, a user's. */
class ImportedNamesTest {

    private static final String REF_NAME = "org.opencontainers.image.ref.name";

    @TempDir
    Path directory;

    private LayerStore store;
    private Image victim;
    private byte[] hostile;

    @BeforeEach
    void make() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        victim = store.importImage(archive(ArchiveBytes.of(layer("good"))), ImportOptions.DEFAULT);
        hostile = layer("hostile");
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private static byte[] layer(String name) throws IOException {
        Attributes file = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LayerTarWriter.write(
                new ChangesetBuilder().file(name, file, new byte[9]).build(), out, time -> time);
        return out.toByteArray();
    }

    private Path archive(byte[] bytes) throws IOException {
        return Files.write(Files.createTempDirectory(directory, "a").resolve("archive.tar"), bytes);
    }

    /** An OCI layout with one image, which its index calls so. */
    private Path layout(String annotations) throws IOException {
        Path at = Files.createTempDirectory(directory, "layout");
        try (LayerStore other = LayerStore.open(at)) {
            other.importImage(archive(ArchiveBytes.of(hostile)), ImportOptions.DEFAULT);
        }
        Path index = at.resolve("index.json");
        Files.writeString(index, Files.readString(index).replace("}]}", ",\"annotations\":{" + annotations + "}}]}"));
        return at;
    }

    /** What docker save writes, with one name. */
    private Path dockerArchive(String tag) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            put(tar, "blobs/layer.tar", hostile);
            put(
                    tar,
                    "config.json",
                    ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                                    + Digest.sha256(hostile) + "\"]}}")
                            .getBytes(StandardCharsets.UTF_8));
            put(
                    tar,
                    "manifest.json",
                    ("[{\"Config\":\"config.json\",\"RepoTags\":[\"" + tag + "\"],\"Layers\":[\"blobs/layer.tar\"]}]")
                            .getBytes(StandardCharsets.UTF_8));
        }
        return archive(bytes.toByteArray());
    }

    private static void put(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private List<String> hostileNames() {
        String hex = victim.digest().encoded();
        return List.of(
                victim.digest().toString(),
                "SHA256:" + hex,
                hex,
                "sha256-" + hex + ".sig",
                "sha256-" + hex + ".att",
                "app:sha256-" + hex + ".sbom",
                "app@" + victim.digest(),
                "app:1@" + victim.digest(),
                "x".repeat(1025),
                "a\\u0000b",
                "a\\u001b[2J");
    }

    @Test
    void row3AnArchivesNameThatReadsAsSomethingElseIsRefused() throws IOException {
        for (String name : hostileNames()) {
            Path layout = layout("\"" + REF_NAME + "\":\"" + name + "\"");
            if (name.contains("sha256-")) {
                assertThatThrownBy(() -> store.importImage(layout, ImportOptions.DEFAULT))
                        .hasMessageContaining("no image"); // but what is said of one
            } else {
                assertRefused(layout);
            }
        }
    }

    @Test
    void row3SoIsThatOfADockerArchive() throws IOException {
        for (String name : hostileNames()) {
            assertRefused(dockerArchive(name));
        }
    }

    private void assertRefused(Path source) throws IOException {
        List<String> before = LayerStoreTest.listing(directory.resolve("store"));
        assertThatThrownBy(() -> store.importImage(source, ImportOptions.DEFAULT))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageStartingWith("the image is called '")
                .hasMessageEndingWith("import it by another name")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600));
        assertThat(LayerStoreTest.listing(directory.resolve("store"))).isEqualTo(before);
        Image imported = store.importImage(source, ImportOptions.DEFAULT.withTag("hostile:1"));
        assertThat(imported.tags()).containsExactly("hostile:1");
        assertThat(store.image(victim.digest().toString()).diffIds()).isEqualTo(victim.diffIds());
        assertThat(store.image(victim.digest().encoded()).diffIds()).isEqualTo(victim.diffIds());
        store.remove(imported);
        store.gc(GcOptions.DEFAULT.withUntagged().withMinimumAge(java.time.Duration.ZERO));
        victim = store.importImage(archive(ArchiveBytes.of(layer("good"))), ImportOptions.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256:%s", "%s", "sha256-%s.sig", "app@sha256:%s", "a b", ""})
    void row3SoIsAUsersByEveryWayIn(String form) throws IOException {
        String name = String.format(form, victim.digest().encoded());
        Image image = store.importImage(archive(ArchiveBytes.of(hostile)), ImportOptions.DEFAULT.withTag("hostile:1"));
        Layer layer = image.layers().get(0);
        History history = new History(null, "", "", null);
        List<ThrowingUse> ways = new ArrayList<>(List.of(
                () -> store.tag(image, name),
                () -> store.importImage(archive(ArchiveBytes.of(hostile)), ImportOptions.DEFAULT.withTag(name)),
                () -> store.commit(image, new ChangesetBuilder().build(), history, name),
                () -> store.plus(image, layer, history, name),
                () -> store.squash(image, 0, history, name),
                () -> store.rebase(image, image, image, name),
                () -> store.save(image, directory.resolve("saved.tar"), SaveOptions.DEFAULT.withNames(List.of(name)))));
        for (ThrowingUse way : ways) {
            assertThatThrownBy(way::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not a name that");
        }
        assertThat(Files.readString(directory.resolve("store/index.json")))
                .doesNotContain(REF_NAME + "\":\"" + name + "\"");
        assertThat(directory.resolve("saved.tar")).doesNotExist();
    }

    private interface ThrowingUse {
        void run() throws IOException;
    }

    @Test
    void row3TheNameOfAViewIsTheNameOfADirectory() throws IOException {
        for (String name : List.of("", ".", "..", "a/b", "../a", "a\u0000", "v".repeat(129), "a\nb", "-a")) {
            assertThatThrownBy(() -> store.createView(name, victim, 1 << 20).close())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not a name that a view can have");
            assertThatThrownBy(() -> store.openView(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.dropView(name)).isInstanceOf(IllegalArgumentException.class);
        }
        store.createView("v".repeat(128), victim, 1 << 20).close();
        assertThat(store.dropView("v".repeat(128))).isTrue();
    }

    @Test
    void aNameWithTheImagesOwnDigestIsItsName() throws IOException {
        String name = "host/app@" + victim.digest();
        store.tag(victim, name);
        assertThat(store.image(name).tags()).containsExactly(name);
        Path saved = directory.resolve("saved");
        store.save(store.image(name), saved, SaveOptions.DEFAULT.withFormat(SaveOptions.Format.OCI_DIRECTORY));
        try (LayerStore other = LayerStore.open(directory.resolve("other"))) {
            assertThat(other.importImage(saved, ImportOptions.DEFAULT).tags()).containsExactly(name);
        }
    }

    @Test
    void theWholeNameThatContainerdWritesIsTheImages() throws IOException {
        Path layout = layout("\"io.containerd.image.name\":\"docker.io/library/app:1\",\"" + REF_NAME + "\":\"1\"");
        for (Function<ImportOptions, ImportOptions> asked : List.<Function<ImportOptions, ImportOptions>>of(
                options -> options,
                options -> options.withReference("docker.io/library/app:1"),
                options -> options.withReference("1"))) {
            assertThat(store.importImage(layout, asked.apply(ImportOptions.DEFAULT))
                            .tags())
                    .containsExactly("docker.io/library/app:1");
        }
        assertThatThrownBy(() -> store.importImage(
                        layout,
                        ImportOptions.DEFAULT.withReference(victim.digest().toString())))
                .hasMessageContaining("no image named");
    }

    @Test
    void aNameTwiceForOneDigestIsOneImageAndALayoutOfAnUnknownVersionIsRefused() throws IOException {
        Path layout = layout("\"" + REF_NAME + "\":\"app:1\"");
        Path index = layout.resolve("index.json");
        String entry = Files.readString(index).replaceFirst(".*\"manifests\":\\[(.*)\\].*", "$1");
        Files.writeString(index, "{\"schemaVersion\":2,\"manifests\":[" + entry + "," + entry + "]}");
        assertThat(store.importImage(layout, ImportOptions.DEFAULT.withReference("app:1"))
                        .tags())
                .containsExactly("app:1");
        assertThat(store.importImage(layout, ImportOptions.DEFAULT).tags()).containsExactly("app:1");
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"2.0.0\"}");
        assertThatThrownBy(() -> store.importImage(layout, ImportOptions.DEFAULT))
                .hasMessageContaining("of version 2.0.0");
    }

    @Test
    void aDigestThatIsAskedForInAnArchiveIsNotFoundByAName() throws IOException {
        Path layout = layout("\"" + REF_NAME + "\":\"" + victim.digest() + "\"");
        assertThatThrownBy(() -> store.importImage(
                        layout,
                        ImportOptions.DEFAULT
                                .withTag("x")
                                .withReference(victim.digest().toString())))
                .hasMessageContaining("no image named '" + victim.digest());
        Path archive = dockerArchive(victim.digest().toString());
        assertThatThrownBy(() -> store.importImage(
                        archive,
                        ImportOptions.DEFAULT
                                .withTag("x")
                                .withReference(victim.digest().toString())))
                .hasMessageContaining("holds no image named '" + victim.digest());
    }
}
