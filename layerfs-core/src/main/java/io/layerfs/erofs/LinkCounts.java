package io.layerfs.erofs;

import java.util.Arrays;

/** Which inode of the index each file got, and how many names it has by now: an open hash table over plain arrays. */
final class LinkCounts {

    private long[] files = new long[1 << 10];
    private int[] nids = new int[1 << 10];
    private int[] counts = new int[1 << 10];
    private int size;

    /** The place of {@code file} in the table, which is free (its count is 0) where it is new. */
    int slot(long file) {
        if (size * 2 > files.length) {
            grow();
        }
        return slot(files, counts, file);
    }

    private static int slot(long[] files, int[] counts, long file) {
        long mixed = file * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 40) & (files.length - 1);
        while (counts[slot] != 0 && files[slot] != file) {
            slot = (slot + 1) & (files.length - 1);
        }
        return slot;
    }

    private void grow() {
        long[] oldFiles = files;
        int[] oldNids = nids;
        int[] oldCounts = counts;
        files = new long[oldFiles.length * 2];
        nids = new int[files.length];
        counts = new int[files.length];
        for (int i = 0; i < oldFiles.length; i++) {
            if (oldCounts[i] != 0) {
                int slot = slot(files, counts, oldFiles[i]);
                files[slot] = oldFiles[i];
                nids[slot] = oldNids[i];
                counts[slot] = oldCounts[i];
            }
        }
    }

    int count(int slot) {
        return counts[slot];
    }

    int nid(int slot) {
        return nids[slot];
    }

    void put(int slot, long file, int nid) {
        files[slot] = file;
        nids[slot] = nid;
        counts[slot] = 1;
        size++;
    }

    void addName(int slot) {
        counts[slot]++;
    }

    /** Takes an inode that has several names. */
    interface Visitor {
        void visit(int nid, int names) throws java.io.IOException;
    }

    /** All files with several names, by rising inode. */
    void forEachLinked(Visitor visitor) throws java.io.IOException {
        long[] linked = new long[size];
        int n = 0;
        for (int i = 0; i < files.length; i++) {
            if (counts[i] > 1) {
                linked[n++] = (long) nids[i] << 32 | counts[i];
            }
        }
        Arrays.sort(linked, 0, n);
        for (int i = 0; i < n; i++) {
            visitor.visit((int) (linked[i] >>> 32), (int) linked[i]);
        }
    }
}
