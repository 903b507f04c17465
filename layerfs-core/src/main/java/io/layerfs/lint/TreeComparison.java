package io.layerfs.lint;

import io.layerfs.Changeset;
import io.layerfs.Content;
import io.layerfs.Entry;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/** Whether two changesets say the same: names, files, bytes, and which names are one file. */
final class TreeComparison {

    /** The file of the second for each of the first. */
    private final Map<Long, Long> files = new HashMap<>();

    private final Map<Long, Long> back = new HashMap<>();

    private TreeComparison() {}

    static boolean same(Changeset first, Changeset second) throws IOException {
        return new TreeComparison().same(first.root(), second.root());
    }

    private boolean same(Entry first, Entry second) throws IOException {
        if (first instanceof Entry.Directory one && second instanceof Entry.Directory other) {
            return sameDirectory(one, other);
        }
        if (first instanceof Entry.File one && second instanceof Entry.File other) {
            Long known = files.putIfAbsent(one.inode(), other.inode());
            Long knownBack = back.putIfAbsent(other.inode(), one.inode());
            if (known != null || knownBack != null) {
                // names of files that were compared at their first name
                return known != null && knownBack != null && known == other.inode() && knownBack == one.inode();
            }
            return sameFile(one, other);
        }
        return first.equals(second); // whiteouts, links to lower layers
    }

    private boolean sameDirectory(Entry.Directory first, Entry.Directory second) throws IOException {
        if (first.opaque() != second.opaque()
                || first.implicit() != second.implicit()
                || !first.attributes().equals(second.attributes())) {
            return false;
        }
        Iterator<Entry.Child> ones = first.children();
        Iterator<Entry.Child> others = second.children();
        while (ones.hasNext() && others.hasNext()) {
            Entry.Child one = ones.next();
            Entry.Child other = others.next();
            if (!one.name().equals(other.name()) || !same(one.entry(), other.entry())) {
                return false;
            }
        }
        return ones.hasNext() == others.hasNext();
    }

    private static boolean sameFile(Entry.File first, Entry.File second) throws IOException {
        if (first.type() != second.type() || !first.attributes().equals(second.attributes())) {
            return false;
        }
        if (first instanceof Entry.RegularFile one && second instanceof Entry.RegularFile other) {
            return one.content().size() == other.content().size()
                    && Content.mismatch(one.content(), other.content()) < 0;
        }
        if (first instanceof Entry.Symlink one && second instanceof Entry.Symlink other) {
            return one.target().equals(other.target());
        }
        return first instanceof Entry.Special one
                && second instanceof Entry.Special other
                && one.major() == other.major()
                && one.minor() == other.minor();
    }
}
