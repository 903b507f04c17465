package io.layerfs;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an image runs on, in the names of Go: {@code linux/amd64}, {@code linux/arm64/v8} (image-spec, image-index.md).
 *
 * @param os such as {@code linux}
 * @param architecture such as {@code amd64}
 * @param variant such as {@code v7}; null where the architecture has none, or its usual one is meant
 */
public record Platform(
        String os, String architecture, @Nullable String variant) {

    private static final Map<String, String> OS_NAMES = Map.of("macos", "darwin");

    private static final Map<String, String> GO_NAMES = Map.ofEntries(
            Map.entry("x86_64", "amd64"),
            Map.entry("x86-64", "amd64"),
            Map.entry("aarch64", "arm64"),
            Map.entry("armhf", "arm"),
            Map.entry("armel", "arm"),
            Map.entry("x86", "386"),
            Map.entry("i386", "386"),
            Map.entry("i686", "386"),
            Map.entry("ppc64el", "ppc64le"));

    /** Variants that are what is meant where none is said. */
    private static final Map<String, String> USUAL_VARIANTS =
            Map.of("amd64", "v1", "arm64", "v8", "arm", "v7", "armhf", "v7", "armel", "v6");

    /** Linux on the architecture of this machine. */
    public static Platform host() {
        return new Platform("linux", System.getProperty("os.arch"), null).normalized();
    }

    /**
     * Reads {@code os/architecture} or {@code os/architecture/variant}, in Go's names or the usual other ones: {@code
     * linux/aarch64} is {@code linux/arm64}.
     *
     * @throws IllegalArgumentException where it is not of that form
     */
    public static Platform parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length < 2 || parts.length > 3 || text.contains("//") || text.startsWith("/") || text.endsWith("/")) {
            throw new IllegalArgumentException("not a platform (os/architecture or os/architecture/variant): " + text);
        }
        return new Platform(parts[0], parts[1], parts.length == 3 ? parts[2] : null).spelled();
    }

    /**
     * The same in Go's names, and without the variant where it is the usual one: {@code Linux/aarch64/8} is {@code
     * linux/arm64}, and {@code linux/armel} is {@code linux/arm/v6}. Two that mean the same are equal then.
     */
    public Platform normalized() {
        Platform same = spelled();
        boolean meant = same.variant != null && same.variant.equals(USUAL_VARIANTS.get(same.architecture));
        return meant ? new Platform(same.os, same.architecture, null) : same;
    }

    /** In Go's names, with the variant that was said, if one was. */
    private Platform spelled() {
        String system = os.toLowerCase(Locale.ROOT);
        String said = architecture.toLowerCase(Locale.ROOT);
        String name = GO_NAMES.getOrDefault(said, said);
        String number = variant == null || variant.isEmpty() ? null : variant.toLowerCase(Locale.ROOT);
        if (number == null && !name.equals(said)) {
            number = USUAL_VARIANTS.get(said); // armel is arm/v6
        } else if (number != null && Character.isDigit(number.charAt(0))) {
            number = "v" + number;
        }
        return new Platform(OS_NAMES.getOrDefault(system, system), name, number);
    }

    /**
     * The platforms whose images run where this is wanted, best first, each {@linkplain #normalized normalized}: what
     * containerd's {@code platforms.Only} answers. This one; then lower variants of its architecture, from the highest down;
     * then what the architecture runs as well: amd64 runs 386, and arm64 runs arm. A higher variant never will do.
     */
    public List<Platform> preferences() {
        Platform wanted = normalized();
        Set<Platform> bestFirst = new LinkedHashSet<>();
        bestFirst.add(wanted);
        switch (wanted.architecture) {
            case "amd64" -> {
                wanted.addVariants(bestFirst, "amd64", wanted.number() - 1, 1);
                bestFirst.add(new Platform(wanted.os, "386", null));
            }
            case "arm" -> wanted.addVariants(bestFirst, "arm", wanted.number() - 1, 5);
            case "arm64" -> {
                wanted.addVariants(bestFirst, "arm64", wanted.number() - 1, 8);
                wanted.addVariants(bestFirst, "arm", 8, 5);
            }
            default -> {
                // runs its own alone
            }
        }
        return List.copyOf(bestFirst);
    }

    private void addVariants(Set<Platform> all, String name, int highest, int lowest) {
        for (int number = highest; number >= lowest; number--) {
            all.add(new Platform(os, name, "v" + number).normalized());
        }
    }

    /** 8 of {@code v8}, and of arm64 without a variant; 0 where there is none. */
    private int number() {
        String text = variant == null ? USUAL_VARIANTS.get(architecture) : variant;
        return text != null && text.matches("v[0-9]{1,3}") ? Integer.parseInt(text.substring(1)) : 0;
    }

    /** Whether an image made for {@code made} will do where this is wanted: whether it is among the {@link #preferences}. */
    public boolean accepts(Platform made) {
        return preferences().contains(made.normalized());
    }

    /** The text that {@link #parse} reads. */
    @Override
    public String toString() {
        return os + "/" + architecture + (variant == null ? "" : "/" + variant);
    }
}
