package io.layerfs.upper;

import org.jspecify.annotations.Nullable;

/**
 * An immutable map from numbers to values: a trie over the bits of the number, 5 at a level, each node with just the slots
 * that it needs. A change makes a new map that shares all but one node of each level with the old one.
 *
 * <p>Numbers that follow each other fill a node's slots, so that the depth is the logarithm of the size to base 32; it is 13
 * at most, whatever the numbers.
 */
final class LongMap<V> {

    private static final int BITS = 5;
    private static final Branch EMPTY_ROOT = new Branch(0, new Object[0]);
    private static final LongMap<Object> EMPTY = new LongMap<>(EMPTY_ROOT, 0);

    private final Branch root;
    private final int size;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Branch(int bitmap, Object[] slots) {

        private static int bit(long key, int shift) {
            return 1 << (int) (key >>> shift & 31);
        }

        private int index(int bit) {
            return Integer.bitCount(bitmap & bit - 1);
        }

        private Branch with(int index, Object slot) {
            Object[] copy = slots.clone();
            copy[index] = slot;
            return new Branch(bitmap, copy);
        }

        private Branch inserting(int bit, Object slot) {
            int index = index(bit);
            Object[] copy = new Object[slots.length + 1];
            System.arraycopy(slots, 0, copy, 0, index);
            copy[index] = slot;
            System.arraycopy(slots, index, copy, index + 1, slots.length - index);
            return new Branch(bitmap | bit, copy);
        }

        private Branch removing(int bit) {
            int index = index(bit);
            Object[] copy = new Object[slots.length - 1];
            System.arraycopy(slots, 0, copy, 0, index);
            System.arraycopy(slots, index + 1, copy, index, copy.length - index);
            return new Branch(bitmap & ~bit, copy);
        }
    }

    private record Leaf(long key, Object value) {}

    /** Takes one number and its value. */
    interface Visitor<V> {
        void visit(long key, V value);
    }

    private LongMap(Branch root, int size) {
        this.root = root;
        this.size = size;
    }

    @SuppressWarnings("unchecked") // it holds no value
    static <V> LongMap<V> empty() {
        return (LongMap<V>) EMPTY;
    }

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked") // only put stores values
    @Nullable
    V get(long key) {
        Object node = root;
        for (int shift = 0; node instanceof Branch branch; shift += BITS) {
            int bit = Branch.bit(key, shift);
            if ((branch.bitmap & bit) == 0) {
                return null;
            }
            node = branch.slots[branch.index(bit)];
        }
        Leaf leaf = (Leaf) node;
        return leaf.key == key ? (V) leaf.value : null;
    }

    LongMap<V> put(long key, V value) {
        boolean known = get(key) != null;
        return new LongMap<>(put(root, 0, new Leaf(key, value)), known ? size : size + 1);
    }

    private static Branch put(Branch branch, int shift, Leaf leaf) {
        int bit = Branch.bit(leaf.key, shift);
        if ((branch.bitmap & bit) == 0) {
            return branch.inserting(bit, leaf);
        }
        int index = branch.index(bit);
        Object slot = branch.slots[index];
        if (slot instanceof Branch below) {
            return branch.with(index, put(below, shift + BITS, leaf));
        }
        Leaf other = (Leaf) slot;
        return branch.with(index, other.key == leaf.key ? leaf : pair(shift + BITS, other, leaf));
    }

    /** The smallest branch that holds two leaves. */
    private static Branch pair(int shift, Leaf a, Leaf b) {
        int bitOfA = Branch.bit(a.key, shift);
        if (bitOfA == Branch.bit(b.key, shift)) {
            return new Branch(bitOfA, new Object[] {pair(shift + BITS, a, b)});
        }
        return new Branch(bitOfA, new Object[] {a}).inserting(Branch.bit(b.key, shift), b);
    }

    LongMap<V> remove(long key) {
        return get(key) == null ? this : new LongMap<>(remove(root, 0, key), size - 1);
    }

    private static Branch remove(Branch branch, int shift, long key) {
        int bit = Branch.bit(key, shift);
        int index = branch.index(bit);
        if (branch.slots[index] instanceof Branch below) {
            Branch left = remove(below, shift + BITS, key);
            if (left.slots.length == 0) {
                return branch.removing(bit);
            }
            boolean single = left.slots.length == 1 && left.slots[0] instanceof Leaf;
            return branch.with(index, single ? left.slots[0] : left);
        }
        return branch.removing(bit);
    }

    /** Visits all, in no order that could be relied upon. */
    void forEach(Visitor<V> visitor) {
        forEach(root, visitor);
    }

    @SuppressWarnings("unchecked") // only put stores values
    private static <V> void forEach(Branch branch, Visitor<V> visitor) {
        for (Object slot : branch.slots) {
            if (slot instanceof Branch below) {
                forEach(below, visitor);
            } else {
                visitor.visit(((Leaf) slot).key, (V) ((Leaf) slot).value);
            }
        }
    }
}
