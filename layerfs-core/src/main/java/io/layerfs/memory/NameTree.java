package io.layerfs.memory;

import java.util.Arrays;

/**
 * A growing tree of names, each with a number: the root is 0, then 1, 2, ... in the order of being added.
 *
 * <p>For a million paths: a name costs its bytes and 16 to 24 more. Found by hash, with a key that no layer's maker knows. Not
 * safe for use by many threads.
 */
public final class NameTree {

    /** The root's number. */
    public static final int ROOT = 0;

    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private byte[] pool = new byte[1 << 10];
    private int[] ends = new int[64];
    private int[] parents = new int[64];
    private int[] slots = new int[128];
    private int count = 1;

    /** How many names there are, the root included. */
    public int count() {
        return count;
    }

    /** The number of a name in {@code parent}; -1 where it was not added. */
    public int find(int parent, byte[] name) {
        return slots[slot(parent, name)] - 1;
    }

    /** Adds a name that {@link #find} did not find; answers its number. */
    public int add(int parent, byte[] name) {
        int start = ends[count - 1];
        if (pool.length - start < name.length) {
            pool = Arrays.copyOf(pool, grown(start, name.length));
        }
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, grown(count, 1));
            parents = Arrays.copyOf(parents, ends.length);
        }
        System.arraycopy(name, 0, pool, start, name.length);
        ends[count] = start + name.length;
        parents[count] = parent;
        slots[slot(parent, name)] = ++count;
        if (count > slots.length / 2) {
            rehash();
        }
        return count - 1;
    }

    /** The directory that a name is in. */
    public int parent(int number) {
        return parents[number];
    }

    /** The name that has this number; of no bytes for the root. */
    public byte[] name(int number) {
        return Arrays.copyOfRange(pool, start(number), ends[number]);
    }

    private void rehash() {
        slots = new int[Math.multiplyExact(slots.length, 2)];
        for (int i = 1; i < count; i++) {
            int slot = hash(parents[i], NameTable.Hash.of(pool, start(i), ends[i]));
            while (slots[slot] != 0) {
                slot = (slot + 1) & (slots.length - 1);
            }
            slots[slot] = i + 1;
        }
    }

    /** Where the number of a name, plus one, is or would be; 0 marks a free slot. */
    private int slot(int parent, byte[] name) {
        int slot = hash(parent, NameTable.Hash.of(name, 0, name.length));
        while (slots[slot] != 0 && !matches(slots[slot] - 1, parent, name)) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private int hash(int parent, int name) {
        return (int) ((((parent * SPREAD) ^ name) * SPREAD) >>> 32) & (slots.length - 1);
    }

    private boolean matches(int number, int parent, byte[] name) {
        return parents[number] == parent && Arrays.equals(pool, start(number), ends[number], name, 0, name.length);
    }

    private int start(int number) {
        return number == 0 ? 0 : ends[number - 1];
    }

    private static int grown(int used, int more) {
        return (int) Math.min(Math.max((long) used + more, used + (used >> 1) + 2L), Integer.MAX_VALUE - 8);
    }
}
