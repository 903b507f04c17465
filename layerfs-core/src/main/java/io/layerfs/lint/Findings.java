package io.layerfs.lint;

import io.layerfs.LayerLint;
import io.layerfs.LayerLint.Finding;
import io.layerfs.LayerLint.Place;
import io.layerfs.LayerLint.Severity;
import io.layerfs.LintRule;
import io.layerfs.Utf8;
import io.layerfs.tar.TarEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was found so far; of each rule a bounded number is kept. */
final class Findings {

    private final List<Finding> kept = new ArrayList<>();
    private final Map<LintRule, Long> counts = new EnumMap<>(LintRule.class);

    void add(LintRule rule, Severity severity, Place place, String message, @Nullable Place related) {
        if (counts.merge(rule, 1L, Long::sum) <= LayerLint.KEPT) {
            kept.add(new Finding(rule, severity, place, message, related));
        }
    }

    void info(LintRule rule, Place place, String message) {
        add(rule, Severity.INFO, place, message, null);
    }

    void warning(LintRule rule, Place place, String message) {
        add(rule, Severity.WARNING, place, message, null);
    }

    void error(LintRule rule, Place place, String message) {
        add(rule, Severity.ERROR, place, message, null);
    }

    boolean has(LintRule rule) {
        return counts.containsKey(rule);
    }

    LayerLint toLint() {
        kept.sort(Comparator.comparingLong(finding -> finding.place().offset()));
        return new LayerLint(kept, counts);
    }

    /** The place of an entry. */
    static Place place(TarEntry entry) {
        return new Place(Utf8.decode(entry.path()), entry.offset());
    }

    /** A place that no entry has. */
    static Place place(long offset) {
        return new Place("", offset);
    }

    /** Foreign text for a message: printable, in quotes, cut where it is long. */
    static String quote(byte[] text) {
        String printable = Utf8.printable(text);
        return "'" + (printable.length() > 200 ? printable.substring(0, 200) + "..." : printable) + "'";
    }
}
