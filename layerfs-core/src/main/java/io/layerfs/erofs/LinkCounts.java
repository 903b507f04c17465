package io.layerfs.erofs;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which inode of the index each file got, and how many names it has by now. Files' numbers lie close together, so that they
 * are kept in pages: 4 bytes for each file, where a hash table of them would need 30.
 */
final class LinkCounts {

    private static final int PAGE_BITS = 12;
    private static final int NONE = -1;

    private final Map<Long, int[]> pages = new HashMap<>();
    private final TreeMap<Integer, Integer> linked = new TreeMap<>();
    private long lastPage = -1;
    private int[] last = new int[0];

    private int[] page(long file) {
        long number = file >> PAGE_BITS;
        if (number != lastPage) {
            last = pages.computeIfAbsent(number, n -> {
                int[] page = new int[1 << PAGE_BITS];
                Arrays.fill(page, NONE);
                return page;
            });
            lastPage = number;
        }
        return last;
    }

    private static int index(long file) {
        return (int) file & ((1 << PAGE_BITS) - 1);
    }

    /** The inode of a file that was put before; -1 for a new one. */
    int nid(long file) {
        return page(file)[index(file)];
    }

    void put(long file, int nid) {
        page(file)[index(file)] = nid;
    }

    /** Counts one more name for an inode. */
    void addName(int nid) {
        linked.merge(nid, 2, (count, two) -> count + 1);
    }

    /** Takes an inode that has several names. */
    interface Visitor {
        void visit(int nid, int names) throws IOException;
    }

    /** All files with several names, by rising inode. */
    void forEachLinked(Visitor visitor) throws IOException {
        for (Map.Entry<Integer, Integer> e : linked.entrySet()) {
            visitor.visit(e.getKey(), e.getValue());
        }
    }
}
