package io.layerfs.budget;

import io.layerfs.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;

/** The files of an archive of images while they are made, whatever they say. */
final class LayoutBytes {

    static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String INDEX = "application/vnd.oci.image.index.v1+json";
    static final String LAYER = "application/vnd.oci.image.layer.v1.tar";
    static final String START = "{\"os\":\"linux\",\"architecture\":\"amd64\"";

    private final Map<String, byte[]> files = new LinkedHashMap<>();

    LayoutBytes() {
        file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
    }

    /** The file of that name. */
    void file(String name, String text) {
        files.put(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A blob; answers what a descriptor of it says, without its end. */
    String blob(String type, byte[] bytes) {
        Digest digest = Digest.sha256(bytes);
        files.put("blobs/sha256/" + digest.encoded(), bytes);
        return described(type, digest, bytes.length);
    }

    String blob(String type, String text) {
        return blob(type, text.getBytes(StandardCharsets.UTF_8));
    }

    static String described(String type, Digest digest, long size) {
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest + "\",\"size\":" + size;
    }

    /** The digest in a descriptor. */
    static String digest(String descriptor) {
        int at = descriptor.indexOf("sha256:");
        return descriptor.substring(at, at + 71);
    }

    /** A config of layers, each said with its quotes, and of whatever {@code more} says. */
    String config(String diffIds, String more) {
        return blob(CONFIG, START + more + ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" + diffIds + "]}}");
    }

    /** A manifest of an image. */
    String manifest(String config, String layers, String more) {
        return blob(
                MANIFEST, "{\"schemaVersion\":2" + more + ",\"config\":" + config + "},\"layers\":[" + layers + "]}");
    }

    /** The index of all. */
    void index(String manifests) {
        file("index.json", "{\"schemaVersion\":2,\"manifests\":[" + manifests + "]}");
    }

    /** An image of layers that are plain tars, base first, called {@code app}. */
    void image(Iterable<byte[]> tars) {
        StringBuilder ids = new StringBuilder();
        StringBuilder layers = new StringBuilder();
        IdentityHashMap<byte[], String> known = new IdentityHashMap<>();
        for (byte[] tar : tars) {
            String layer = known.computeIfAbsent(tar, bytes -> blob(LAYER, bytes));
            String comma = ids.length() == 0 ? "" : ",";
            ids.append(comma).append('"').append(digest(layer)).append('"');
            layers.append(comma).append(layer).append('}');
        }
        index(manifest(config(ids.toString(), ""), layers.toString(), "") + ",\"annotations\":{"
                + "\"org.opencontainers.image.ref.name\":\"app\"}}");
    }

    /** Puts other bytes in the place of some, of files that are small enough to matter. */
    void spoil(Random random) {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            byte[] bytes = file.getValue();
            for (int i = random.nextInt(8) == 0 ? random.nextInt(6) : 0; i > 0 && bytes.length > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) "{}[]\"\\,:0\0x\u00e9".charAt(random.nextInt(12));
            }
        }
    }

    /** The archive: plain where it fits, else compressed. */
    byte[] toBytes(int compression) throws IOException {
        byte[] plain = tar(new ByteArrayOutputStream(), 0);
        if (compression == 0 && plain.length <= Adversary.LIMIT) {
            return plain;
        }
        return tar(new ByteArrayOutputStream(), compression == 0 ? 2 : compression);
    }

    private byte[] tar(ByteArrayOutputStream bytes, int compression) throws IOException {
        try (OutputStream out = compression == 0
                ? bytes
                : compression == 1 ? new GZIPOutputStream(bytes, 1 << 16) : new ZstdCompressorOutputStream(bytes)) {
            TarStream tar = new TarStream(out);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                tar.file(file.getKey(), file.getValue());
            }
            tar.end();
        }
        return bytes.toByteArray();
    }
}
