package io.layerfs.trust;

import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import io.layerfs.oci.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a signature says: that an image of this digest may be called so (containers-signature(5), "simple signing", with the type that
 * cosign gives it). Whatever it says that is not known here is refused where it is critical.
 *
 * @param reference what the image is called; may be empty
 * @param optional what else is said
 */
record Payload(Digest digest, String reference, Map<String, Object> optional) {

    private static final String TYPE = "cosign container image signature";

    static Payload parse(byte[] bytes) throws MalformedLayerException {
        Json json = Json.parse("its payload", bytes);
        only(json, "critical", "optional");
        Json critical = json.requireObject("critical");
        only(critical, "identity", "image", "type");
        String type = critical.requireString("type");
        if (!type.equals(TYPE)) {
            throw new MalformedLayerException(critical.where() + ": 'type' is '" + type + "', not '" + TYPE + "'");
        }
        Json image = critical.requireObject("image");
        only(image, "docker-manifest-digest");
        Json identity = critical.requireObject("identity");
        only(identity, "docker-reference");
        Json optional = json.object("optional");
        return new Payload(
                image.requireDigest("docker-manifest-digest"),
                identity.requireString("docker-reference"),
                optional == null ? Map.of() : optional.members());
    }

    private static void only(Json json, String... names) throws MalformedLayerException {
        for (String name : json.members().keySet()) {
            if (!Set.of(names).contains(name)) {
                throw new MalformedLayerException(json.where() + ": '" + name + "' is not known");
            }
        }
    }

    /** As bytes; the same payload gives the same. */
    byte[] toBytes() {
        Map<String, Object> critical = new LinkedHashMap<>();
        critical.put("identity", Map.of("docker-reference", reference));
        critical.put("image", Map.of("docker-manifest-digest", digest.toString()));
        critical.put("type", TYPE);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("critical", critical);
        json.put("optional", new TreeMap<>(optional));
        return Json.write(json);
    }
}
