package io.layerfs.upper;

import java.util.concurrent.ConcurrentHashMap;

/** How often each inode is open. Safe for many threads. */
final class Holds {

    private final ConcurrentHashMap<Long, Integer> counts = new ConcurrentHashMap<>();

    /** Answers whether this is the first. */
    boolean add(long inode) {
        return counts.merge(inode, 1, Integer::sum) == 1;
    }

    /** Answers whether this was the last. */
    boolean remove(long inode) {
        return counts.computeIfPresent(inode, (i, count) -> count == 1 ? null : count - 1) == null;
    }

    boolean isHeld(long inode) {
        return counts.containsKey(inode);
    }

    /** How many inodes are open. */
    int size() {
        return counts.size();
    }
}
