package io.layerfs.oci;

import io.layerfs.Digest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The manifest of an image whose layers were compressed otherwise. Whatever else it said, it says still: of its config, which
 * does not change, of its subject, in its annotations. Annotations of layers are gone, as they tell of bytes that are gone.
 */
public final class RecompressedManifest {

    private RecompressedManifest() {}

    /**
     * The manifest {@code original} with other layers, or itself where they are the same.
     *
     * @param layers base first, each with {@linkplain MediaTypes#recompressed its media type} for {@code mediaType}
     * @param mediaType what the manifest is to be
     */
    public static ImageSource.Document of(ImageSource.Document original, List<Descriptor> layers, String mediaType)
            throws IOException {
        Descriptor descriptor = original.descriptor();
        String what = "manifest " + descriptor.digest();
        if (Manifest.parse(what, original.bytes(), descriptor.mediaType())
                .layers()
                .equals(layers)) {
            return original;
        }
        Map<String, Object> json =
                new LinkedHashMap<>(Json.parse(what, original.bytes()).members());
        json.put("layers", layers.stream().map(Descriptor::toJson).toList());
        if (!mediaType.equals(descriptor.mediaType())) {
            json.put("mediaType", mediaType);
            Map<String, Object> config = new LinkedHashMap<>(
                    Json.parse(what, original.bytes()).requireObject("config").members());
            config.put("mediaType", MediaTypes.CONFIG);
            json.put("config", config);
        }
        byte[] bytes = Json.write(json);
        return new ImageSource.Document(
                new Descriptor(mediaType, Digest.sha256(bytes), bytes.length, descriptor.platform(), Map.of()), bytes);
    }
}
