package io.layerfs.oci;

import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The config and the layers of one image (image-spec, manifest.md). No layers are an empty list, null, as Go writes that, or
 * absent.
 *
 * @param layers base first
 */
public record Manifest(Descriptor config, List<Descriptor> layers) {

    /** Reads one, and refuses a document that could also be read as an index (CVE-2021-41190). */
    public static Manifest parse(String document, byte[] bytes, @Nullable String mediaType) throws IOException {
        Json json = Json.parse(document, bytes);
        check(json, mediaType);
        if (json.has("manifests")) {
            throw new MalformedLayerException(document + ": a manifest that has 'manifests', as an index would");
        }
        Descriptor config = Descriptor.parseUntyped(json.requireObject("config"));
        if (!MediaTypes.isConfig(config.mediaType())) {
            throw new MalformedLayerException(
                    document + ": not a container image; its config is of type " + config.mediaType());
        }
        List<Descriptor> layers = new ArrayList<>();
        for (Json layer : json.objects("layers")) {
            layers.add(Descriptor.parseUntyped(layer));
        }
        return new Manifest(config, layers);
    }

    static void check(Json json, @Nullable String mediaType) throws MalformedLayerException {
        if (json.requireLong("schemaVersion") != 2) {
            throw new MalformedLayerException(json.where() + ": 'schemaVersion' is not 2");
        }
        String own = json.string("mediaType");
        if (own != null && mediaType != null && !own.equals(mediaType)) {
            throw new MalformedLayerException(
                    json.where() + ": says it is " + own + "; what refers to it says " + mediaType);
        }
    }

    /** As a document; the same manifest gives the same bytes. */
    public byte[] toBytes() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemaVersion", 2L);
        json.put("mediaType", MediaTypes.MANIFEST);
        json.put("config", config.toJson());
        List<Object> items = new ArrayList<>();
        layers.forEach(layer -> items.add(layer.toJson()));
        json.put("layers", items);
        return Json.write(json);
    }
}
