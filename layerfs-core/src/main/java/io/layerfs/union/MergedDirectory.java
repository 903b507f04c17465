package io.layerfs.union;

import io.layerfs.Attributes;
import io.layerfs.Entry;
import io.layerfs.Name;
import io.layerfs.Xattrs;
import io.layerfs.memory.Held;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A directory as it is seen: the directories of several layers, top first, of which the names merge.
 *
 * <p>Holds references only; reads the layers when it is asked.
 */
final class MergedDirectory implements Entry.Directory, Held {

    /** Bytes of memory that a directory of one layer takes, without its attributes. */
    private static final int DIRECTORY = 200;

    private static final int XATTR = 170;

    /** Gathers the directories of one path, from the top layer down. */
    static final class Builder {
        private final Union union;
        private final List<Union.Said> merged = new ArrayList<>(1);
        private @Nullable Attributes attributes;
        private boolean closed;

        Builder(Union union) {
            this.union = union;
        }

        /** Adds the next lower directory; false where none below it can matter. */
        boolean add(int layer, Entry.Directory directory) {
            if (!closed) {
                merged.add(new Union.Said(layer, directory));
                closed = directory.opaque();
            }
            if (attributes == null && !directory.implicit()) {
                attributes = directory.attributes();
            }
            return !closed || attributes == null;
        }

        MergedDirectory build() {
            return new MergedDirectory(union, merged, attributes == null ? Attributes.IMPLICIT_DIRECTORY : attributes);
        }
    }

    private final Union union;
    private final List<Union.Said> topFirst;
    private final Attributes attributes;

    private MergedDirectory(Union union, List<Union.Said> topFirst, Attributes attributes) {
        this.union = union;
        this.topFirst = topFirst;
        this.attributes = attributes;
    }

    @Override
    public long bytes() {
        long bytes = 0;
        for (Union.Said said : topFirst) {
            Xattrs xattrs = ((Entry.Directory) said.entry()).attributes().xattrs();
            bytes += DIRECTORY;
            for (String name : xattrs.names()) {
                bytes += XATTR + name.length() + xattrs.size(name);
            }
        }
        return bytes;
    }

    @Override
    public Attributes attributes() {
        return attributes;
    }

    @Override
    public boolean opaque() {
        return false;
    }

    @Override
    public boolean implicit() {
        return false;
    }

    @Override
    public @Nullable Entry child(Name name) throws IOException {
        return union.decide(said(name));
    }

    /** How many layers have it. */
    int layers() {
        return topFirst.size();
    }

    /** What each layer says of a name, top first. */
    List<Union.Said> said(Name name) throws IOException {
        List<Union.Said> said = new ArrayList<>(topFirst.size());
        for (Union.Said layer : topFirst) {
            Entry entry = ((Entry.Directory) layer.entry()).child(name);
            if (entry != null) {
                said.add(new Union.Said(layer.layer(), entry));
            }
        }
        return said;
    }

    @Override
    public Iterator<Entry.Child> children() throws IOException {
        PriorityQueue<Cursor> cursors =
                new PriorityQueue<>(Math.max(1, topFirst.size()), Cursor.BY_NAME_THEN_TOP_FIRST);
        for (Union.Said layer : topFirst) {
            Cursor cursor = new Cursor(layer.layer(), ((Entry.Directory) layer.entry()).children());
            if (cursor.advance()) {
                cursors.add(cursor);
            }
        }
        return new Merge(cursors);
    }

    /** One layer's children, at the next that was not yet taken. */
    private static final class Cursor {
        static final Comparator<Cursor> BY_NAME_THEN_TOP_FIRST = (a, b) -> {
            int order = a.child().name().compareTo(b.child().name());
            return order != 0 ? order : Integer.compare(b.layer, a.layer);
        };

        final int layer;
        private final Iterator<Entry.Child> children;
        private Entry.@Nullable Child current;

        Cursor(int layer, Iterator<Entry.Child> children) {
            this.layer = layer;
            this.children = children;
        }

        boolean advance() {
            current = children.hasNext() ? children.next() : null;
            return current != null;
        }

        Entry.Child child() {
            if (current == null) {
                throw new NoSuchElementException();
            }
            return current;
        }
    }

    /** The names of all layers in order, each decided once. */
    private final class Merge implements Iterator<Entry.Child> {
        private final PriorityQueue<Cursor> cursors;
        private Entry.@Nullable Child next;

        Merge(PriorityQueue<Cursor> cursors) throws IOException {
            this.cursors = cursors;
            find();
        }

        private void find() throws IOException {
            next = null;
            while (next == null && !cursors.isEmpty()) {
                Name name = cursors.element().child().name();
                Entry.Node seen = union.decide(take(name));
                next = seen == null ? null : new Entry.Child(name, seen);
            }
        }

        private List<Union.Said> take(Name name) {
            List<Union.Said> said = new ArrayList<>(1);
            Cursor cursor = cursors.peek();
            while (cursor != null && cursor.child().name().equals(name)) {
                cursors.remove();
                said.add(new Union.Said(cursor.layer, cursor.child().entry()));
                if (cursor.advance()) {
                    cursors.add(cursor);
                }
                cursor = cursors.peek();
            }
            return said;
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public Entry.Child next() {
            Entry.Child child = next;
            if (child == null) {
                throw new NoSuchElementException();
            }
            try {
                find();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return child;
        }
    }
}
