package io.layerfs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;

/** The files of an archive of images, made as this or that tool makes them. */
final class Archives {

    static final String INDEX = "application/vnd.oci.image.index.v1+json";
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
    static final String REF_NAME = "org.opencontainers.image.ref.name";
    static final String CONTAINERD_NAME = "io.containerd.image.name";

    /** By name, in the order in which they are written. */
    final Map<String, byte[]> files = new LinkedHashMap<>();

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    Archives put(String name, String text) {
        files.put(name, bytes(text));
        return this;
    }

    Archives putBytes(String name, byte[] bytes) {
        files.put(name, bytes);
        return this;
    }

    /** Puts a blob, and answers its descriptor; {@code more} are further members. */
    String blob(String mediaType, byte[] content, String more) {
        Digest digest = Digest.sha256(content);
        files.put("blobs/sha256/" + digest.encoded(), content);
        return """
                {"mediaType":"%s","digest":"%s","size":%d%s}""".formatted(mediaType, digest, content.length, more);
    }

    String blob(String mediaType, String content, String more) {
        return blob(mediaType, bytes(content), more);
    }

    /** Puts an image of these layers' descriptors, and answers the descriptor of its manifest. */
    String image(String config, List<String> layers, String more) {
        String configIs = blob(CONFIG, config, "");
        String manifest = "{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":" + configIs
                + ",\"layers\":[" + String.join(",", layers) + "]}";
        return blob(MANIFEST, manifest, more);
    }

    /** Puts an index, and answers its descriptor. */
    String index(List<String> manifests, String more) {
        return blob(INDEX, indexOf(manifests), more);
    }

    Archives layout(String... manifests) {
        put("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
        return put("index.json", indexOf(List.of(manifests)));
    }

    private static String indexOf(List<String> manifests) {
        return "{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":[" + String.join(",", manifests)
                + "]}";
    }

    static String config(String architecture, List<Digest> diffIds) {
        return "{\"architecture\":\"" + architecture
                + "\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
                + String.join(",", diffIds.stream().map(id -> "\"" + id + "\"").toList()) + "]}}";
    }

    static String platform(String architecture) {
        return ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" + architecture + "\"}";
    }

    static String named(String annotation, String name) {
        return ",\"annotations\":{\"" + annotation + "\":\"" + name + "\"}";
    }

    /** The same files, {@code first} before all others. */
    Archives startingWith(String first) {
        Archives other = new Archives();
        other.files.put(first, files.getOrDefault(first, bytes("any text\n")));
        files.forEach(other.files::putIfAbsent);
        return other;
    }

    Archives reversed() {
        Archives other = new Archives();
        List<String> names = new ArrayList<>(files.keySet());
        for (int i = names.size() - 1; i >= 0; i--) {
            other.files.put(names.get(i), files.get(names.get(i)));
        }
        return other;
    }

    /** As a tar, each name with {@code prefix} before it; a prefix that is a directory has an entry of its own. */
    byte[] tar(String prefix) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            if (prefix.endsWith("./")) {
                tar.putArchiveEntry(new TarArchiveEntry(prefix));
                tar.closeArchiveEntry();
            }
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(prefix + file.getKey(), true);
                entry.setSize(file.getValue().length);
                entry.setModTime(0);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        }
        return out.toByteArray();
    }

    /** Writes them into a directory. */
    Path writeTo(Path directory) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = directory.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
        return directory;
    }

    /** How an archive can be compressed. */
    enum Pack {
        NONE,
        GZIP,
        ZSTD,
        XZ,
        BZIP2;

        byte[] of(byte[] plain) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (OutputStream out = to(bytes)) {
                out.write(plain);
            }
            return bytes.toByteArray();
        }

        private OutputStream to(OutputStream out) throws IOException {
            return switch (this) {
                case NONE -> out;
                case GZIP -> new GzipCompressorOutputStream(out);
                case ZSTD -> new ZstdCompressorOutputStream(out);
                case XZ -> new XZCompressorOutputStream(out);
                case BZIP2 -> new BZip2CompressorOutputStream(out);
            };
        }
    }

    static byte[] gzip(byte[] plain, int level) throws IOException {
        GzipParameters parameters = new GzipParameters();
        parameters.setCompressionLevel(level);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GzipCompressorOutputStream(bytes, parameters)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }
}
