package io.layerfs.upper;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.tar.LayerLimits;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** How deep the directories of a tree lie: as deep as a layer can say, and no deeper. */
final class Depths {

    private final Tree tree;

    Depths(Tree tree) {
        this.tree = tree;
    }

    private int depth(long directory) throws IOException {
        int depth = 0;
        for (long at = directory; at != tree.root(); at = tree.parent(at)) {
            depth++;
        }
        return depth;
    }

    /** Whether a directory lies so deep that there can be none in it. */
    boolean isDeepest(long directory) throws IOException {
        return depth(directory) >= LayerLimits.DEPTH;
    }

    /** Refuses a new directory that would lie too deep: ENAMETOOLONG. */
    void requireRoom(long parent, Name name) throws IOException {
        if (isDeepest(parent)) {
            throw Errors.of(name, "File name too long");
        }
    }

    /** Refuses to move a directory where what is in it would lie too deep. Looks into it only where it comes to lie deeper. */
    void requireRoom(long moved, long from, long to, Name name) throws IOException {
        if (from == to) {
            return;
        }
        int depth = depth(to) + 1;
        if (depth > depth(from) + 1 && depth + height(moved, LayerLimits.DEPTH - depth) > LayerLimits.DEPTH) {
            throw Errors.of(name, "File name too long");
        }
    }

    /** How many directories lie one in the other below one, or some number above {@code enough}. */
    private int height(long directory, int enough) throws IOException {
        int height = 0;
        Deque<Long> level = new ArrayDeque<>();
        level.add(directory);
        while (height <= enough) {
            Deque<Long> next = new ArrayDeque<>();
            for (long current : level) {
                addDirectories(current, next);
            }
            if (next.isEmpty()) {
                return height;
            }
            level = next;
            height++;
        }
        return height;
    }

    /** A directory has two links and one for each directory in it. */
    private void addDirectories(long directory, Deque<Long> to) throws IOException {
        int left = tree.stat(directory).links() - 2;
        if (left == 0) {
            return;
        }
        for (Iterator<View.Dirent> i = tree.list(directory); left > 0 && i.hasNext(); ) {
            View.Dirent entry = i.next();
            if (entry.type() == FileType.DIRECTORY) {
                to.add(entry.inode());
                left--;
            }
        }
    }
}
