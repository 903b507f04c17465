package io.layerfs.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.ProgressListener;
import io.layerfs.Verification;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
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
    static byte[] tar(long seed, int size) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        writeTar(tar, seed, size);
        return tar.toByteArray();
    }

    private static void writeTar(OutputStream out, long seed, long size) throws IOException {
        out.write(tarHeader("data" + seed, size));
        Random random = new Random(seed);
        byte[] buffer = new byte[64 << 10];
        for (long left = size; left > 0; left -= buffer.length) {
            random.nextBytes(buffer);
            out.write(buffer, 0, (int) Math.min(left, buffer.length));
        }
        out.write(new byte[(int) (-size & 511) + 1024]);
    }

    private static byte[] tarHeader(String name, long size) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644\0000000000\0000000000\0" + String.format("%011o\0%011o\0", size, 1_700_000_000));
        put(header, 148, "        0");
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte b : header) {
            sum += b;
        }
        put(header, 148, String.format("%06o\0", sum));
        return header;
    }

    private static void put(byte[] target, int at, String text) {
        System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, target, at, text.length());
    }

    static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = new Gzip(compressed)) {
            out.write(bytes);
        }
        return compressed.toByteArray();
    }

    /** Without effort: what is in the layers cannot be compressed. */
    private static final class Gzip extends GZIPOutputStream {
        Gzip(OutputStream out) throws IOException {
            super(out, 64 << 10);
            def.setLevel(Deflater.NO_COMPRESSION);
        }
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
    static Image make(LayerStore store, Path directory, int layers, long size, long seed) throws IOException {
        Path layout = Files.createTempDirectory(directory, "layout");
        Path blobs = Files.createDirectories(layout.resolve("blobs/sha256"));
        List<Digest> diffIds = new ArrayList<>();
        List<String> descriptors = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            Path blob = layout.resolve("layer");
            MessageDigest compressed = Digest.newSha256();
            MessageDigest plain = Digest.newSha256();
            try (OutputStream file = new DigestOutputStream(Files.newOutputStream(blob), compressed);
                    OutputStream tar = new DigestOutputStream(new Gzip(file), plain)) {
                writeTar(tar, seed * 1000 + i, size);
            }
            Digest digest = Digest.ofSha256(compressed.digest());
            diffIds.add(Digest.ofSha256(plain.digest()));
            descriptors.add(descriptor(GZIP_LAYER, digest, Files.size(blob), ""));
            Files.move(blob, blobs.resolve(digest.encoded()));
        }
        byte[] config = config(diffIds);
        byte[] manifest = manifest(config, descriptors);
        put(blobs, config);
        put(blobs, manifest);
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.writeString(
                layout.resolve("index.json"),
                "{\"schemaVersion\":2,\"manifests\":[" + descriptor(MANIFEST, manifest) + "]}");
        return store.importImage(layout, ImportOptions.DEFAULT);
    }

    private static void put(Path blobs, byte[] blob) throws IOException {
        Files.write(blobs.resolve(Digest.sha256(blob).encoded()), blob);
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
