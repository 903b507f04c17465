package io.layerfs.upper;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.union.Difference;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a tree can differ from the view below: the names of what was changed, and those on the way to it. Found from the
 * changed inodes, so that the cost is that of the changes; a directory on the way is listed once, for its name.
 */
final class Touched implements Difference.Scope {

    private final Tree tree;
    private final Map<Long, NavigableSet<Name>> names = new HashMap<>();
    private final Set<Long> reached = new HashSet<>();

    private Touched(Tree tree) {
        this.tree = tree;
    }

    static Touched of(Tree tree) throws IOException {
        Touched touched = new Touched(tree);
        Map<Long, Node> changed = new HashMap<>();
        tree.nodes().forEach(changed::put);
        Set<Long> linked = new HashSet<>();
        for (Map.Entry<Long, Node> entry : changed.entrySet()) {
            touched.add(entry.getKey(), entry.getValue(), linked);
        }
        if (!linked.isEmpty()) {
            touched.addNames(linked);
        }
        touched.addWays();
        return touched;
    }

    private NavigableSet<Name> in(long directory) {
        return names.computeIfAbsent(directory, d -> new TreeSet<>());
    }

    private void add(long inode, Node node, Set<Long> linked) throws IOException {
        if (node.links() == 0) {
            return;
        }
        if (node instanceof Node.Directory directory) {
            NavigableSet<Name> own = in(inode);
            directory.names().entries().forEachRemaining(entry -> own.add(entry.name()));
        } else if (node instanceof Node.File file && file.origin() != null) {
            if (tree.lower().stat(inode).links() > 1) {
                linked.add(inode);
            } else {
                in(file.origin().directory()).add(file.origin().name());
            }
        }
    }

    /** Of changed files with several names below all are touched: no one knows them but the whole tree below. */
    private void addNames(Set<Long> linked) throws IOException {
        Deque<Long> open = new ArrayDeque<>();
        open.push(tree.root());
        while (!open.isEmpty()) {
            long directory = open.pop();
            for (Iterator<View.Dirent> i = tree.lower().list(directory); i.hasNext(); ) {
                View.Dirent entry = i.next();
                if (entry.type() == FileType.DIRECTORY) {
                    open.push(entry.inode());
                } else if (linked.contains(entry.inode())) {
                    in(directory).add(entry.name());
                }
            }
        }
    }

    /** Adds the names of all touched directories, up to the root. */
    private void addWays() throws IOException {
        Set<Long> open = new HashSet<>(names.keySet());
        while (!open.isEmpty()) {
            Map<Long, Set<Long>> children = new HashMap<>();
            for (long directory : open) {
                if (reached.add(directory) && directory != tree.root() && isThere(directory)) {
                    long parent = tree.parent(directory);
                    children.computeIfAbsent(parent, p -> new HashSet<>()).add(directory);
                }
            }
            for (Map.Entry<Long, Set<Long>> entry : children.entrySet()) {
                addChildren(entry.getKey(), entry.getValue());
            }
            open = children.keySet();
        }
    }

    private boolean isThere(long directory) {
        Node node = tree.nodes().get(directory);
        return node == null ? !tree.isNew(directory) : node.links() > 0;
    }

    /** Adds the names that directories have in the one that holds them. Changed names are there already. */
    private void addChildren(long parent, Set<Long> wanted) throws IOException {
        Set<Long> missing = new HashSet<>(wanted);
        if (tree.nodes().get(parent) instanceof Node.Directory changed) {
            changed.names().entries().forEachRemaining(entry -> missing.remove(entry.value()));
        }
        if (missing.isEmpty() || tree.isNew(parent)) {
            in(parent);
            return;
        }
        for (Iterator<View.Dirent> i = tree.lower().list(parent); i.hasNext() && !missing.isEmpty(); ) {
            View.Dirent entry = i.next();
            if (missing.remove(entry.inode())) {
                in(parent).add(entry.name());
            }
        }
    }

    @Override
    public Set<Name> touched(long directory) {
        NavigableSet<Name> touched = names.get(directory);
        return touched == null ? Set.of() : touched;
    }

    @Override
    public boolean sameData(long inode) {
        Node node = tree.nodes().get(inode);
        return node == null || (node instanceof Node.Regular file && file.data() == null);
    }
}
