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
 * <p>What other tools take is taken, where it cannot mislead: an image of no layers may say so by no {@code rootfs}, or no {@code
 * diff_ids}; what has no {@code os} is for linux, and what has no {@code architecture} is for this machine's, as Docker has it.
 * Names that are not there as the specification spells them are found whatever their case, as all that is written in Go finds them.
 *
 * @param diffIds of the layers, base first
 */
public record ImageConfig(Platform platform, List<Digest> diffIds) {

    private static final String LAYERS = "layers";

    /** Reads one. */
    public static ImageConfig parse(String document, byte[] bytes) throws IOException {
        Json json = Json.parse(document, bytes);
        return new ImageConfig(platform(json), diffIds(json));
    }

    private static Platform platform(Json json) throws MalformedLayerException {
        Platform host = Platform.host();
        String os = text(json, "os", host.os());
        String variant = text(json, "variant", "");
        return new Platform(os, text(json, "architecture", host.architecture()), variant.isEmpty() ? null : variant);
    }

    /** The diff ids that a config has; none where it has no layers. */
    public static List<Digest> diffIds(Json config) throws MalformedLayerException {
        Json rootfs = spelled(config, "rootfs").object("rootfs");
        if (rootfs == null) {
            return List.of();
        }
        String type = text(rootfs, "type", LAYERS);
        if (!type.equals(LAYERS)) {
            throw new MalformedLayerException(rootfs.where() + ": 'type' is '" + type + "', not 'layers'");
        }
        return spelled(rootfs, "diff_ids").digests("diff_ids");
    }

    private static String text(Json json, String name, String otherwise) throws MalformedLayerException {
        String text = spelled(json, name).string(name);
        return text == null || text.isEmpty() ? otherwise : text;
    }

    private static Json spelled(Json json, String name) throws MalformedLayerException {
        return json.has(name) ? json : json.folded();
    }

    /** The least that a config can say; the same content gives the same bytes. */
    public byte[] toBytes() {
        List<Object> ids = new ArrayList<>();
        diffIds.forEach(id -> ids.add(id.toString()));
        Map<String, Object> rootfs = new LinkedHashMap<>();
        rootfs.put("type", LAYERS);
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
