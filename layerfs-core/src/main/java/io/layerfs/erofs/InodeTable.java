package io.layerfs.erofs;

import java.util.HashMap;
import java.util.Map;

/**
 * Which inode of the index each file of a changeset got, by the file's number there. Such numbers lie close together, so that
 * they are kept in pages: 4 bytes for each number from the first to the last, where a hash table would need 30.
 */
final class InodeTable {

    /** No inode: number 0 lies before the superblock. */
    static final int ABSENT = 0;

    /** Small, since each of hundreds of layers may bring a page of its own with few files in it. */
    private static final int PAGE_BITS = 9;

    private final Map<Long, int[]> pages = new HashMap<>();
    private long lastPage = -1;
    private int[] last = {};

    /** The inode of {@code file}, or {@link #ABSENT}. */
    int find(long file) {
        return page(file)[index(file)];
    }

    void put(long file, int nid) {
        page(file)[index(file)] = nid;
    }

    private int[] page(long file) {
        long number = file >>> PAGE_BITS;
        if (number != lastPage) {
            last = pages.computeIfAbsent(number, n -> new int[1 << PAGE_BITS]);
            lastPage = number;
        }
        return last;
    }

    private static int index(long file) {
        return (int) file & ((1 << PAGE_BITS) - 1);
    }
}
