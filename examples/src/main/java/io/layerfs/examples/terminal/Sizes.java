package io.layerfs.examples.terminal;

import java.util.Locale;

/** Numbers of bytes for people: {@code 512 B}, {@code 1.9 MB}, in powers of 1000. */
public final class Sizes {

    private static final String PREFIXES = "kMGTPE";

    private Sizes() {}

    /** Three digits or so, and a unit. */
    public static String show(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double value = bytes;
        int prefix = -1;
        while (value >= 999.5) {
            value /= 1000;
            prefix++;
        }
        return String.format(Locale.ROOT, value < 99.5 ? "%.1f %cB" : "%.0f %cB", value, PREFIXES.charAt(prefix));
    }
}
