package io.layerfs.faults;

import io.layerfs.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** The tar of an OCI image layout with one image of one compressed layer. */
public final class ArchiveBytes {

    private static final String TYPE = "application/vnd.oci.image.";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes);

    private ArchiveBytes() {}

    /** The image whose layer is {@code layer}, a plain tar. */
    public static byte[] of(byte[] layer) throws IOException {
        return new ArchiveBytes().write(layer);
    }

    private byte[] write(byte[] layer) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(compressed)) {
            out.write(layer);
        }
        String config = put(
                TYPE + "config.v1+json",
                text("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                        + Digest.sha256(layer) + "\"]}}"));
        String blob = put(TYPE + "layer.v1.tar+gzip", compressed.toByteArray());
        String manifest = put(
                TYPE + "manifest.v1+json",
                text("{\"schemaVersion\":2,\"config\":" + config + ",\"layers\":[" + blob + "]}"));
        put("oci-layout", text("{\"imageLayoutVersion\":\"1.0.0\"}"), "");
        put("index.json", text("{\"schemaVersion\":2,\"manifests\":[" + manifest + "]}"), "");
        tar.close();
        return bytes.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Puts a blob, and answers its descriptor. */
    private String put(String mediaType, byte[] content) throws IOException {
        Digest digest = Digest.sha256(content);
        return put("blobs/sha256/" + digest.encoded(), content, """
                {"mediaType":"%s","digest":"%s","size":%d}""".formatted(mediaType, digest, content.length));
    }

    private String put(String name, byte[] content, String answer) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
        return answer;
    }
}
