package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What layerfs reads of an image's config (image-spec, config.md). The bytes of the document are the image's identity, and
 * are kept as they came.
 *
 * @param diffIds of the layers, base first
 */
public record ImageConfig(Platform platform, List<Digest> diffIds) {

    /** Reads one. */
    public static ImageConfig parse(String document, byte[] bytes) throws IOException {
        Json json = Json.parse(document, bytes);
        Json rootfs = json.requireObject("rootfs");
        String type = rootfs.requireString("type");
        if (!type.equals("layers")) {
            throw new MalformedLayerException(document + " at /rootfs: 'type' is '" + type + "', not 'layers'");
        }
        Platform platform =
                new Platform(json.requireString("os"), json.requireString("architecture"), json.string("variant"));
        return new ImageConfig(platform, rootfs.requireDigests("diff_ids"));
    }

    /** The least that a config can say; the same content gives the same bytes. */
    public byte[] toBytes() {
        List<Object> ids = new ArrayList<>();
        diffIds.forEach(id -> ids.add(id.toString()));
        Map<String, Object> rootfs = new LinkedHashMap<>();
        rootfs.put("type", "layers");
        rootfs.put("diff_ids", ids);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("architecture", platform.architecture());
        if (platform.variant() != null) {
            json.put("variant", platform.variant());
        }
        json.put("os", platform.os());
        json.put("rootfs", rootfs);
        return Json.write(json);
    }
}
