package io.layerfs.tar;

import io.layerfs.Xattrs;

/**
 * What it costs in bytes of heap to keep what a tar says, at the most: while tables grow, and while the index is written. Measured
 * on a JVM of 64 bits with compressed pointers.
 */
final class Cost {

    /** A name in a directory: its place in four tables, old and new while they grow, and in the directory's data of the index. */
    private static final int NAME = 60;

    /** A directory and its tables; one in another as they are written. */
    private static final int DIRECTORY = 320;

    private static final int FILE = 80;
    private static final int OTHER_FILE = 190;
    private static final int EXTENT = 48;
    /** A path that is kept as bytes, in a list or a map. */
    private static final int PATH = 64;

    private static final int XATTR = 170;

    private Cost() {}

    /** One more name in a directory. */
    static long ofName(int length) {
        return NAME + 3L * length;
    }

    /** One more directory, without its name. */
    static long ofDirectory() {
        return DIRECTORY;
    }

    /** A path of so many bytes, beside the tree. */
    static long ofPath(int length) {
        return PATH + (long) length;
    }

    /** A file, without its names and attributes. */
    static long ofFile(TarEntry entry) {
        if (entry.kind() != TarEntry.Kind.FILE) {
            return OTHER_FILE + 2L * entry.linkTarget().length;
        }
        return entry.extents() == null
                ? FILE
                : OTHER_FILE + (long) EXTENT * entry.extents().size();
    }

    /** Extended attributes. */
    static long of(Xattrs xattrs) {
        long bytes = 0;
        for (String name : xattrs.names()) {
            bytes += XATTR + name.length() + xattrs.size(name);
        }
        return bytes;
    }
}
