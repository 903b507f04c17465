package io.layerfs.oci;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Documents of any bytes: what they say, or a message that names the document. */
class DocumentsFuzzTest {

    private interface Parser {
        void parse(byte[] bytes) throws IOException;
    }

    private static void accepts(byte[] bytes, Parser parser) {
        try {
            parser.parse(bytes);
        } catch (IOException e) {
            assertThat(e.getMessage()).contains("document");
        }
    }

    @FuzzTest(maxDuration = "1m")
    void whatTheySayOrARefusal(byte[] bytes) {
        accepts(bytes, b -> Manifest.parse("document", b, null));
        accepts(bytes, b -> Index.parse("document", b, null));
        accepts(bytes, b -> ImageConfig.parse("document", b));
        accepts(bytes, b -> RunConfig.parse("document", b));
        accepts(bytes, b -> Json.parseArray("document", b));
        accepts(bytes, b -> {
            byte[] written = Json.write(Json.parse("document", b).members());
            assertThat(Json.write(Json.parse("document", written).members())).isEqualTo(written);
        });
    }

    /** What {@code docker save} writes, with the fuzzed document as its {@code manifest.json}. */
    @FuzzTest(maxDuration = "1m")
    void dockerArchives(byte[] bytes) throws IOException {
        Path directory = Files.createTempDirectory("layerfs-fuzz-document");
        try {
            Path manifest = Files.write(directory.resolve("manifest.json"), bytes);
            byte[] config =
                    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
                            .getBytes(StandardCharsets.UTF_8);
            Path file = Files.write(directory.resolve("config"), config);
            Map<String, ImageFiles.ImageFile> files = Map.of(
                    "config.json", new ImageFiles.ImageFile("config", file, 0, config.length),
                    "manifest.json", new ImageFiles.ImageFile("document", manifest, 0, bytes.length));
            ImageSource.find("document", files::get, Long.MAX_VALUE, null, null);
        } catch (MalformedLayerException e) {
            assertThat(e.getMessage()).isNotEmpty();
        } finally {
            io.layerfs.host.Durable.deleteTree(directory);
        }
    }
}
