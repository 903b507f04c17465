package io.layerfs.oci;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A list as messages have it: a few of its items, and how many more there are. */
final class Few {

    private static final int SHOWN = 20;
    private static final int LENGTH = 200;

    private Few() {}

    /** The first ones, in brackets. */
    static String of(Collection<?> items) {
        List<String> shown = new ArrayList<>();
        for (Object item : items) {
            if (shown.size() == SHOWN) {
                shown.add("and " + (items.size() - SHOWN) + " more");
                break;
            }
            String text = String.valueOf(item);
            shown.add(text.length() > LENGTH ? text.substring(0, LENGTH) + "..." : text);
        }
        return shown.toString();
    }
}
