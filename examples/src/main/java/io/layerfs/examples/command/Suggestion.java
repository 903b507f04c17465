package io.layerfs.examples.command;

import java.util.Collection;
import java.util.Comparator;

/** What may have been meant by a name that nothing has: the nearest of those that there are. */
final class Suggestion {

    /** Of so many characters of a name one may be wrong. */
    private static final int FOR_EACH = 4;

    private Suggestion() {}

    /** A question for the end of a message; nothing where no name is near. */
    static String of(String wanted, Collection<String> names) {
        return names.stream()
                .filter(name -> distance(wanted, name) <= allowed(name))
                .min(Comparator.comparingInt((String name) -> distance(wanted, name))
                        .thenComparing(name -> name))
                .map(name -> "; is '" + name + "' meant?")
                .orElse("");
    }

    /** Two in a wrong order count as two. */
    private static int allowed(String name) {
        return name.length() < FOR_EACH ? 1 : Math.max(2, name.length() / FOR_EACH);
    }

    /** How many characters must be put in, taken away or changed to come from one to the other (Levenshtein). */
    private static int distance(String one, String other) {
        int[] above = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int changed = above[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[other.length()];
    }
}
