package io.layerfs.union;

import io.layerfs.FileType;
import io.layerfs.LayerPath;
import io.layerfs.View;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files with several names in a comparison of two views: whether they are linked alike, and which names must be said
 * because another name of the same file is.
 */
final class LinkedFiles {

    private final View base;
    private final View top;
    private final boolean sameNumbers;
    private final Map<Long, Long> topOfBase = new HashMap<>();
    private final Map<Long, Long> baseOfTop = new HashMap<>();
    private final Map<Long, Group> groups = new HashMap<>();

    private static final class Group {
        final List<LayerPath> silent = new ArrayList<>();
        int seen;
        boolean said;
    }

    /** Says one more name. */
    interface Say {
        void say(LayerPath path, long inode) throws IOException;
    }

    /** {@code sameNumbers} says that a file which both views have has one number in both. */
    LinkedFiles(View base, View top, boolean sameNumbers) {
        this.base = base;
        this.top = top;
        this.sameNumbers = sameNumbers;
    }

    /** Whether a name that both have is, in both, a name of one and the same file, as far as was seen. */
    boolean sameLinks(long below, long above) throws IOException {
        if (base.stat(below).links() == 1 && top.stat(above).links() == 1) {
            return true;
        }
        if (sameNumbers) {
            return below == above;
        }
        Long knownTop = topOfBase.putIfAbsent(below, above);
        Long knownBase = baseOfTop.putIfAbsent(above, below);
        return (knownTop == null || knownTop == above) && (knownBase == null || knownBase == below);
    }

    /** A name of a file was compared. */
    void visit(long above, LayerPath path, boolean said) throws IOException {
        if (top.stat(above).links() > 1) {
            Group group = groups.computeIfAbsent(above, inode -> new Group());
            group.seen++;
            group.said |= said;
            if (!said) {
                group.silent.add(path);
            }
        }
    }

    /** Says the other names of every file of which one name was said. */
    void complete(Say say) throws IOException {
        Set<Long> incomplete = new HashSet<>();
        for (Map.Entry<Long, Group> entry : groups.entrySet()) {
            Group group = entry.getValue();
            if (group.said) {
                for (LayerPath path : group.silent) {
                    say.say(path, entry.getKey());
                }
                if (group.seen < top.stat(entry.getKey()).links()) {
                    incomplete.add(entry.getKey());
                }
            }
        }
        if (!incomplete.isEmpty()) {
            search(incomplete, say);
        }
    }

    /** Looks for names that were not compared, since nothing was done to them: the one case that needs the whole tree. */
    private void search(Set<Long> wanted, Say say) throws IOException {
        Deque<Place> open = new ArrayDeque<>();
        open.push(new Place(top.root(), LayerPath.ROOT));
        while (!open.isEmpty()) {
            Place current = open.pop();
            for (Iterator<View.Dirent> i = top.list(current.directory); i.hasNext(); ) {
                View.Dirent entry = i.next();
                if (entry.type() == FileType.DIRECTORY) {
                    open.push(new Place(entry.inode(), current.path.resolve(entry.name())));
                } else if (wanted.contains(entry.inode())) {
                    say.say(current.path.resolve(entry.name()), entry.inode());
                }
            }
        }
    }

    private record Place(long directory, LayerPath path) {}
}
