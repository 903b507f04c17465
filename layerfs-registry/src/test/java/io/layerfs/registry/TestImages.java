package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.ProgressListener;
import io.layerfs.Verification;
import io.layerfs.Xattrs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Images made here and found beside the project, and what must be so of a store. */
final class TestImages {

    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    static final String GZIP_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

    /** Quick to give up, with no credentials. */
    static final RegistryOptions QUICK = RegistryOptions.DEFAULT
            .withCredentials(CredentialSource.NONE)
            .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5))
            .withRetries(3, Duration.ofMillis(100));

    private TestImages() {}

    /** {@code shared/images/NAME} in a directory above; the test is skipped where there is none. */
    static Path shared(String name) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path file = at.resolve("shared/images").resolve(name);
            if (Files.exists(file)) {
                return file;
            }
        }
        assumeTrue(false, "shared/images/" + name + " is in no directory above");
        throw new AssertionError();
    }

    /** The tar of a layer with one file of that many bytes that cannot be compressed. */
    static byte[] tar(LayerStore scratch, long seed, int size) throws IOException {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        Attributes attributes = new Attributes(0644, 0, 0, Instant.ofEpochSecond(1_700_000_000), Xattrs.NONE);
        try (InputStream in = scratch.add(new ChangesetBuilder()
                        .file("data/" + seed, attributes, content)
                        .build())
                .openTar()) {
            return in.readAllBytes();
        }
    }

    static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(compressed)) {
            out.write(bytes);
        }
        return compressed.toByteArray();
    }

    static byte[] config(List<Digest> diffIds) {
        List<String> quoted = diffIds.stream().map(id -> "\"" + id + "\"").toList();
        return bytes("{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
                + String.join(",", quoted) + "]}}");
    }

    static String descriptor(String type, byte[] blob) {
        return descriptor(type, Digest.sha256(blob), blob.length, "");
    }

    static String descriptor(String type, Digest digest, long size, String more) {
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest + "\",\"size\":" + size + more + "}";
    }

    static byte[] manifest(byte[] config, List<String> layers) {
        return bytes("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":" + descriptor(CONFIG, config)
                + ",\"layers\":[" + String.join(",", layers) + "]}");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Puts an image of compressed layers, each of about {@code size} bytes, into a store. */
    static Image make(LayerStore store, Path directory, int layers, int size, long seed) throws IOException {
        Path layout = Files.createTempDirectory(directory, "layout");
        List<Digest> diffIds = new ArrayList<>();
        List<String> descriptors = new ArrayList<>();
        try (LayerStore scratch = LayerStore.open(Files.createTempDirectory(directory, "scratch"))) {
            for (int i = 0; i < layers; i++) {
                byte[] tar = tar(scratch, seed * 1000 + i, size);
                byte[] blob = gzip(tar);
                diffIds.add(Digest.sha256(tar));
                descriptors.add(descriptor(GZIP_LAYER, blob));
                put(layout, blob);
            }
        }
        byte[] config = config(diffIds);
        byte[] manifest = manifest(config, descriptors);
        put(layout, config);
        put(layout, manifest);
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.writeString(
                layout.resolve("index.json"),
                "{\"schemaVersion\":2,\"manifests\":[" + descriptor(MANIFEST, manifest) + "]}");
        return store.importImage(layout, ImportOptions.DEFAULT);
    }

    private static void put(Path layout, byte[] blob) throws IOException {
        Path directory = Files.createDirectories(layout.resolve("blobs/sha256"));
        Files.write(directory.resolve(Digest.sha256(blob).encoded()), blob);
    }

    /** All files of a store but its locks: what must not change when a pull fails. */
    static List<String> listing(Path root) throws IOException {
        List<String> lines = new ArrayList<>();
        Path holds = root.resolve("layerfs/holds"); // in which this process says what it needs
        try (var files = Files.walk(root)) {
            for (Path file : files.filter(f -> Files.isRegularFile(f) && !f.startsWith(holds))
                    .sorted()
                    .toList()) {
                lines.add(root.relativize(file) + " " + Digest.sha256(Files.readAllBytes(file)));
            }
        }
        return lines;
    }

    /** The image is whole, and so is all that is in the store. */
    static void assertSound(LayerStore store, Image image, Image expected) throws IOException {
        assertThat(image.digest()).isEqualTo(expected.digest());
        assertThat(image.diffIds()).isEqualTo(expected.diffIds());
        Verification verification = store.verify(ProgressListener.NONE);
        assertThat(verification.findings()).isEmpty();
    }
}
