package io.layerfs.tar;

import io.layerfs.Changeset;
import io.layerfs.Entry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a changeset have several names, found by one walk before the tar is written; while it is written, the
 * first name of each.
 *
 * <p>The walk holds 16 to 32 bytes for each file, and is done with them when it ends.
 */
final class LinkedInodes {

    private static final byte[] NONE = new byte[0];

    private final Map<Long, byte[]> firstNames = new HashMap<>();
    private final boolean whiteouts;

    private LinkedInodes(Walk walk) {
        whiteouts = walk.whiteouts;
        for (long inode : walk.linked.toArray()) {
            firstNames.put(inode, NONE);
        }
    }

    static LinkedInodes of(Changeset changes) throws IOException {
        Walk walk = new Walk();
        walk.walk(changes.root());
        return new LinkedInodes(walk);
    }

    /** Whether the walk met a whiteout. */
    boolean hasWhiteouts() {
        return whiteouts;
    }

    /** The first name that was asked about for this file; null where {@code path} is that, or the only one. */
    byte @Nullable [] firstName(long inode, EntryPath path) {
        byte[] first = firstNames.get(inode);
        if (first == NONE) {
            firstNames.put(inode, path.toBytes());
            return null;
        }
        return first;
    }

    private static final class Walk {
        final LongSet seen = new LongSet();
        final LongSet linked = new LongSet();
        final EntryPath path = new EntryPath();
        boolean whiteouts;

        /** Where a directory of the walk is left to. */
        private record Open(Iterator<Entry.Child> children, int before) {}

        void walk(Entry.Directory root) throws IOException {
            Deque<Open> open = new ArrayDeque<>();
            open.push(new Open(root.children(), 0));
            while (!open.isEmpty()) {
                Open current = open.element();
                if (!current.children.hasNext()) {
                    path.leave(open.pop().before);
                    continue;
                }
                Entry.Child child = current.children.next();
                int before = path.enter(child.name());
                if (child.entry() instanceof Entry.Directory below) {
                    open.push(new Open(below.children(), before));
                } else {
                    add(child.entry());
                    path.leave(before);
                }
            }
        }

        private void add(Entry entry) {
            if (entry instanceof Entry.File file) {
                add(file.inode());
            } else {
                whiteouts |= entry instanceof Entry.Whiteout;
            }
        }

        private void add(long inode) {
            if (!seen.add(inode)) {
                linked.add(inode);
            }
        }
    }
}
