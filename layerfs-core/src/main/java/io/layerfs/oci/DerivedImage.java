package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.History;
import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The documents of an image that is another one with other layers: what its config says beside them stays. */
public final class DerivedImage {

    /** The time of what has none. */
    private static final String EPOCH = Instant.EPOCH.toString();

    private DerivedImage() {}

    /** A history entry, for {@link #config}. */
    public static Map<String, Object> entry(History history) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(
                "created", history.created() == null ? EPOCH : history.created().toString());
        put(json, "created_by", history.createdBy());
        put(json, "author", history.author());
        put(json, "comment", history.comment());
        return json;
    }

    private static void put(Map<String, Object> json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value.toString());
        }
    }

    /**
     * What a config says of how its first {@code layers} layers came about, with the entries between that made none; of
     * layers for which it says nothing, entries that say the time of the image, since tools rely on there being one.
     */
    public static List<Object> history(String document, byte[] config, int layers) throws MalformedLayerException {
        List<Object> kept = new ArrayList<>();
        int seen = 0;
        Json json = Json.parse(document, config);
        String created = json.string("created");
        for (Json entry : json.objects("history")) {
            boolean empty = Boolean.TRUE.equals(entry.members().get("empty_layer"));
            if (!empty && seen == layers) {
                break;
            }
            kept.add(entry.members());
            seen += empty ? 0 : 1;
        }
        for (; seen < layers; seen++) {
            kept.add(new LinkedHashMap<>(Map.of("created", created == null ? EPOCH : created)));
        }
        return kept;
    }

    /** The config {@code base} with other layers; {@code created} replaces the time that it says, where it is not null. */
    public static byte[] config(
            String document, byte[] base, List<Digest> diffIds, List<Object> history, @Nullable Instant created)
            throws MalformedLayerException {
        Map<String, Object> json =
                new LinkedHashMap<>(Json.parse(document, base).members());
        put(json, "created", created);
        Map<String, Object> rootfs = new LinkedHashMap<>();
        rootfs.put("type", "layers");
        rootfs.put("diff_ids", diffIds.stream().map(Digest::toString).toList());
        json.put("rootfs", rootfs);
        json.put("history", history);
        return Json.write(json);
    }

    /** The manifest of a config and layers, each by the descriptor that it has already; all in the OCI's media types. */
    public static byte[] manifest(byte[] config, List<Descriptor> layers) throws IOException {
        List<Descriptor> plain = layers.stream()
                .map(d -> new Descriptor(MediaTypes.ociLayer(d.mediaType()), d.digest(), d.size(), null, Map.of()))
                .toList();
        return new Manifest(
                        new Descriptor(MediaTypes.CONFIG, Digest.sha256(config), config.length, null, Map.of()), plain)
                .toBytes();
    }
}
