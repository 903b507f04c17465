package io.layerfs.upper;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which blocks of a file are there: a bitmap in pages, so that a sparse file of any size needs little. 512 bytes for each 16
 * MiB of a file in which something was written. Not safe for many threads.
 */
final class BlockSet {

    /** Bytes of a block. */
    static final int BLOCK = 4096;

    private static final int PAGE_BITS = 4096;

    private final TreeMap<Long, long[]> pages = new TreeMap<>();
    private long count;

    /** Takes blocks that follow each other. */
    interface Runs {
        void run(long first, long count) throws IOException;
    }

    /** How many there are. */
    long count() {
        return count;
    }

    boolean contains(long block) {
        long[] page = pages.get(block / PAGE_BITS);
        return page != null && (page[(int) (block % PAGE_BITS) >> 6] >>> (block & 63) & 1) != 0;
    }

    /** The first block behind {@code block} that is not like it, {@code limit} at most. */
    long runEnd(long block, long limit) {
        boolean present = contains(block);
        long end = block + 1;
        while (end < limit) {
            long[] page = pages.get(end / PAGE_BITS);
            if (page == null) {
                if (present) {
                    return end;
                }
                end = (end / PAGE_BITS + 1) * PAGE_BITS;
                continue;
            }
            int inPage = (int) (end % PAGE_BITS);
            long word = page[inPage >> 6] >>> (end & 63);
            long other = present ? ~word : word;
            int left = 64 - (int) (end & 63);
            int same = Math.min(left, Long.numberOfTrailingZeros(other));
            end += same;
            if (same < left) {
                return Math.min(end, limit);
            }
        }
        return limit;
    }

    /** How many of {@code first} to {@code end} (exclusive) are missing. */
    long missing(long first, long end) {
        long missing = 0;
        for (long block = first; block < end; ) {
            long next = runEnd(block, end);
            missing += contains(block) ? 0 : next - block;
            block = next;
        }
        return missing;
    }

    /** Adds {@code first} to {@code end} (exclusive). */
    void add(long first, long end) {
        for (long block = first; block < end; block++) {
            long[] page = pages.computeIfAbsent(block / PAGE_BITS, p -> new long[PAGE_BITS / 64]);
            int word = (int) (block % PAGE_BITS) >> 6;
            long bit = 1L << (block & 63);
            if ((page[word] & bit) == 0) {
                page[word] |= bit;
                count++;
            }
        }
    }

    /** Removes {@code first} and all behind it. */
    void removeFrom(long first) {
        pages.tailMap(first / PAGE_BITS, false).clear();
        long[] page = pages.get(first / PAGE_BITS);
        if (page != null) {
            for (long block = first; block % PAGE_BITS != 0 || block == first; block++) {
                page[(int) (block % PAGE_BITS) >> 6] &= ~(1L << (block & 63));
            }
        }
        count = 0;
        for (long[] rest : pages.values()) {
            for (long word : rest) {
                count += Long.bitCount(word);
            }
        }
    }

    /** Shows all, as runs, in order. */
    void forEachRun(Runs visitor) throws IOException {
        for (Map.Entry<Long, long[]> page : pages.entrySet()) {
            long start = page.getKey() * PAGE_BITS;
            long end = start + PAGE_BITS;
            for (long block = start; block < end; ) {
                long next = runEnd(block, end);
                if (contains(block)) {
                    visitor.run(block, next - block);
                }
                block = next;
            }
        }
    }
}
