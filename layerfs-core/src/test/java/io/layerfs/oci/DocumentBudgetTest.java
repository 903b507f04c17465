package io.layerfs.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerfs.Digest;
import io.layerfs.ImageSignature;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows 8 and 9 of the red team: documents of an archive are in memory once, and read once, however often they are named. */
class DocumentBudgetTest {

    private static final Platform PLATFORM = new Platform("linux", "amd64", null);

    @TempDir
    private Path layout;

    private Descriptor put(String mediaType, byte[] bytes) throws IOException {
        Digest digest = Digest.sha256(bytes);
        Path file = layout.resolve("blobs/sha256").resolve(digest.encoded());
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        return new Descriptor(mediaType, digest, bytes.length, null, Map.of());
    }

    private Descriptor manifest(Map<String, Object> more) throws IOException {
        Descriptor config = put(MediaTypes.CONFIG, new ImageConfig(PLATFORM, List.of()).toBytes());
        Map<String, Object> json = new java.util.LinkedHashMap<>();
        json.put("schemaVersion", 2L);
        json.put("config", config.toJson());
        json.put("layers", List.of());
        json.putAll(more);
        return put(MediaTypes.MANIFEST, Json.write(json));
    }

    private ImageSource read(List<Descriptor> listed, String name, long limit) throws IOException {
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.write(
                layout.resolve("index.json"),
                Json.write(Map.of(
                        "schemaVersion",
                        2L,
                        "manifests",
                        listed.stream().map(Descriptor::toJson).toList())));
        return java.util.Objects.requireNonNull(
                ImageSource.find("layout", ImageFiles.of(layout), limit, PLATFORM, name));
    }

    @Test
    void aPayloadIsInMemoryOnceHoweverManySignaturesHaveIt() throws IOException {
        Descriptor image = manifest(Map.of());
        Descriptor payload = put(ImageSignature.MEDIA_TYPE, new byte[ImageSignature.MAX_PAYLOAD]);
        List<Descriptor> listed = new ArrayList<>(List.of(image.named("app")));
        for (int i = 0; i < 10; i++) {
            int number = i;
            List<Object> layers = IntStream.range(0, 60)
                    .mapToObj(j -> new Descriptor(
                                    payload.mediaType(),
                                    payload.digest(),
                                    payload.size(),
                                    null,
                                    Map.of(ImageSignature.SIGNATURE, number + "-" + j))
                            .toJson())
                    .map(Object.class::cast)
                    .toList();
            listed.add(manifest(Map.of("layers", layers, "subject", image.toJson())));
        }
        List<ImageSignature> found =
                read(listed, "app", Long.MAX_VALUE).signatures().all();
        assertThat(found).hasSize(600);
        assertThat(found.stream().map(s -> System.identityHashCode(s.payload())).distinct())
                .hasSize(1);
    }

    @Test
    void theSignaturesOfAnImageHaveALimitInAll() throws IOException {
        Descriptor image = manifest(Map.of());
        List<Descriptor> listed = new ArrayList<>(List.of(image.named("app")));
        for (int i = 0; i < 9; i++) {
            byte[] bytes = new byte[ImageSignature.MAX_PAYLOAD];
            bytes[0] = (byte) i;
            Descriptor payload = put(ImageSignature.MEDIA_TYPE, bytes);
            listed.add(manifest(Map.of("layers", List.of(payload.toJson()), "subject", image.toJson())));
        }
        assertThatThrownBy(() -> read(listed, "app", Long.MAX_VALUE))
                .hasMessageContaining("the signatures of one image have")
                .hasMessageContaining("8388608 are allowed");
    }

    /** Before, each of the names had it read and parsed: more than a minute. */
    @Test
    @Timeout(60)
    void aManifestOfFourMebibytesIsReadOnceByHoweverManyNames() throws IOException {
        Descriptor image = manifest(Map.of("annotations", Map.of("a", "x".repeat(Json.MAX_BYTES - 2000))));
        List<Descriptor> listed = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            listed.add(image.named("name" + i));
        }
        assertThat(read(listed, "name7", Long.MAX_VALUE).references()).containsExactly("name7");
        read(listed, "name7", 16L << 20);
        assertThatThrownBy(() -> read(listed, "name7", 4L << 20))
                .isInstanceOf(MalformedLayerException.class)
                .hasMessageContaining("the documents that were read of the archive have")
                .hasMessageContaining("4194304 are allowed");
    }

    @Test
    void valuesOfADocumentAreCounted() {
        AtomicInteger count = new AtomicInteger();
        for (String value : List.of("[],", "{},", "1,", "\"\",", "null,", "{\"a\":{}},")) {
            String text = "{\"x\":[" + value.repeat((Json.MAX_BYTES - 100) / value.length()) + "0]}";
            assertThatThrownBy(() ->
                            Json.parse("document " + count.incrementAndGet(), text.getBytes(StandardCharsets.US_ASCII)))
                    .isInstanceOf(MalformedLayerException.class)
                    .hasMessage("document " + count.get() + ": more than 200000 values");
        }
    }

    @Test
    void aMessageListsAFewOfMany() {
        assertThat(Few.of(IntStream.range(0, 100_000).boxed().toList()))
                .startsWith("[0, 1, 2, ")
                .endsWith("19, and 99980 more]");
        assertThat(Few.of(List.of("a"))).isEqualTo("[a]");
        assertThat(Few.of(List.of("x".repeat(10_000)))).hasSize(205);
    }
}
