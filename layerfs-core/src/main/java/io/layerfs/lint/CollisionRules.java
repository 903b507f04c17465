package io.layerfs.lint;

import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.LayerLint.Place;
import io.layerfs.LayerLint.Severity;
import io.layerfs.LayerPath;
import io.layerfs.LintRule;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import io.layerfs.memory.NameTree;
import io.layerfs.tar.Whiteouts;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names of one directory that are one name elsewhere, in the layer and with what lies below.
 *
 * <p>Most names are their own folded form; only the others are kept, by that form.
 */
final class CollisionRules {

    private final Findings findings;
    private final PathTable paths;
    private final @Nullable Changeset below;
    private final NameTree folded = new NameTree();
    private final Map<Integer, Integer> first = new HashMap<>();

    CollisionRules(Findings findings, PathTable paths, @Nullable Changeset below) {
        this.findings = findings;
        this.paths = paths;
        this.below = below;
    }

    /** Looks at a name that was just added to {@code parent}. */
    void check(int parent, int number, byte[] name, Place place) {
        byte[] form = Folding.fold(name);
        boolean own = Arrays.equals(form, name);
        int other = own ? -1 : paths.find(parent, form);
        int slot = folded.find(parent, form);
        if (other < 0 && slot >= 0) {
            other = first.getOrDefault(slot, -1);
        }
        if (!own && slot < 0) {
            first.put(folded.add(parent, form), number);
        }
        if (other >= 0) {
            report(name, place, paths.name(other), paths.place(other));
        }
    }

    private void report(byte[] name, Place place, byte[] other, Place related) {
        boolean normal = Folding.sameNormalForm(name, other);
        findings.add(
                normal ? LintRule.NORMALIZATION_COLLISION : LintRule.CASE_COLLISION,
                Severity.WARNING,
                place,
                "differs only in " + (normal ? "its normal form" : "case") + " from " + Findings.quote(other)
                        + (related.offset() < 0 ? " of a lower layer" : ""),
                related);
    }

    /** Compares the layer's names of a directory with those that the layers below show there and the layer leaves. */
    void checkBelow(int directory) throws IOException {
        LayerPath path = paths.path(directory);
        if (below == null || paths.opaque(directory) != null) {
            return;
        }
        try {
            if (below.find(path) instanceof Entry.Directory lower) {
                for (Iterator<Entry.Child> i = lower.children(); i.hasNext(); ) {
                    compare(directory, path, i.next().name());
                }
            }
        } catch (MalformedLayerException e) {
            // Lower layers that cannot be stacked show nothing here: that is their finding.
            return;
        }
    }

    private void compare(int directory, LayerPath path, Name lower) {
        byte[] name = lower.toBytes();
        if (paths.find(directory, name) >= 0 || paths.find(directory, Whiteouts.marker(name)) >= 0) {
            return; // replaced or removed
        }
        byte[] form = Folding.fold(name);
        int slot = folded.find(directory, form);
        int other = slot < 0 ? paths.find(directory, form) : first.getOrDefault(slot, -1);
        if (other >= 0) {
            report(
                    paths.name(other),
                    paths.place(other),
                    name,
                    new Place(path.resolve(lower).toString(), -1));
        }
    }
}
