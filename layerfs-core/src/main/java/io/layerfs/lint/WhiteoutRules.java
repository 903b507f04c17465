package io.layerfs.lint;

import io.layerfs.Entry;
import io.layerfs.LayerLint.Place;
import io.layerfs.LayerLint.Severity;
import io.layerfs.LayerPath;
import io.layerfs.LintRule;
import io.layerfs.Name;
import io.layerfs.lint.PathTable.Kind;
import io.layerfs.memory.NameTree;
import io.layerfs.tar.TarEntry;
import io.layerfs.tar.Whiteouts;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Whiteouts and opaque markers: what depends on their order, and what they act on. */
final class WhiteoutRules {

    /** What the layers below show. */
    interface Below {
        @Nullable
        Entry find(LayerPath path) throws IOException;
    }

    private final Findings findings;
    private final PathTable paths;
    private final Below below;
    private final boolean known;

    WhiteoutRules(Findings findings, PathTable paths, Below below, boolean known) {
        this.findings = findings;
        this.paths = paths;
        this.below = below;
        this.known = known;
    }

    /** Looks at a whiteout when it comes. */
    void checkWhiteout(int parent, Name name, TarEntry entry, Place place) {
        checkForm(entry, place);
        Name removed = Whiteouts.removed(name);
        if (removed == null) {
            findings.error(LintRule.ODD_WHITEOUT, place, "a whiteout of nothing, '.' or '..'");
            return;
        }
        int number = paths.find(parent, removed.toBytes());
        if (number >= 0 && (paths.kind(number) != Kind.IMPLIED || paths.isFilled(number))) {
            findings.add(
                    LintRule.WHITEOUT_OF_OWN_ENTRY,
                    Severity.WARNING,
                    place,
                    "a whiteout behind an entry of the name that it removes, which stays",
                    paths.place(number));
        }
    }

    /** Looks at an entry that is no whiteout. */
    void checkEntry(int number, Place place) {
        Place marker = paths.whiteout(number);
        if (marker != null && marker.offset() < place.offset()) {
            findings.add(
                    LintRule.WHITEOUT_OF_OWN_ENTRY,
                    Severity.INFO,
                    place,
                    "behind a whiteout of its own name"
                            + (paths.kind(number) == Kind.DIRECTORY ? ", which makes the directory opaque" : ""),
                    marker);
        }
    }

    /** Looks at an opaque marker when it comes. */
    void checkOpaque(int parent, TarEntry entry, Place place) {
        checkForm(entry, place);
        if (paths.isFilled(parent)) {
            findings.warning(LintRule.OPAQUE_AFTER_CONTENT, place, "an opaque marker behind entries of its directory");
        }
    }

    private void checkForm(TarEntry entry, Place place) {
        if (entry.kind() != TarEntry.Kind.FILE || entry.size() > 0) {
            findings.warning(
                    LintRule.ODD_WHITEOUT,
                    place,
                    entry.kind() == TarEntry.Kind.FILE
                            ? "a whiteout of " + entry.size() + " bytes, which nobody sees"
                            : "a whiteout that is no regular file");
        }
    }

    /** Looks at what a whiteout acts on. */
    void finishWhiteout(int number) throws IOException {
        int directory = paths.parent(number);
        Name removed = Whiteouts.removed(Name.of(paths.name(number)));
        if (removed == null) {
            return;
        }
        Place opaque = paths.opaque(directory);
        Place above = opaque == null ? removedAbove(directory) : opaque;
        if (above != null) {
            findings.add(
                    LintRule.REDUNDANT_WHITEOUT,
                    Severity.INFO,
                    paths.place(number),
                    "a whiteout below what '" + above.path() + "' removes already",
                    above);
        } else if (known && below.find(paths.path(directory).resolve(removed)) == null) {
            findings.info(
                    LintRule.WHITEOUT_HIDES_NOTHING,
                    paths.place(number),
                    "a whiteout of what the layers below do not show");
        }
    }

    /** The marker that removes a directory, or one above it, or what that one has. */
    private @Nullable Place removedAbove(int directory) {
        for (int at = directory; at != NameTree.ROOT; at = paths.parent(at)) {
            Place whiteout = paths.whiteout(at);
            Place opaque = whiteout == null ? paths.opaque(paths.parent(at)) : whiteout;
            if (opaque != null) {
                return opaque;
            }
        }
        return null;
    }

    /** Looks at what an opaque marker acts on. */
    void finishOpaque(int number) throws IOException {
        int directory = paths.parent(number);
        Place above = removedAbove(directory);
        if (above != null) {
            findings.add(
                    LintRule.REDUNDANT_WHITEOUT,
                    Severity.INFO,
                    paths.place(number),
                    "an opaque marker below what '" + above.path() + "' removes already",
                    above);
        } else if (known && !showsNames(below.find(paths.path(directory)))) {
            findings.info(
                    LintRule.WHITEOUT_HIDES_NOTHING,
                    paths.place(number),
                    "an opaque marker where the layers below show nothing");
        }
    }

    private static boolean showsNames(@Nullable Entry lower) throws IOException {
        return lower instanceof Entry.Directory directory
                && directory.children().hasNext();
    }
}
