package io.layerfs.lint;

import io.layerfs.LayerPath;
import io.layerfs.Name;
import io.layerfs.Utf8;
import io.layerfs.memory.NameTree;
import java.util.Arrays;

/** Where a tar has the entries of each path, to be taken one by one in the order of the tar. */
final class EntryTable {

    private static final int NONE = -1;

    private final NameTree names = new NameTree();
    /** Of each name, the first and the last entry that was not taken. */
    private int[] first = new int[64];

    private int[] last = new int[64];
    /** Of each entry, where it is, the next one of the same path, and the path. */
    private long[] offsets = new long[64];

    private int[] next = new int[64];
    private int[] owner = new int[64];
    private int count;

    EntryTable() {
        Arrays.fill(first, NONE);
    }

    void add(LayerPath path, long offset) {
        int name = NameTree.ROOT;
        for (Name part : path.names()) {
            int below = names.find(name, part.toBytes());
            name = below < 0 ? names.add(name, part.toBytes()) : below;
        }
        reserve(name);
        offsets[count] = offset;
        next[count] = NONE;
        owner[count] = name;
        if (first[name] == NONE) {
            first[name] = count;
        } else {
            next[last[name]] = count;
        }
        last[name] = count++;
    }

    private void reserve(int name) {
        if (name >= first.length) {
            int known = first.length;
            first = Arrays.copyOf(first, name + (name >> 1) + 2);
            Arrays.fill(first, known, first.length, NONE);
            last = Arrays.copyOf(last, first.length);
        }
        if (count == offsets.length) {
            int size = count + (count >> 1) + 2;
            offsets = Arrays.copyOf(offsets, size);
            next = Arrays.copyOf(next, size);
            owner = Arrays.copyOf(owner, size);
        }
    }

    /** Takes the next entry of a path; answers its number in the order of the tar, -1 where there is none left. */
    int take(LayerPath path) {
        int name = NameTree.ROOT;
        for (int i = 0; i < path.depth() && name >= 0; i++) {
            name = names.find(name, path.name(i).toBytes());
        }
        if (name < 0 || name >= first.length || first[name] == NONE) {
            return NONE;
        }
        int entry = first[name];
        first[name] = next[entry];
        next[entry] = entry; // its own successor: taken
        return entry;
    }

    int count() {
        return count;
    }

    boolean isTaken(int entry) {
        return next[entry] == entry;
    }

    long offset(int entry) {
        return offsets[entry];
    }

    String path(int entry) {
        StringBuilder path = new StringBuilder();
        for (int at = owner[entry]; at != NameTree.ROOT; at = names.parent(at)) {
            path.insert(0, (path.length() == 0 ? "" : "/")).insert(0, Utf8.decode(names.name(at)));
        }
        return path.length() == 0 ? "." : path.toString();
    }
}
