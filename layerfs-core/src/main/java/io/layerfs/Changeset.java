package io.layerfs;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What a layer says: entries by path, whiteouts included. A tree that hangs from its root directory.
 *
 * <p>As safe for many threads, and as lasting, as the directories it is made of.
 */
public record Changeset(Entry.Directory root) {

    /** Takes one entry of a walk. */
    @FunctionalInterface
    public interface Visitor {
        /** Called with each path and what the changeset says of it. */
        void visit(LayerPath path, Entry entry) throws IOException;
    }

    /** What it says of {@code path}; null for nothing. */
    public @Nullable Entry find(LayerPath path) throws IOException {
        Entry entry = root;
        for (Name name : path.names()) {
            if (!(entry instanceof Entry.Directory directory)) {
                return null;
            }
            entry = directory.child(name);
        }
        return entry;
    }

    /** Calls {@code visitor} for the root and every entry, in the order of {@link LayerPath}. */
    public void walk(Visitor visitor) throws IOException {
        Deque<Walked> open = new ArrayDeque<>();
        visitor.visit(LayerPath.ROOT, root);
        open.push(new Walked(LayerPath.ROOT, root.children()));
        while (!open.isEmpty()) {
            Walked current = open.element();
            if (!current.children.hasNext()) {
                open.pop();
                continue;
            }
            Entry.Child child = current.children.next();
            LayerPath path = current.path.resolve(child.name());
            visitor.visit(path, child.entry());
            if (child.entry() instanceof Entry.Directory directory) {
                open.push(new Walked(path, directory.children()));
            }
        }
    }

    /** A directory of which a walk has visited some children. */
    private record Walked(LayerPath path, Iterator<Entry.Child> children) {}
}
