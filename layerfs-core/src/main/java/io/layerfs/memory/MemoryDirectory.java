package io.layerfs.memory;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.LayerPath;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A directory of a changeset, held in memory and built name by name.
 *
 * <p>{@link #child} is a hash lookup; {@link #children} sorts once, at its first call after a change. A name costs its
 * bytes and 20 to 30 more, beside the entry itself; a directory without names under 100. An iterator shows the names
 * that there were when it was made.
 *
 * <p>Not safe for use by many threads while it is built; safe afterwards, where it was passed on safely.
 */
public final class MemoryDirectory implements Entry.Directory {

    private static final Object[] NOTHING = new Object[0];

    private Attributes attributes;
    private boolean implicit;
    private boolean opaque;

    private @Nullable NameTable names;
    /** What is said of each name, by the name's number, packed. */
    private @Nullable Object[] entries = NOTHING;

    private volatile int @Nullable [] order;

    private MemoryDirectory(Attributes attributes, boolean implicit) {
        this.attributes = attributes;
        this.implicit = implicit;
    }

    /** An empty directory that the layer lists, with these attributes. */
    public static MemoryDirectory of(Attributes attributes) {
        return new MemoryDirectory(attributes, false);
    }

    /** An empty directory that the layer implies but does not list. */
    public static MemoryDirectory ofImplicit() {
        return new MemoryDirectory(Attributes.IMPLICIT_DIRECTORY, true);
    }

    /** Makes the layer list this directory, with these attributes; names and opaque flag stay. Answers this. */
    public MemoryDirectory list(Attributes listed) {
        attributes = listed;
        implicit = false;
        return this;
    }

    /** Sets whether it hides everything that lower layers have here. Answers this. */
    public MemoryDirectory setOpaque(boolean hides) {
        opaque = hides;
        return this;
    }

    /** Says {@code entry} of {@code name}, in place of what was said of it before. Answers this. */
    public MemoryDirectory put(Name name, Entry entry) {
        NameTable table = names;
        if (table == null) {
            table = new NameTable();
            names = table;
        }
        int number = table.find(name);
        if (number < 0) {
            number = table.add(name);
            order = null;
        }
        if (number >= entries.length) {
            entries = Arrays.copyOf(entries, number + (number >> 1) + 2);
        }
        entries[number] = PackedFile.pack(entry);
        return this;
    }

    /**
     * Says {@code entry} of {@code path}, in place of what was said of it before, names below it included; directories
     * on the way that nothing is said of become implicit ones. Answers this.
     *
     * @throws MalformedLayerException where a name on the way is said to be something else than a directory in memory
     * @throws IllegalArgumentException for the root, which cannot be replaced
     */
    public MemoryDirectory put(LayerPath path, Entry entry) throws MalformedLayerException {
        if (path.depth() == 0) {
            throw new IllegalArgumentException("the root cannot be replaced");
        }
        MemoryDirectory directory = this;
        for (int i = 0; i < path.depth() - 1; i++) {
            Entry next = directory.child(path.name(i));
            if (next == null) {
                next = ofImplicit();
                directory.put(path.name(i), next);
            }
            if (!(next instanceof MemoryDirectory)) {
                throw new MalformedLayerException(
                        "entry '" + path + "' lies in '" + path.name(i) + "', which is not a directory");
            }
            directory = (MemoryDirectory) next;
        }
        directory.put(path.lastName(), entry);
        return this;
    }

    /** The changeset whose root this is. */
    public Changeset toChangeset() {
        return new Changeset(this);
    }

    /** How many names something is said of. */
    public int size() {
        return names == null ? 0 : names.count();
    }

    @Override
    public Attributes attributes() {
        return attributes;
    }

    @Override
    public boolean implicit() {
        return implicit;
    }

    @Override
    public boolean opaque() {
        return opaque;
    }

    @Override
    public @Nullable Entry child(Name name) {
        int number = names == null ? -1 : names.find(name);
        Object packed = number < 0 ? null : entries[number];
        return packed == null ? null : PackedFile.unpack(packed);
    }

    @Override
    public Iterator<Child> children() {
        NameTable table = names;
        return table == null ? Collections.emptyIterator() : new Children(table, sorted(table));
    }

    private int[] sorted(NameTable table) {
        int[] known = order;
        if (known == null) {
            known = table.sorted();
            order = known;
        }
        return known;
    }

    private final class Children implements Iterator<Child> {
        private final NameTable table;
        private final int[] numbers;
        private int next;

        Children(NameTable table, int[] numbers) {
            this.table = table;
            this.numbers = numbers;
        }

        @Override
        public boolean hasNext() {
            return next < numbers.length;
        }

        @Override
        public Child next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int number = numbers[next++];
            return new Child(table.name(number), PackedFile.unpack(Objects.requireNonNull(entries[number])));
        }
    }
}
