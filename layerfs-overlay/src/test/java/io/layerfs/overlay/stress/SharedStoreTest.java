package io.layerfs.overlay.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Digest;
import io.layerfs.GcOptions;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import io.layerfs.ViewInfo;
import io.layerfs.Xattrs;
import io.layerfs.oci.Json;
import io.layerfs.overlay.OverlayBackend;
import io.layerfs.vfs.VfsBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One store that several processes use in every way at once, some of them killed: no blob may be lost, and none leaked. The
 * property {@code layerfs.stress.seconds} makes it longer, {@code layerfs.stress.seed} makes it another.
 */
class SharedStoreTest {

    private static final int SECONDS = Integer.getInteger("layerfs.stress.seconds", 10);
    private static final long SEED = Long.getLong("layerfs.stress.seed", 1);
    private static final int WORKERS = 4;

    @TempDir
    Path directory;

    private final boolean kernel = new OverlayBackend().unavailable() == null;
    private final Random random = new Random(SEED);
    private int started;
    private int killed;

    @Test
    void nothingIsLostAndNothingLeaks() throws Exception {
        List<Digest> digests = Sources.make(directory);
        Process[] workers = new Process[WORKERS];
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        try {
            while (System.nanoTime() < end) {
                for (int i = 0; i < WORKERS; i++) {
                    if (workers[i] == null) {
                        workers[i] = start("w" + i, digests);
                    } else if (!workers[i].isAlive()) {
                        assertThat(output(i)).as("worker %d ended by itself", i).isEmpty();
                    }
                }
                Thread.sleep(300 + random.nextInt(2000));
                int victim = random.nextInt(WORKERS);
                kill(workers[victim]);
                assertThat(errors()).isEmpty();
                workers[victim] = null;
            }
        } finally {
            for (Process worker : workers) {
                if (worker != null) {
                    kill(worker);
                }
            }
            takeAwayDeadMounts();
        }
        assertThat(errors()).isEmpty();
        check();
    }

    private Path store() {
        return directory.resolve("store");
    }

    private Process start(String name, List<Digest> digests) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED", // what a worker says is a failure, and later JDKs warn
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                store().toString(),
                directory.toString(),
                name,
                Long.toString(random.nextLong()),
                Boolean.toString(kernel)));
        digests.forEach(digest -> command.add(digest.toString()));
        started++;
        return new ProcessBuilder(command)
                .redirectOutput(directory.resolve(name + ".out").toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(name + ".err").toFile()))
                .start();
    }

    private void kill(Process worker) throws InterruptedException {
        killed += worker.isAlive() ? 1 : 0;
        worker.toHandle().destroyForcibly();
        worker.waitFor();
    }

    private String output(int worker) throws IOException {
        return Files.readString(directory.resolve("w" + worker + ".err"));
    }

    private String errors() throws IOException {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < WORKERS; i++) {
            if (Files.exists(directory.resolve("w" + i + ".err"))) {
                all.append(output(i));
            }
        }
        return all.toString();
    }

    private void check() throws IOException {
        long operations = 0;
        Set<String> tags = new TreeSet<>();
        try (LayerStore store = LayerStore.open(store())) {
            assertThat(store.gc(GcOptions.DEFAULT).removed(io.layerfs.GcReport.Kind.IMAGE))
                    .isEmpty();
            assertThat(store.verify(ProgressListener.NONE).findings()).isEmpty();
            for (int i = 0; i < WORKERS; i++) {
                WorkerLog log = new WorkerLog(directory.resolve("w" + i + ".log"));
                operations += log.operations();
                checkNames(store, log.possible());
            }
            store.images().forEach(image -> tags.addAll(image.tags()));
            assertThat(store.images().stream().flatMap(image -> image.tags().stream()))
                    .hasSize(tags.size());
        }
        assertNothingLeaked();
        int left = tags.size();
        try (LayerStore store = LayerStore.open(store())) {
            for (ViewInfo view : store.views()) {
                store.dropView(view.name());
            }
            for (String tag : tags) {
                store.untag(tag);
            }
            store.gc(GcOptions.DEFAULT.withUntagged());
            assertThat(store.images()).isEmpty();
        }
        assertNothingLeaked();
        assertThat(files("blobs")).isEmpty();
        assertThat(files("layerfs")).containsExactly("lock", "reserve");
        assertThat(operations).isPositive();
        System.out.printf(
                "stress: %d s, %d processes started, %d killed, %d operations, %d tags at the end, kernel: %b%n",
                SECONDS, started, killed, operations, left, kernel);
    }

    /** As the next mount does, of whatever image. */
    private void takeAwayDeadMounts() throws IOException {
        if (!kernel) {
            return;
        }
        try (LayerStore store = LayerStore.open(store())) {
            Attributes attributes = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
            Layer layer = store.add(
                    new ChangesetBuilder().file("f", attributes, new byte[1]).build());
            Image image = store.createImage(List.of(layer), new Platform("linux", "amd64", null));
            new OverlayBackend().mount(store, image, MountOptions.READ_ONLY).close();
            store.remove(image);
        }
    }

    private static void checkNames(LayerStore store, Map<String, Set<String>> possible) throws IOException {
        for (Map.Entry<String, Set<String>> name : possible.entrySet()) {
            if (!name.getKey().contains("/")) {
                continue; // a view
            }
            List<Image> named = store.images().stream()
                    .filter(image -> image.tags().contains(name.getKey()))
                    .toList();
            String is =
                    named.isEmpty() ? WorkerLog.ABSENT : named.get(0).digest().toString();
            assertThat(name.getValue().contains(is)
                            || (name.getValue().contains(WorkerLog.UNKNOWN) && !named.isEmpty()))
                    .as("%s is %s, and may be %s", name.getKey(), is, name.getValue())
                    .isTrue();
            for (Image image : named) {
                try (Mount mount = new VfsBackend().mount(store, image, MountOptions.READ_ONLY);
                        Stream<Path> files = Files.walk(mount.root())) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        assertThat(Sources.isSound(file.getFileName().toString(), Files.readAllBytes(file)))
                                .as("%s in %s", file, name.getKey())
                                .isTrue();
                    }
                }
            }
        }
    }

    /** Compares the files that there are with what the documents say, read here in another way than the store does. */
    private void assertNothingLeaked() throws IOException {
        Set<String> blobs = new TreeSet<>();
        Set<String> derived = new TreeSet<>(Set.of("lock", "reserve"));
        for (Json entry : json(store().resolve("index.json")).objects("manifests")) {
            Digest manifest = entry.requireDigest("digest");
            blobs.add("sha256/" + manifest.encoded());
            Json document = json(blob(manifest));
            Digest config = document.requireObject("config").requireDigest("digest");
            blobs.add("sha256/" + config.encoded());
            for (Json layer : document.objects("layers")) {
                blobs.add("sha256/" + layer.requireDigest("digest").encoded());
                derived.add("content/sha256-" + layer.requireDigest("digest").encoded());
            }
            addStack(json(blob(config)).requireObject("rootfs").requireDigests("diff_ids"), blobs, derived);
        }
        Path views = store().resolve("views");
        if (Files.isDirectory(views)) {
            try (Stream<Path> all = Files.list(views)) {
                for (Path view : all.toList()) {
                    Json document = json(view.resolve("view.json"));
                    addStack(document.requireDigests("diffIds"), blobs, derived);
                    Digest image = document.requireDigest("image");
                    Json manifest = json(blob(image));
                    blobs.add("sha256/" + image.encoded());
                    blobs.add("sha256/"
                            + manifest.requireObject("config")
                                    .requireDigest("digest")
                                    .encoded());
                    for (Json layer : manifest.objects("layers")) {
                        blobs.add("sha256/" + layer.requireDigest("digest").encoded());
                        derived.add("content/sha256-"
                                + layer.requireDigest("digest").encoded());
                    }
                }
            }
        }
        assertThat(files("blobs")).isEqualTo(blobs);
        assertThat(derived).containsAll(files("layerfs"));
    }

    private static void addStack(List<Digest> diffIds, Set<String> blobs, Set<String> derived) {
        for (int i = 0; i < diffIds.size(); i++) {
            String diffId = diffIds.get(i).encoded();
            blobs.add("sha256/" + diffId);
            String chain = Digest.chainId(diffIds.subList(0, i + 1)).encoded();
            derived.add("index/v2/sha256-" + diffId + ".erofs");
            derived.add("chain/v2/sha256-" + chain + ".erofs");
            derived.add("unpacked/sha256-" + diffId);
            derived.add("unpacked/sha256-" + chain);
        }
    }

    private Path blob(Digest digest) {
        return store().resolve("blobs/sha256").resolve(digest.encoded());
    }

    private static Json json(Path file) throws IOException {
        return Json.parse(file.toString(), Files.readString(file).getBytes(StandardCharsets.UTF_8));
    }

    /** The files in a part of the store; an unpacked layer, of whatever form, counts as one. */
    private Set<String> files(String part) throws IOException {
        Set<String> found = new TreeSet<>();
        Path root = store().resolve(part);
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(Files::isRegularFile)
                    .map(root::relativize)
                    .forEach(file ->
                            found.add(file.startsWith("unpacked") ? "unpacked/" + file.getName(2) : file.toString()));
        }
        return found;
    }
}
