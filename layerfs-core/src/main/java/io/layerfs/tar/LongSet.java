package io.layerfs.tar;

import java.util.Arrays;

/** A set of longs: 16 bytes for each, at most 32, by open addressing. */
final class LongSet {
    private long[] slots = new long[16];
    private boolean zero;
    private int count;

    /** Answers whether it was not in the set. */
    boolean add(long value) {
        if (value == 0) {
            boolean added = !zero;
            zero = true;
            return added;
        }
        if (count >= slots.length / 2) {
            grow();
        }
        int slot = slot(value);
        if (slots[slot] == value) {
            return false;
        }
        slots[slot] = value;
        count++;
        return true;
    }

    long[] toArray() {
        long[] values = Arrays.stream(slots).filter(v -> v != 0).toArray();
        return zero ? Arrays.copyOf(values, values.length + 1) : values;
    }

    private void grow() {
        long[] old = slots;
        slots = new long[Math.multiplyExact(old.length, 2)];
        for (long value : old) {
            if (value != 0) {
                slots[slot(value)] = value;
            }
        }
    }

    private int slot(long value) {
        int slot = (int) ((value * 0x9e3779b97f4a7c15L) >>> 32) & (slots.length - 1);
        while (slots[slot] != 0 && slots[slot] != value) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }
}
