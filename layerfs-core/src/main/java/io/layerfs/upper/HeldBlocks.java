package io.layerfs.upper;

import io.layerfs.blob.RandomFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The first blocks that are written of a large file, in memory, so that to change a few bytes of it makes no file. Zeros where
 * nothing was written. What they take counts against the memory of their area. Safe for many threads that read, or one that
 * writes.
 */
final class HeldBlocks {

    /** So many are held, as many bytes as a small file has. */
    static final int MOST = FileData.SMALL / BlockSet.BLOCK;

    private final DataArea area;
    private final Map<Long, byte[]> blocks = new HashMap<>();

    HeldBlocks(DataArea area) {
        this.area = area;
    }

    /** Whether what is written at {@code position} can be held, too. */
    boolean hasRoom(long position, int count) {
        long end = position + count;
        if (count > MOST * BlockSet.BLOCK) {
            return false;
        }
        int more = 0;
        for (long block = position / BlockSet.BLOCK; block * BlockSet.BLOCK < end; block++) {
            more += blocks.containsKey(block) ? 0 : 1;
        }
        return blocks.size() + more <= MOST && area.hasMemory((long) more * BlockSet.BLOCK);
    }

    /** Holds the rest of {@code source}, for which there is room. */
    void write(long position, ByteBuffer source) {
        for (long at = position; source.hasRemaining(); ) {
            byte[] block = blocks.computeIfAbsent(at / BlockSet.BLOCK, b -> newBlock());
            int from = (int) (at % BlockSet.BLOCK);
            int count = Math.min(source.remaining(), BlockSet.BLOCK - from);
            source.get(block, from, count);
            at += count;
        }
    }

    private byte[] newBlock() {
        area.memory().addAndGet(BlockSet.BLOCK);
        return new byte[BlockSet.BLOCK];
    }

    /** Fills {@code target}. */
    void read(long position, ByteBuffer target) {
        for (long at = position; target.hasRemaining(); ) {
            int from = (int) (at % BlockSet.BLOCK);
            int count = Math.min(target.remaining(), BlockSet.BLOCK - from);
            byte[] block = blocks.get(at / BlockSet.BLOCK);
            if (block == null) {
                Zeros.put(target, count);
            } else {
                target.put(block, from, count);
            }
            at += count;
        }
    }

    /** Forgets what is at {@code size} and behind it. */
    void truncate(long size) {
        int before = blocks.size();
        blocks.keySet().removeIf(block -> block * BlockSet.BLOCK >= size);
        area.memory().addAndGet((blocks.size() - before) * (long) BlockSet.BLOCK);
        byte[] last = blocks.get(size / BlockSet.BLOCK);
        if (last != null) {
            Arrays.fill(last, (int) (size % BlockSet.BLOCK), BlockSet.BLOCK, (byte) 0);
        }
    }

    /** Writes all to a file. */
    void writeTo(RandomFile file) throws IOException {
        for (Map.Entry<Long, byte[]> block : blocks.entrySet()) {
            file.write(block.getKey() * BlockSet.BLOCK, block.getValue(), 0, BlockSet.BLOCK);
        }
    }

    /** Gives the memory back. */
    void clear() {
        area.memory().addAndGet(-(long) blocks.size() * BlockSet.BLOCK);
        blocks.clear();
    }
}
