package io.layerfs;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an image runs on, in the names of Go: {@code linux/amd64}, {@code linux/arm64/v8} (image-spec, image-index.md).
 *
 * @param os such as {@code linux}
 * @param architecture such as {@code amd64}
 * @param variant such as {@code v7}; null where the architecture has none, or any will do
 */
public record Platform(
        String os, String architecture, @Nullable String variant) {

    private static final Map<String, String> GO_NAMES = Map.ofEntries(
            Map.entry("x86_64", "amd64"),
            Map.entry("aarch64", "arm64"),
            Map.entry("x86", "386"),
            Map.entry("i386", "386"),
            Map.entry("i686", "386"),
            Map.entry("ppc64el", "ppc64le"));

    /** Variants that are what is meant where none is said. */
    private static final Map<String, String> DEFAULT_VARIANTS = Map.of("arm64", "v8", "arm", "v7", "amd64", "v1");

    /** Linux on the architecture of this machine. */
    public static Platform host() {
        String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return new Platform("linux", GO_NAMES.getOrDefault(architecture, architecture), null);
    }

    /**
     * Reads {@code os/architecture} or {@code os/architecture/variant}.
     *
     * @throws IllegalArgumentException where it is not of that form
     */
    public static Platform parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length < 2 || parts.length > 3 || text.contains("//") || text.startsWith("/") || text.endsWith("/")) {
            throw new IllegalArgumentException("not a platform (os/architecture or os/architecture/variant): " + text);
        }
        return new Platform(parts[0], parts[1], parts.length == 3 ? parts[2] : null);
    }

    /** Whether an image made for {@code made} will do where this is wanted. */
    public boolean accepts(Platform made) {
        return os.equals(made.os)
                && architecture.equals(made.architecture)
                && (variant == null || variant.equals(made.variant == null ? defaultVariant() : made.variant));
    }

    private @Nullable String defaultVariant() {
        return DEFAULT_VARIANTS.get(architecture);
    }

    /** The text that {@link #parse} reads. */
    @Override
    public String toString() {
        return os + "/" + architecture + (variant == null ? "" : "/" + variant);
    }
}
