package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Digest;
import io.layerfs.GcOptions;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerCompression;
import io.layerfs.LayerStore;
import io.layerfs.ProgressListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against Debian's docker-registry, and skopeo as the judge. */
class DockerRegistryTest {

    /** Of the large blob. */
    private static final int MIB = Integer.getInteger("layerfs.registry.blob", 8);

    @TempDir
    Path directory;

    private LayerStore store;
    private LayerStore other;
    private DockerRegistry server;
    private final Set<String> transferred = ConcurrentHashMap.newKeySet();
    private final ProgressListener noting = (what, done, total) -> transferred.add(what);

    @BeforeEach
    void open() throws IOException {
        store = LayerStore.open(directory.resolve("store"));
        other = LayerStore.open(directory.resolve("other"));
        server = DockerRegistry.start(directory.resolve("registry"));
    }

    @AfterEach
    void close() throws IOException {
        if (server != null) {
            server.close();
        }
        store.close();
        other.close();
    }

    private Reference reference(String name) {
        return Reference.parse(server.host() + "/" + name);
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue(false, command[0] + " is not installed");
            throw e;
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void realImagesGoAndComeByteForByte() throws Exception {
        for (String file : List.of("app.oci.tar", "small.docker.tar")) {
            Image image = store.importImage(TestImages.shared(file), ImportOptions.DEFAULT);
            Reference reference = reference("team/" + file.replaceFirst("\\..*", "") + ":1.0");
            try (Registry registry = Registry.open(TestImages.QUICK)) {
                registry.push(store, image, reference, PushOptions.DEFAULT);
                Image pulled = registry.pull(other, reference, PullOptions.DEFAULT);
                TestImages.assertSound(other, pulled, image);
                assertThat(pulled.config()).isEqualTo(image.config());
                assertThat(other.image(reference.toString())).isEqualTo(image);
                assertThat(registry.tags(reference)).containsExactly("1.0");
            }
            String seen = run("skopeo", "inspect", "--tls-verify=false", "docker://" + reference);
            assertThat(seen).contains(image.digest().toString());
        }
    }

    @Test
    void whatSkopeoPushedIsPulled() throws Exception {
        Path archive = TestImages.shared("app.oci.tar");
        Reference reference = reference("app:skopeo");
        run("skopeo", "copy", "--dest-tls-verify=false", "oci-archive:" + archive, "docker://" + reference);
        Image expected = store.importImage(archive, ImportOptions.DEFAULT);
        try (Registry registry = Registry.open(TestImages.QUICK)) {
            Image pulled = registry.pull(other, reference, PullOptions.DEFAULT.withTag("mine:1"));
            assertThat(pulled.tags()).containsExactly("mine:1");
            TestImages.assertSound(other, pulled, expected);
        }
    }

    @Test
    void twentyLayersAtOnceAndNoneTwice() throws Exception {
        Image image = TestImages.make(store, directory, 20, 20_000, 1);
        Reference reference = reference("twenty:1");
        try (Registry registry = Registry.open(TestImages.QUICK.withConcurrency(20))) {
            registry.push(store, image, reference, PushOptions.DEFAULT.withListener(noting));
            assertThat(transferred).hasSize(21);
            TestImages.assertSound(other, registry.pull(other, reference, PullOptions.DEFAULT), image);
            transferred.clear();
            registry.pull(other, reference, PullOptions.DEFAULT.withListener(noting));
            assertThat(transferred).as("layers that are here are not asked for").isEmpty();
            Reference byDigest = reference.at(image.digest());
            assertThat(registry.pull(other, byDigest, PullOptions.DEFAULT).tags())
                    .contains(byDigest.toString(), reference.toString());
        }
    }

    @Test
    void oneLargeBlobWholeAndInChunks() throws Exception {
        try (FaultyProxy proxy = new FaultyProxy(server.port())) {
            for (long chunk : List.of(0L, 5L << 20)) {
                Image image = TestImages.make(store, directory, 1, (long) MIB << 20, 2 + chunk);
                Reference reference = Reference.parse(proxy.host() + "/large:" + chunk);
                try (Registry registry = Registry.open(TestImages.QUICK.withChunkSize(chunk))) {
                    long start = System.nanoTime();
                    registry.push(store, image, reference, PushOptions.DEFAULT);
                    long pushed = System.nanoTime();
                    Image pulled = registry.pull(other, reference, PullOptions.DEFAULT);
                    report("chunks of " + chunk + " bytes", pushed - start, System.nanoTime() - pushed);
                    TestImages.assertSound(other, pulled, image);
                }
            }
            assertThat(proxy.count("PATCH .*")).isGreaterThan(MIB / 5);
        }
    }

    /** Where somebody asked for a large one. */
    private static void report(String what, long pushNanos, long pullNanos) {
        if (System.getProperty("layerfs.registry.blob") != null) {
            System.out.printf(
                    "%d MiB, %s: pushed in %.1f s, %.0f MB/s; pulled in %.1f s, %.0f MB/s%n",
                    MIB,
                    what,
                    pushNanos / 1e9,
                    MIB * 1048.576e6 / pushNanos,
                    pullNanos / 1e9,
                    MIB * 1048.576e6 / pullNanos);
        }
    }

    @Test
    void uploadsThatAreCutBetweenTwoChunksAreNotBegunAnew() throws IOException {
        byte[] blob = new byte[3_000_000];
        new Random(6).nextBytes(blob);
        try (FaultyProxy proxy = new FaultyProxy(server.port());
                Registry registry = Registry.open(TestImages.QUICK.withChunkSize(500_000))) {
            // an answer that is lost is another matter: this registry forgets the upload then
            proxy.on("PATCH .*", 3, FaultyProxy.after(2, FaultyProxy.hangUp()));
            Reference reference = Reference.parse(proxy.host() + "/chunks");
            Digest digest = registry.putBlob(reference, blob);
            assertThat(registry.blob(reference, digest, blob.length)).isEqualTo(blob);
            assertThat(proxy.count("POST .*")).as("one session").isEqualTo(1);
            assertThat(proxy.uploaded()).as("no byte arrived twice").isEqualTo(blob.length);
        }
    }

    @Test
    void blobsOfAnotherRepositoryAreTakenOver() throws Exception {
        Image image = TestImages.make(store, directory, 2, 50_000, 3);
        try (FaultyProxy proxy = new FaultyProxy(server.port());
                Registry registry = Registry.open(TestImages.QUICK)) {
            Reference first = Reference.parse(proxy.host() + "/first:1");
            registry.push(store, image, first, PushOptions.DEFAULT);
            store.tag(image, first.toString());
            long uploads = proxy.count("PUT .*/blobs/.*");
            assertThat(uploads).isEqualTo(3);
            Reference second = Reference.parse(proxy.host() + "/second/one:1");
            Image tagged = store.image(first.toString());
            registry.push(store, tagged, second, PushOptions.DEFAULT);
            registry.push(store, tagged, second.withTag("2"), PushOptions.DEFAULT);
            assertThat(proxy.count("PUT .*/blobs/.*")).isEqualTo(uploads);
            TestImages.assertSound(other, registry.pull(other, second, PullOptions.DEFAULT), image);
        }
    }

    @Test
    void layersThatAreCompressedAnewHoldTheSame() throws Exception {
        Image image = TestImages.make(store, directory, 3, 300_000, 11);
        for (LayerCompression compression : List.of(LayerCompression.ZSTD, LayerCompression.gzip(9))) {
            String suffix = compression.equals(LayerCompression.ZSTD) ? "zstd" : "gzip";
            Reference reference = reference("anew:" + suffix);
            try (Registry registry = Registry.open(TestImages.QUICK)) {
                PushOptions anew = PushOptions.DEFAULT.withCompression(compression);
                Digest digest = registry.push(store, image, reference, anew);
                assertThat(digest).isNotEqualTo(image.digest());
                String manifest =
                        new String(registry.manifest(reference.at(digest)).bytes(), StandardCharsets.UTF_8);
                assertThat(manifest.split("layer.v1.tar\\+" + suffix, -1)).hasSize(4);
                Image pulled = registry.pull(other, reference, PullOptions.DEFAULT);
                assertThat(pulled.digest()).isEqualTo(digest);
                assertThat(pulled.configDigest()).isEqualTo(image.configDigest());
                assertThat(pulled.diffIds()).isEqualTo(image.diffIds());
                assertThatThrownBy(() -> registry.push(store, image, reference.at(image.digest()), anew))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(digest.toString());
            }
            Path layout = directory.resolve("by-skopeo-" + suffix);
            run("skopeo", "copy", "--src-tls-verify=false", "docker://" + reference, "oci:" + layout + ":a");
            try (LayerStore judged = LayerStore.open(directory.resolve("judged-" + suffix))) {
                assertThat(judged.importImage(layout, ImportOptions.DEFAULT).diffIds())
                        .isEqualTo(image.diffIds());
            }
        }
        assertThatThrownBy(() -> PushOptions.DEFAULT.withSignatures().withCompression(LayerCompression.GZIP))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noCollectionTakesWhatIsPushed() throws Exception {
        for (LayerCompression compression : List.of(LayerCompression.KEEP, LayerCompression.ZSTD)) {
            Image image = TestImages.make(store, directory, 3, 300_000, 12);
            Reference reference = reference("collected:level-" + compression.level());
            ProgressListener collecting = (what, done, total) -> collect(image);
            try (Registry registry = Registry.open(TestImages.QUICK.withConcurrency(1))) {
                PushOptions options =
                        PushOptions.DEFAULT.withListener(collecting).withCompression(compression);
                registry.push(store, image, reference, options);
                Image pulled = registry.pull(other, reference, PullOptions.DEFAULT);
                assertThat(pulled.diffIds()).isEqualTo(image.diffIds());
            }
            store.gc(GcOptions.DEFAULT);
            assertThatThrownBy(() -> store.image(image.digest().toString())).isInstanceOf(NoSuchFileException.class);
        }
    }

    private void collect(Image image) {
        try {
            store.remove(image);
            store.gc(GcOptions.DEFAULT);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void killedAndStartedAgainInTheMiddleOfAPull() throws Exception {
        Image image = TestImages.make(store, directory, 3, 3_000_000, 4);
        Reference reference = reference("killed:1");
        try (Registry registry = Registry.open(TestImages.QUICK.withRetries(20, Duration.ofMillis(300)))) {
            registry.push(store, image, reference, PushOptions.DEFAULT);
            AtomicInteger kills = new AtomicInteger();
            Image pulled = registry.pull(
                    other, reference, PullOptions.DEFAULT.withListener((what, done, total) -> killOnce(kills)));
            TestImages.assertSound(other, pulled, image);
            assertThat(kills).hasValue(1);
        }
    }

    @Test
    void killedAndStartedAgainInTheMiddleOfAPush() throws Exception {
        Image image = TestImages.make(store, directory, 3, 3_000_000, 5);
        for (long chunk : List.of(0L, 1L << 20)) {
            Reference reference = reference("killed" + chunk + ":1");
            AtomicInteger kills = new AtomicInteger();
            try (Registry registry = Registry.open(
                    TestImages.QUICK.withRetries(20, Duration.ofMillis(300)).withChunkSize(chunk))) {
                registry.push(
                        store,
                        image,
                        reference,
                        PushOptions.DEFAULT.withListener((what, done, total) -> killOnce(kills)));
                assertThat(kills).hasValue(1);
                TestImages.assertSound(other, registry.pull(other, reference, PullOptions.DEFAULT), image);
            }
        }
    }

    private synchronized void killOnce(AtomicInteger kills) {
        if (kills.getAndSet(1) == 0) {
            server.kill();
            try {
                server.start();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void whatStaysAwayFailsInTimeAndLeavesNothing() throws Exception {
        Image image = TestImages.make(store, directory, 1, 16_000_000, 6);
        Reference reference = reference("away:1");
        try (Registry registry = Registry.open(TestImages.QUICK)) {
            registry.push(store, image, reference, PushOptions.DEFAULT);
            List<String> before = TestImages.listing(other.directory());
            assertThatThrownBy(() -> registry.pull(
                            other, reference, PullOptions.DEFAULT.withListener((what, done, total) -> server.kill())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(reference + ": blob sha256:");
            assertThat(TestImages.listing(other.directory())).isEqualTo(before);
        }
    }

    @Test
    void whatIsAbsentIsSaidToBe() throws IOException {
        try (Registry registry = Registry.open(TestImages.QUICK)) {
            assertThatThrownBy(() -> registry.pull(other, reference("none:1"), PullOptions.DEFAULT))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining(server.host() + "/none:1")
                    .hasMessageContaining("MANIFEST_UNKNOWN");
            Digest absent = Digest.sha256(new byte[] {1});
            assertThatThrownBy(() -> registry.blob(reference("none:1"), absent, 10))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining(absent.toString());
            assertThat(registry.referrers(reference("none:1"), absent, null)).isEmpty();
        }
    }

    @Test
    void referrersAreFoundByTheirTagWhereThereIsNoList() throws Exception {
        Image image = TestImages.make(store, directory, 1, 1000, 7);
        Reference reference = reference("signed:1");
        try (Registry registry = Registry.open(TestImages.QUICK)) {
            registry.push(store, image, reference, PushOptions.DEFAULT);
            byte[] empty = TestImages.bytes("{}");
            Digest config = registry.putBlob(reference, empty);
            for (String kind : List.of("application/x.sig", "application/x.sbom")) {
                byte[] manifest = TestImages.bytes("{\"schemaVersion\":2,\"mediaType\":\"" + TestImages.MANIFEST
                        + "\",\"artifactType\":\"" + kind + "\",\"config\":"
                        + TestImages.descriptor("application/vnd.oci.empty.v1+json", config, 2, "")
                        + ",\"layers\":[],\"annotations\":{\"k\":\"v\"},\"subject\":"
                        + TestImages.descriptor(TestImages.MANIFEST, image.digest(), 10, "") + "}");
                Digest digest =
                        registry.putManifest(reference.at(Digest.sha256(manifest)), TestImages.MANIFEST, manifest);
                registry.putManifest(reference.at(digest), TestImages.MANIFEST, manifest);
            }
            assertThat(registry.referrers(reference, image.digest(), null))
                    .extracting(Referrer::artifactType)
                    .containsExactly("application/x.sig", "application/x.sbom");
            Referrer sbom = registry.referrers(reference, image.digest(), "application/x.sbom")
                    .get(0);
            assertThat(sbom.annotations()).containsEntry("k", "v");
            assertThat(registry.manifest(reference.at(sbom.digest())).bytes()).hasSize((int) sbom.size());
            assertThat(registry.blob(reference, config, 2)).isEqualTo(empty);
        }
    }

    @Test
    void aDamagedBlobIsNotPushed() throws Exception {
        Image image = TestImages.make(store, directory, 1, 10_000, 10);
        Path blobs = store.directory().resolve("blobs/sha256");
        Digest config = image.configDigest();
        try (var files = Files.list(blobs)) {
            Path compressed = files.filter(
                            f -> !f.endsWith(image.diffIds().get(0).encoded())
                                    && !f.endsWith(config.encoded())
                                    && !f.endsWith(image.digest().encoded()))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(compressed);
            bytes[100] ^= 1;
            Files.write(compressed, bytes);
            try (Registry registry = Registry.open(TestImages.QUICK)) {
                assertThatThrownBy(() -> registry.push(store, image, reference("damaged:1"), PushOptions.DEFAULT))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("damaged in the store")
                        .hasMessageContaining(compressed.toString());
                assertThatThrownBy(() -> registry.manifest(reference("damaged:1")))
                        .isInstanceOf(NoSuchFileException.class);
            }
        }
    }
}
