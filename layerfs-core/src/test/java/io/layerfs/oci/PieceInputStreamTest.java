package io.layerfs.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.MalformedLayerException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Field faults, section 2: an index of any size is read, an entry of any size is not, whichever parser there is. */
class PieceInputStreamTest {

    private static final String DIGEST = "sha256:" + "0".repeat(64);

    private static InputStream index(int entries, int length) {
        String entry =
                "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"%s\",\"size\":1,\"x\":\"%s\"},"
                        .formatted(DIGEST, "x".repeat(length));
        String text = "{\"schemaVersion\":2,\"manifests\":[" + entry.repeat(entries);
        text = text.substring(0, text.length() - 1) + "]}";
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theWholeMayBeLargerThanADocument() throws IOException {
        LayoutIndex index = LayoutIndex.read("index.json", index(3, Json.MAX_BYTES - 10_000));
        assertThat(index.descriptors()).hasSize(3);
    }

    @Test
    void anEntryMayNot() {
        assertThatThrownBy(() -> LayoutIndex.read("index.json", index(3, Json.MAX_BYTES + 10_000)))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageStartingWith("index.json: one value of more than 4194304 bytes");
    }
}
