package io.layerfs.bench;

import java.util.Locale;

/** Figures as people read them. */
final class Quantity {

    private static final String[] TIMES = {"ns", "µs", "ms", "s"};
    private static final String[] SIZES = {"B", "KiB", "MiB", "GiB"};

    private Quantity() {}

    /** Three digits, and the unit that suits. */
    static String of(double value, String unit) {
        boolean time = unit.equals("ns");
        double step = time ? 1000 : 1024;
        String[] units = time ? TIMES : SIZES;
        int i = 0;
        double shown = value;
        while (shown >= step && i < units.length - 1) {
            shown /= step;
            i++;
        }
        return digits(shown) + " " + units[i];
    }

    static String of(Result result) {
        return of(result.median(), result.unit());
    }

    /** How many times. */
    static String times(double ratio) {
        return digits(ratio) + " x";
    }

    private static String digits(double value) {
        int decimals = value >= 100 || value == 0 ? 0 : value >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, value >= 10_000 ? "%,.0f" : "%." + decimals + "f", value);
    }

    /** A number of a parameter: 1 000 000 is 1M. */
    static String count(double value) {
        if (value >= 1_000_000) {
            return String.format(Locale.ROOT, "%.0fM", value / 1e6);
        }
        return value >= 1000
                ? String.format(Locale.ROOT, "%.0fk", value / 1e3)
                : String.format(Locale.ROOT, "%.0f", value);
    }
}
