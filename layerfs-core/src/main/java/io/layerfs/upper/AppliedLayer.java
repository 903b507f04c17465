package io.layerfs.upper;

import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.LayerPath;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.WritableView;
import io.layerfs.union.Union;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * A small layer on top of a view, in memory: what a merged index of both would show, at the cost of the layer alone. Hence an
 * image that was just committed can be used at once, however large its base.
 *
 * <p>Law: {@code on(view(a), b)} shows what {@link Union#merge} of a and b shows, numbers of links included.
 */
public final class AppliedLayer {

    private final View below;
    private final EntryNodes nodes = new EntryNodes();
    private final Map<Long, Long> numbers = new HashMap<>();
    /** The files below that the layer links to: these alone may lose their last name and still be seen. */
    private final Set<Long> linked = new HashSet<>();

    private final Deque<Open> open = new ArrayDeque<>();
    private Tree tree;

    private AppliedLayer(View below) {
        this.below = below;
        this.tree = Tree.over(below);
    }

    /** What is seen when {@code changes} lies on top of {@code below}. */
    public static View on(View below, Changeset changes) throws IOException {
        AppliedLayer applied = new AppliedLayer(below);
        changes.walk((path, entry) -> {
            if (entry instanceof Entry.HardLink link) {
                applied.linked.add(applied.find(link.target()));
            }
        });
        applied.open.push(new Open(below.root(), changes.root()));
        while (!applied.open.isEmpty()) {
            Open next = applied.open.pop();
            applied.apply(next.number, next.said);
        }
        return applied.tree;
    }

    /** A directory that is there, of which something is said that is not applied yet. */
    private record Open(long number, Entry.Directory said) {}

    private Node node(long inode) throws IOException {
        return new Transaction(tree, Instant.EPOCH, null).node(new WritableView.Place(View.ABSENT, null, inode));
    }

    /** Applies what is said of a directory that is there. */
    private void apply(long number, Entry.Directory said) throws IOException {
        Node.Directory directory = (Node.Directory) node(number);
        if (said.opaque()) {
            hideAll(number);
            directory = new Node.Directory(directory.meta(), 2, directory.parent(), false, NameMap.EMPTY);
        }
        tree = tree.with(number, said.implicit() ? directory : directory.with(EntryNodes.meta(said.attributes())));
        for (Iterator<Entry.Child> i = said.children(); i.hasNext(); ) {
            Entry.Child child = i.next();
            apply(number, child.name(), child.entry());
        }
    }

    private void apply(long number, Name name, Entry entry) throws IOException {
        long old = tree.lookup(number, name);
        boolean wasDirectory = old != View.ABSENT && tree.type(old) == FileType.DIRECTORY;
        if (entry instanceof Entry.Directory said) {
            if (wasDirectory) {
                open.push(new Open(old, said));
                return;
            }
            if (Union.isHollow(said)) {
                return;
            }
        }
        if (old != View.ABSENT) {
            hide(old);
        }
        long made = make(number, entry);
        Node.Directory directory = (Node.Directory) node(number);
        int links = directory.links() + (entry instanceof Entry.Directory ? 1 : 0) - (wasDirectory ? 1 : 0);
        tree = tree.with(
                number, directory.withNames(directory.names().put(name, made)).withLinks(links));
        if (entry instanceof Entry.Directory said) {
            open.push(new Open(made, said));
        }
    }

    /** The inode that an entry stands for; {@link View#ABSENT} for a whiteout. */
    private long make(long parent, Entry entry) throws IOException {
        if (entry instanceof Entry.Whiteout) {
            return View.ABSENT;
        }
        if (entry instanceof Entry.HardLink link) {
            long target = find(link.target());
            Node node = node(target);
            tree = tree.with(target, node.withLinks(node.links() + 1));
            return target;
        }
        if (entry instanceof Entry.Directory said) {
            long number = tree.next();
            tree = tree.with(
                    number, new Node.Directory(EntryNodes.meta(said.attributes()), 2, parent, false, NameMap.EMPTY));
            return number;
        }
        Entry.File file = (Entry.File) entry;
        Long known = numbers.get(file.inode());
        long number = known == null ? tree.next() : known;
        numbers.put(file.inode(), number);
        tree = tree.with(
                number,
                known == null
                        ? nodes.node(file, 1, null)
                        : node(number).withLinks(node(number).links() + 1));
        return number;
    }

    private long find(LayerPath path) throws IOException {
        long inode = below.root();
        for (Name name : path.names()) {
            boolean inDirectory = inode != View.ABSENT && below.type(inode) == FileType.DIRECTORY;
            inode = inDirectory ? below.lookup(inode, name) : View.ABSENT;
        }
        if (inode == View.ABSENT || below.type(inode) == FileType.DIRECTORY) {
            throw new MalformedLayerException("a hard link to " + path + ", which is "
                    + (inode == View.ABSENT ? "nowhere in the layers below" : "a directory in the layers below"));
        }
        return inode;
    }

    private void hideAll(long directory) throws IOException {
        Deque<Long> hidden = new ArrayDeque<>();
        hidden.push(directory);
        while (!hidden.isEmpty()) {
            for (Iterator<View.Dirent> i = tree.list(hidden.pop()); i.hasNext(); ) {
                View.Dirent entry = i.next();
                if (entry.type() == FileType.DIRECTORY) {
                    hidden.push(entry.inode());
                } else {
                    hide(entry.inode());
                }
            }
        }
    }

    /** What is hidden counts no more among the links of a file that has other names. */
    private void hide(long inode) throws IOException {
        Stat stat = tree.stat(inode);
        if (stat.type() == FileType.DIRECTORY) {
            hideAll(inode);
        } else if (stat.links() > 1 || linked.contains(inode)) {
            tree = tree.with(inode, node(inode).withLinks(stat.links() - 1));
        }
    }
}
