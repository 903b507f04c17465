package io.layerfs.contract;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Finds fewer steps that still fail: delta debugging, by leaving out ever smaller parts. */
final class Shrinker {

    private Shrinker() {}

    /** Whether steps fail. */
    interface Failing {
        boolean test(List<Step> steps) throws IOException;
    }

    static List<Step> shrink(List<Step> failing, Failing fails) throws IOException {
        List<Step> smallest = failing;
        int part = Math.max(1, smallest.size() / 2);
        while (true) {
            List<Step> smaller = without(smallest, part, fails);
            if (smaller.size() < smallest.size()) {
                smallest = smaller;
                part = Math.max(1, Math.min(part, smallest.size() / 2));
            } else if (part == 1) {
                return smallest;
            } else {
                part /= 2;
            }
        }
    }

    private static List<Step> without(List<Step> steps, int part, Failing fails) throws IOException {
        for (int from = 0; from < steps.size(); from += part) {
            List<Step> rest = new ArrayList<>(steps.subList(0, from));
            rest.addAll(steps.subList(Math.min(steps.size(), from + part), steps.size()));
            if (!rest.isEmpty() && fails.test(rest)) {
                return rest;
            }
        }
        return steps;
    }
}
