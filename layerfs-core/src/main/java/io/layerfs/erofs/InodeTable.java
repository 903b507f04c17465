package io.layerfs.erofs;

/**
 * Which inode of the index each file of a changeset got, by the file's number there. An open hash table over plain arrays:
 * 16 to 24 bytes for each file.
 */
final class InodeTable {

    /** No inode: number 0 lies before the superblock. */
    static final int ABSENT = 0;

    private static final int INITIAL = 1 << 6;

    private long[] files = new long[INITIAL];
    private int[] nids = new int[INITIAL];
    private int size;

    /** The inode of {@code file}, or {@link #ABSENT}. */
    int find(long file) {
        return nids[slot(file)];
    }

    /** Adds a file that it does not have. */
    void add(long file, int nid) {
        if (size >= files.length / 4 * 3) {
            grow();
        }
        put(file, nid);
        size++;
    }

    private void put(long file, int nid) {
        int slot = slot(file);
        files[slot] = file;
        nids[slot] = nid;
    }

    /** Where {@code file} is, or the free place where it would be. */
    private int slot(long file) {
        long hash = (file * 0x9E3779B97F4A7C15L) >>> 32;
        int slot = (int) ((hash * files.length) >>> 32);
        while (nids[slot] != ABSENT && files[slot] != file) {
            slot = slot + 1 == files.length ? 0 : slot + 1;
        }
        return slot;
    }

    private void grow() {
        long[] oldFiles = files;
        int[] oldNids = nids;
        // by half, not by two: the old and the new table are there at the same time
        files = new long[oldFiles.length + oldFiles.length / 2];
        nids = new int[files.length];
        for (int i = 0; i < oldFiles.length; i++) {
            if (oldNids[i] != ABSENT) {
                put(oldFiles[i], oldNids[i]);
            }
        }
    }
}
