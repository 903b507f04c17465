package io.layerfs;

import java.io.IOException;
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
        walk(LayerPath.ROOT, root, visitor);
    }

    private static void walk(LayerPath path, Entry entry, Visitor visitor) throws IOException {
        visitor.visit(path, entry);
        if (entry instanceof Entry.Directory directory) {
            for (Iterator<Entry.Child> i = directory.children(); i.hasNext(); ) {
                Entry.Child child = i.next();
                walk(path.resolve(child.name()), child.entry(), visitor);
            }
        }
    }
}
