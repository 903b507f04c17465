package io.layerfs.memory;

import io.layerfs.Name;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * A growing set of names, each with a number: 0, 1, ... in the order of being added.
 *
 * <p>The names lie one behind the other in one array, because a layer may have a million of them and an object each
 * costs more than the name. Up to {@value #SCANNED} names are found by looking at each; more, by an open hash table.
 *
 * <p>Not safe for use by many threads while names are added; safe afterwards.
 */
final class NameTable {

    private static final int SCANNED = 8;

    private byte[] pool = new byte[0];
    private int[] ends = new int[0];
    private int[] slots = new int[0];
    private int count;

    int count() {
        return count;
    }

    /** The number of {@code name}, -1 where it was not added. */
    int find(Name name) {
        if (slots.length == 0) {
            for (int i = 0; i < count; i++) {
                if (matches(i, name)) {
                    return i;
                }
            }
            return -1;
        }
        return slots[slot(name)] - 1;
    }

    /** Adds a name that {@link #find} did not find; answers its number. */
    int add(Name name) {
        int start = count == 0 ? 0 : ends[count - 1];
        pool = reserve(pool, start, name.length());
        for (int i = 0; i < name.length(); i++) {
            pool[start + i] = name.byteAt(i);
        }
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, grown(count, 1));
        }
        ends[count] = start + name.length();
        count++;
        index(name);
        return count - 1;
    }

    /** The name that has this number. */
    Name name(int number) {
        return Name.of(Arrays.copyOfRange(pool, start(number), ends[number]));
    }

    /** All numbers, in the order of the names. */
    int[] sorted() {
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = i;
        }
        sort(numbers.clone(), numbers, 0, count);
        return numbers;
    }

    /** Sorts {@code from..to} of {@code target}; {@code source} holds the same there, and is used up. */
    private void sort(int[] source, int[] target, int from, int to) {
        if (to - from < 2) {
            return;
        }
        int middle = (from + to) >>> 1;
        sort(target, source, from, middle);
        sort(target, source, middle, to);
        int left = from;
        int right = middle;
        for (int i = from; i < to; i++) {
            boolean takeLeft = right == to || (left < middle && compare(source[left], source[right]) < 0);
            target[i] = takeLeft ? source[left++] : source[right++];
        }
    }

    private int compare(int a, int b) {
        return Arrays.compareUnsigned(pool, start(a), ends[a], pool, start(b), ends[b]);
    }

    private int start(int number) {
        return number == 0 ? 0 : ends[number - 1];
    }

    private boolean matches(int number, Name name) {
        int start = start(number);
        if (ends[number] - start != name.length()) {
            return false;
        }
        for (int i = name.length() - 1; i >= 0; i--) {
            if (pool[start + i] != name.byteAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void index(Name added) {
        if (count <= SCANNED) {
            return;
        }
        if (count <= slots.length / 2) {
            slots[slot(added)] = count;
            return;
        }
        slots = new int[Math.max(32, Math.multiplyExact(slots.length, 2))];
        for (int i = 0; i < count; i++) {
            int slot = Hash.of(pool, start(i), ends[i]) & (slots.length - 1);
            while (slots[slot] != 0) {
                slot = (slot + 1) & (slots.length - 1);
            }
            slots[slot] = i + 1;
        }
    }

    /** Where the number of {@code name}, plus one, is or would be; 0 marks a free slot. */
    private int slot(Name name) {
        int slot = Hash.of(name) & (slots.length - 1);
        while (slots[slot] != 0 && !matches(slots[slot] - 1, name)) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private static byte[] reserve(byte[] array, int used, int more) {
        return array.length - used >= more ? array : Arrays.copyOf(array, grown(used, more));
    }

    private static int grown(int used, int more) {
        long wanted = Math.max((long) used + more, used + (long) (used >> 1) + 2);
        if ((long) used + more > Integer.MAX_VALUE - 8) {
            throw new OutOfMemoryError("more than 2 GiB of names in one directory");
        }
        return (int) Math.min(wanted, Integer.MAX_VALUE - 8);
    }

    /**
     * A polynomial over the prime 2^61 - 1 at a random point: whoever makes a layer cannot choose names that collide,
     * which would make a table of them quadratic.
     */
    static final class Hash {
        private static final long PRIME = (1L << 61) - 1;
        private static final long POINT = (new SecureRandom().nextLong() & PRIME) | (1L << 40);

        static int of(Name name) {
            long h = 0;
            for (int i = 0; i < name.length(); i++) {
                h = step(h, name.byteAt(i));
            }
            return finish(h);
        }

        static int of(byte[] bytes, int from, int to) {
            long h = 0;
            for (int i = from; i < to; i++) {
                h = step(h, bytes[i]);
            }
            return finish(h);
        }

        private static long step(long h, byte b) {
            long x = h + (b & 0xff) + 1;
            long high = Math.multiplyHigh(x, POINT);
            long low = x * POINT;
            // 2^61 = 1 modulo the prime: the bits from 61 upwards are added to those below
            long sum = (low & PRIME) + ((low >>> 61) | (high << 3));
            return sum >= PRIME ? sum - PRIME : sum;
        }

        private static int finish(long h) {
            return (int) (h ^ (h >>> 32));
        }
    }
}
