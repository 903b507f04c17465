package io.layerfs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Digest;
import io.layerfs.GcOptions;
import io.layerfs.GcReport;
import io.layerfs.GcReport.Kind;
import io.layerfs.GcReport.Reason;
import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.Lease;
import io.layerfs.ProgressListener;
import io.layerfs.StoreUsage;
import io.layerfs.oci.Descriptor;
import io.layerfs.oci.Json;
import io.layerfs.oci.MediaTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a collection keeps, and that it goes once nothing keeps it. */
class CollectionTest extends CollectedStore {

    private void use(Image image, Duration ago) throws IOException {
        Files.setLastModifiedTime(
                root.resolve("blobs/sha256").resolve(image.digest().encoded()),
                FileTime.from(Instant.now().minus(ago)));
    }

    /** Puts a document into the list of images, as another tool would. */
    private Digest put(String name, Map<String, Object> more) throws IOException {
        byte[] config = "{}".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        Map<String, Object> json = new java.util.LinkedHashMap<>();
        json.put("schemaVersion", 2L);
        json.put("mediaType", MediaTypes.MANIFEST);
        json.put("config", blob("application/vnd.oci.empty.v1+json", config).toJson());
        json.put("layers", List.of());
        json.putAll(more);
        Descriptor manifest = blob(MediaTypes.MANIFEST, Json.write(json));
        StorePaths paths = new StorePaths(store.directory());
        StoreLocks locks = StoreLocks.open(paths.lock());
        new References(paths, locks).put(name.isEmpty() ? manifest : manifest.named(name));
        locks.close();
        return manifest.digest();
    }

    @Test
    void aNameKeepsAnImageAndItsRemovalFreesIt() throws IOException {
        Image image = tagged("a:1", "x", "y");
        assertThat(reason(store.gc(ALL), image.digest())).isEqualTo(Reason.NAMED);
        assertWhole(image);
        assertThat(store.remove(image)).isTrue();
        assertThat(store.remove(image)).isFalse();
        assertThat(store.images()).isEmpty();
        assertThatThrownBy(() -> store.image("a:1")).isInstanceOf(NoSuchFileException.class);
        GcReport report = store.gc(GcOptions.DEFAULT);
        assertThat(report.removed(Kind.LAYER)).containsExactlyInAnyOrderElementsOf(image.diffIds());
        assertThat(report.bytes()).isPositive();
        assertThat(report.remaining()).isZero();
        assertEmpty();
        assertThatThrownBy(() -> store.image(image.digest().toString())).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void whatImagesShareStaysAsLongAsOneOfThem() throws IOException {
        Image first = tagged("a:1", "base", "x");
        Image second = tagged("b:1", "base", "y");
        store.remove("a:1");
        assertThat(store.gc(GcOptions.DEFAULT).removed(Kind.LAYER))
                .containsExactly(first.diffIds().get(1));
        assertWhole(second);
    }

    @Test
    void anImageWithoutANameGoesOnlyWhereItIsAskedFor() throws IOException {
        Image image = image("x");
        assertThat(reason(store.gc(GcOptions.DEFAULT), image.digest())).isEqualTo(Reason.UNTAGGED);
        assertWhole(image);
        GcReport report = store.gc(ALL);
        assertThat(report.removed(Kind.IMAGE)).containsExactly(image.digest());
        assertThat(store.images()).isEmpty();
        assertEmpty();
    }

    @Test
    void aDryRunTellsTheSameAndChangesNothing() throws IOException {
        tagged("a:1", "x");
        image("y");
        store.remove("a:1");
        List<Set<String>> before = List.of(files("blobs"), files("layerfs"));
        String index = Files.readString(root.resolve("index.json"));
        GcReport dry = store.gc(ALL.withDerived().withDryRun());
        assertThat(List.of(files("blobs"), files("layerfs"))).isEqualTo(before);
        assertThat(root.resolve("index.json")).hasContent(index);
        GcReport real = store.gc(ALL.withDerived());
        assertThat(dry.dryRun()).isTrue();
        assertThat(real.removed()).containsExactlyInAnyOrderElementsOf(dry.removed());
        assertThat(real.remaining()).isEqualTo(dry.remaining());
        assertEmpty();
    }

    @Test
    void whatIsTooYoungStays() throws IOException {
        Image old = image("x");
        Image young = image("y");
        use(old, Duration.ofHours(2));
        GcReport report = store.gc(ALL.withMinimumAge(Duration.ofHours(1)));
        assertThat(report.removed(Kind.IMAGE)).containsExactly(old.digest());
        assertThat(reason(report, young.digest())).isEqualTo(Reason.RECENT);
        assertThat(reason(report, old.diffIds().get(0))).as("a young file").isEqualTo(Reason.RECENT);
        assertWhole(young);
        store.gc(GcOptions.DEFAULT);
        assertThat(store.gc(ALL).removed(Kind.IMAGE)).containsExactly(young.digest());
        assertEmpty();
    }

    @Test
    void whatWasUsedLeastRecentlyGoesFirstAndNoMoreThanMust() throws IOException {
        List<Image> images = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            images.add(image("f" + i));
        }
        List<Integer> order = List.of(3, 0, 4, 1, 2);
        for (int i = 0; i < 5; i++) {
            use(images.get(order.get(i)), Duration.ofHours(10 - i));
        }
        long total = store.usage().total();
        GcReport report = store.gc(ALL.withKeepBytes(total - total / 5 - 10));
        assertThat(report.removed(Kind.IMAGE))
                .containsExactlyInAnyOrder(images.get(3).digest(), images.get(0).digest());
        assertThat(reason(report, images.get(4).digest())).isEqualTo(Reason.FITS);
        assertThat(report.remaining()).isEqualTo(store.usage().total()).isLessThan(total);
        store.view(images.get(4));
        assertThat(store.gc(ALL.withKeepBytes(report.remaining() - 1)).removed(Kind.IMAGE))
                .as("the other was used since")
                .containsExactly(images.get(1).digest());
    }

    @Test
    void derivedDataOfImagesThatStayGoesWhereItIsAskedForAndIsMadeAnew() throws IOException {
        Image image = tagged("a:1", "x", "y");
        try (Lease lease = store.lease(image)) {
            assertThat(store.gc(GcOptions.DEFAULT.withDerived()).removed()).isEmpty();
        }
        long droppable = store.usage().droppable();
        GcReport report = store.gc(GcOptions.DEFAULT.withDerived());
        assertThat(report.removed(Kind.INDEX)).hasSize(3);
        assertThat(report.bytes()).isEqualTo(droppable).isPositive();
        assertThat(files("layerfs/index")).isEmpty();
        Layer more = layer("z", 10);
        Image made = store.plus(image, more, History.of("z"), "b:1");
        assertThat(files("layerfs/index")).as("making an image reads no layer").hasSize(1);
        assertWhole(made);
        assertWhole(image);
    }

    @Test
    void aCollectionThatIsCutShortAnywhereLeavesASoundStore() throws Exception {
        int steps = 1;
        int exit = 9;
        for (; exit == 9; steps += 1 + steps / 4) {
            Image kept = tagged("kept:1", "base", "k");
            image("base", "x");
            Process process = HoldingProcess.start(root, "halt", steps);
            exit = process.waitFor();
            assertThat(exit).isIn(0, 9);
            assertThat(store.verify(ProgressListener.NONE).findings())
                    .as("after %d steps", steps)
                    .isEmpty();
            assertWhole(kept);
            Image again = image("base", "x");
            assertWhole(again);
            store.remove(kept);
            store.gc(ALL);
            assertEmpty();
        }
        assertThat(steps).isGreaterThan(6);
    }

    @Test
    void whatIsSaidOfAnImageLivesAsLongAsTheImage() throws IOException {
        Image image = tagged("a:1", "x");
        Digest signature = put("sha256-" + image.digest().encoded() + ".sig", Map.of("annotations", Map.of("n", "1")));
        Digest referrer = put(
                "", Map.of("subject", new Descriptor(MediaTypes.MANIFEST, image.digest(), 1, null, Map.of()).toJson()));
        GcReport report = store.gc(ALL);
        assertThat(report.removed()).isEmpty();
        assertThat(reason(report, signature)).isEqualTo(Reason.REFERRED);
        assertThat(reason(report, referrer)).isEqualTo(Reason.REFERRED);
        store.remove(image);
        assertThat(store.gc(GcOptions.DEFAULT).removed(Kind.IMAGE)).containsExactlyInAnyOrder(signature, referrer);
        assertEmpty();
        assertThat(root.resolve("index.json")).content().doesNotContain(".sig");
    }

    @Test
    void anIndexThatHasANameKeepsItsManifests() throws IOException {
        Image image = image("x");
        Descriptor manifest = new Descriptor(MediaTypes.MANIFEST, image.digest(), 1, null, Map.of());
        Digest index = put("many:1", Map.of("manifests", List.of(manifest.toJson())));
        GcReport report = store.gc(ALL);
        assertThat(reason(report, index)).isEqualTo(Reason.NAMED);
        assertThat(reason(report, image.digest())).isEqualTo(Reason.REFERRED);
        assertWhole(image);
        store.remove("many:1");
        store.gc(ALL);
        assertEmpty();
    }

    @Test
    void nothingIsRemovedWhereItIsNotKnownWhatIsNeeded() throws IOException {
        Image image = tagged("a:1", "x");
        store.remove(image("y"));
        Path manifest = root.resolve("blobs/sha256").resolve(image.digest().encoded());
        byte[] bytes = Files.readAllBytes(manifest);
        Set<String> before = files("blobs");
        Files.write(manifest, new byte[] {'{'});
        assertThatThrownBy(() -> store.gc(ALL))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a:1")
                .hasMessageContaining(image.digest().toString());
        assertThat(files("blobs")).isEqualTo(before);
        Files.delete(manifest);
        assertThatThrownBy(() -> store.gc(ALL)).hasMessageContaining("is not known");
        Files.write(manifest, bytes);
        store.gc(ALL);
        assertWhole(image);
    }

    @Test
    void whatIsNotOursIsLeft() throws IOException {
        tagged("a:1", "x");
        Files.writeString(root.resolve("blobs/sha256/put-blob-of-another-tool"), "x");
        Path old = Files.createDirectories(root.resolve("layerfs/index/v1"));
        Files.writeString(old.resolve("sha256-" + "0".repeat(64) + ".erofs"), "of an older version");
        store.gc(ALL);
        assertThat(root.resolve("blobs/sha256/put-blob-of-another-tool")).exists();
        Files.delete(root.resolve("blobs/sha256/put-blob-of-another-tool"));
        try (Stream<Path> left = Files.list(old)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void usageAddsUp() throws IOException {
        Image first = tagged("a:1", "base", "x");
        Image second = tagged("b:1", "base", "y");
        Layer held = layer("held", 10);
        StoreUsage usage = store.usage();
        long all = 0;
        for (String part : List.of("blobs", "layerfs/index", "layerfs/chain")) {
            for (String file : files(part)) {
                all += Files.size(root.resolve(file));
            }
        }
        assertThat(usage.total()).isEqualTo(all);
        assertThat(usage.unreferenced()).isZero();
        assertThat(usage.held()).isGreaterThan(held.size());
        assertThat(usage.images())
                .extracting(StoreUsage.OfImage::digest)
                .containsExactly(first.digest(), second.digest());
        StoreUsage.OfImage one = usage.images().get(0);
        assertThat(one.tars())
                .isEqualTo(first.layers().stream().mapToLong(Layer::size).sum());
        assertThat(one.shared()).isEqualTo(usage.shared());
        assertThat(usage.layers())
                .filteredOn(layer -> layer.images().size() == 2)
                .singleElement()
                .satisfies(layer ->
                        assertThat(layer.diffId()).isEqualTo(first.diffIds().get(0)));
        store.remove(second);
        long unreferenced = store.usage().unreferenced();
        assertThat(store.gc(GcOptions.DEFAULT).bytes()).isEqualTo(unreferenced).isPositive();
    }
}
