package io.layerfs.oci;

import java.util.Set;

/** The media types of images (image-spec, media-types.md) and those of Docker that mean the same. */
public final class MediaTypes {

    /** An OCI manifest. */
    public static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    /** An OCI index. */
    public static final String INDEX = "application/vnd.oci.image.index.v1+json";
    /** An OCI config. */
    public static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    /** An uncompressed layer. */
    public static final String LAYER = "application/vnd.oci.image.layer.v1.tar";

    private static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    private static final Set<String> MANIFESTS = Set.of(MANIFEST, DOCKER_MANIFEST);
    private static final Set<String> INDEXES =
            Set.of(INDEX, "application/vnd.docker.distribution.manifest.list.v2+json");
    private static final Set<String> CONFIGS = Set.of(CONFIG, "application/vnd.docker.container.image.v1+json");

    /** What registries and pushers made of a config's type, and moby takes for images (moby#22378). */
    private static final Set<String> UNSAID = Set.of("", "application/octet-stream", "application/json", "text/html");

    private MediaTypes() {}

    /** Whether this is a manifest's. */
    public static boolean isManifest(String mediaType) {
        return MANIFESTS.contains(mediaType);
    }

    /** Whether this is an index's. */
    public static boolean isIndex(String mediaType) {
        return INDEXES.contains(mediaType);
    }

    /** Whether this is, or may be, that of an image's config: some pushers said nothing of it. */
    public static boolean isConfig(String mediaType) {
        return CONFIGS.contains(mediaType) || isUnsaid(mediaType);
    }

    /** Whether this says nothing of what a config is. */
    public static boolean isUnsaid(String mediaType) {
        return UNSAID.contains(mediaType);
    }

    /** The OCI's media type of a layer for that of Docker which means the same. */
    public static String ociLayer(String mediaType) {
        return switch (mediaType) {
            case "application/vnd.docker.image.rootfs.diff.tar" -> LAYER;
            case "application/vnd.docker.image.rootfs.diff.tar.gzip" -> LAYER + "+gzip";
            case "application/vnd.docker.image.rootfs.diff.tar.zstd" -> LAYER + "+zstd";
            default -> mediaType;
        };
    }

    /**
     * What a manifest of this media type becomes when its layers are compressed anew: Docker's own has no media type for a
     * layer of zstd, so that it becomes the OCI's.
     *
     * @param suffix {@code gzip}, {@code zstd}, or nothing
     */
    public static String recompressedManifest(String manifest, String suffix) {
        return suffix.equals("zstd") ? MANIFEST : manifest;
    }

    /**
     * What a layer of this media type becomes when it is compressed anew, in a manifest of that type. A layer that must not
     * be given away stays one.
     */
    public static String recompressed(String layer, String manifest, String suffix) {
        boolean kept = layer.contains(".nondistributable.") || layer.contains(".foreign.");
        if (manifest.equals(DOCKER_MANIFEST)) {
            String tar = "application/vnd.docker.image.rootfs." + (kept ? "foreign.diff.tar" : "diff.tar");
            return suffix.isEmpty() ? tar : tar + "." + suffix;
        }
        String tar = kept ? "application/vnd.oci.image.layer.nondistributable.v1.tar" : LAYER;
        return suffix.isEmpty() ? tar : tar + "+" + suffix;
    }
}
