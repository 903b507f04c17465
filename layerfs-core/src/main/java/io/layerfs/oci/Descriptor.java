package io.layerfs.oci;

import io.layerfs.Digest;
import io.layerfs.DigestMismatchException;
import io.layerfs.MalformedLayerException;
import io.layerfs.Platform;
import java.io.IOException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What names a blob: its media type, digest and size (image-spec, descriptor.md).
 *
 * @param size in bytes, not negative
 * @param platform what an index says that the blob is for; null where it says nothing
 * @param annotations none where there are none
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        @Nullable Platform platform,
        Map<String, String> annotations) {

    /** The annotation of {@code index.json} that names an image. */
    public static final String REF_NAME = "org.opencontainers.image.ref.name";

    /** The annotation of {@code index.json} by which containerd, and Docker with its store, name an image in full. */
    public static final String CONTAINERD_NAME = "io.containerd.image.name";

    private static final String ATTESTATION = "vnd.docker.reference.type";

    /** Reads one. */
    public static Descriptor parse(Json json) throws IOException {
        return parse(json, json.requireString("mediaType"));
    }

    /** Reads that of a config or a layer, of which the bytes tell what they are: its type may be missing, and is empty then. */
    static Descriptor parseUntyped(Json json) throws IOException {
        String mediaType = json.string("mediaType");
        return parse(json, mediaType == null ? "" : mediaType);
    }

    private static Descriptor parse(Json json, String mediaType) throws IOException {
        long size = json.requireLong("size");
        if (size < 0) {
            throw new MalformedLayerException(json.where() + ": 'size' is negative: " + size);
        }
        Json platform = json.object("platform");
        Json annotations = json.object("annotations");
        Map<String, String> notes = new LinkedHashMap<>();
        if (annotations != null) {
            for (String name : annotations.members().keySet()) {
                notes.put(name, annotations.requireString(name));
            }
        }
        Descriptor descriptor = new Descriptor(
                mediaType, json.requireDigest("digest"), size, platform == null ? null : platform(platform), notes);
        descriptor.checkData(json);
        return descriptor;
    }

    private static Platform platform(Json json) throws MalformedLayerException {
        return new Platform(json.requireString("os"), json.requireString("architecture"), json.string("variant"));
    }

    private void checkData(Json json) throws IOException {
        String data = json.string("data");
        if (data == null) {
            return;
        }
        try {
            check(json.where() + ": 'data'", Base64.getDecoder().decode(data));
        } catch (IllegalArgumentException e) {
            throw new MalformedLayerException(json.where() + ": 'data' is not base64: " + e.getMessage(), e);
        }
    }

    /** Reads several. */
    public static List<Descriptor> parseAll(List<Json> items) throws IOException {
        List<Descriptor> descriptors = new ArrayList<>();
        for (Json item : items) {
            descriptors.add(parse(item));
        }
        return descriptors;
    }

    /** What an index says beside manifests: statements about one, such as provenance, which are no images. */
    public boolean isAttestation() {
        return annotations.containsKey(ATTESTATION)
                || (platform != null && platform.os().equals("unknown"));
    }

    /** Checks that {@code bytes} are those that this names: the size first, then the digest. */
    public void check(String what, byte[] bytes) throws DigestMismatchException {
        if (bytes.length != size) {
            throw new DigestMismatchException(
                    what + ": " + bytes.length + " bytes; the descriptor of " + digest + " says " + size);
        }
        try {
            if (!digest.matches(digest.newMessageDigest().digest(bytes))) {
                throw new DigestMismatchException(what + ": its digest is not " + digest + ", as its descriptor says");
            }
        } catch (NoSuchAlgorithmException e) {
            throw new DigestMismatchException(what + ": " + digest + " cannot be verified: " + e.getMessage());
        }
    }

    /** As a JSON object. */
    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mediaType", mediaType);
        json.put("digest", digest.toString());
        json.put("size", size);
        if (platform != null) {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("architecture", platform.architecture());
            members.put("os", platform.os());
            if (platform.variant() != null) {
                members.put("variant", platform.variant());
            }
            json.put("platform", members);
        }
        if (!annotations.isEmpty()) {
            json.put("annotations", new LinkedHashMap<>(annotations));
        }
        return json;
    }

    /** What an {@code index.json} calls it, which may be no {@link ImageName} where others wrote that; null for nothing. */
    public @Nullable String name() {
        return annotations.get(REF_NAME);
    }

    /**
     * What the {@code index.json} of an archive calls it. Containerd, Docker with its store, and BuildKit write the whole name in an
     * annotation of their own, and in the specification's the tag alone; then the whole one is the first.
     */
    List<String> archiveNames() {
        List<String> names = new ArrayList<>();
        for (String annotation : List.of(CONTAINERD_NAME, REF_NAME)) {
            String name = annotations.get(annotation);
            if (name != null && !names.contains(name)) {
                names.add(name);
            }
        }
        return names;
    }

    /** Whether it is named as what is said of an image, as signatures are, and so is no image. */
    public boolean isStatement() {
        String name = name();
        return name != null && Signatures.isTag(name);
    }

    /** The same blob, of which nothing is said. */
    public Descriptor bare() {
        return new Descriptor(mediaType, digest, size, platform, Map.of());
    }

    /** The same blob, named {@code reference} in an {@code index.json}. */
    public Descriptor named(String reference) {
        Map<String, String> notes = new HashMap<>(annotations);
        notes.put(REF_NAME, reference);
        return new Descriptor(mediaType, digest, size, platform, notes);
    }
}
