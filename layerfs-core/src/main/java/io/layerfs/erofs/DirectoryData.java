package io.layerfs.erofs;

import io.layerfs.FileType;
import io.layerfs.Name;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The names of one directory on their way into blocks. They come in order, but for {@code .} and {@code ..}, which come first
 * and stand in the order of the bytes, too.
 */
final class DirectoryData {

    private byte[] names = new byte[256];
    private int[] ends = new int[16];
    private int[] nids = new int[16];
    private byte[] types = new byte[16];
    private int count;

    void add(Name name, int nid, FileType type) {
        int start = start(count);
        if (start + name.length() > names.length) {
            names = Arrays.copyOf(names, Math.max(names.length + (names.length >> 1), start + name.length()));
        }
        if (count == nids.length) {
            int capacity = count + (count >> 1);
            ends = Arrays.copyOf(ends, capacity);
            nids = Arrays.copyOf(nids, capacity);
            types = Arrays.copyOf(types, capacity);
        }
        for (int i = 0; i < name.length(); i++) {
            names[start + i] = name.byteAt(i);
        }
        ends[count] = start + name.length();
        nids[count] = nid;
        types[count] = (byte) Erofs.direntType(type);
        count++;
    }

    private int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }

    private int length(int index) {
        return ends[index] - start(index);
    }

    /** How many bytes of directory it is: whole blocks, and what the last one has. */
    long size() {
        long blocks = 0;
        int used = 0;
        for (int i = 0; i < count; i++) {
            int entry = Erofs.DIRENT + length(ordered(i));
            if (used + entry > Erofs.BLOCK) {
                blocks++;
                used = 0;
            }
            used += entry;
        }
        return blocks * Erofs.BLOCK + used;
    }

    /** The index of the entry that is {@code i}th in the order of bytes: the two dots are moved behind what sorts before. */
    private int ordered(int i) {
        int before = countBeforeDots();
        int afterOneDot = countBefore(1, before);
        if (i < before) {
            return i + 2;
        }
        if (i == before) {
            return 0;
        }
        if (i <= afterOneDot) {
            return i + 1;
        }
        return i == afterOneDot + 1 ? 1 : i;
    }

    private int dotsAt = -1;
    private int twoDotsAt = -1;

    private int countBeforeDots() {
        if (dotsAt < 0) {
            dotsAt = countBefore(0, 0);
        }
        return dotsAt;
    }

    /** How many of the names but the two dots sort before the dot entry {@code dots}; at least {@code known}. */
    private int countBefore(int dots, int known) {
        if (dots == 1 && twoDotsAt >= 0) {
            return twoDotsAt;
        }
        int n = known;
        while (n + 2 < count
                && Arrays.compareUnsigned(names, start(n + 2), ends[n + 2], names, start(dots), ends[dots]) < 0) {
            n++;
        }
        if (dots == 1) {
            twoDotsAt = n;
        }
        return n;
    }

    /** Writes the blocks at {@code position}, a block's start. */
    void write(IndexOutput out, long position) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(Erofs.BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        long at = position;
        int first = 0;
        while (first < count) {
            int end = first;
            int used = 0;
            while (end < count && used + Erofs.DIRENT + length(ordered(end)) <= Erofs.BLOCK) {
                used += Erofs.DIRENT + length(ordered(end));
                end++;
            }
            fill(block, first, end);
            boolean last = end == count;
            out.write(at, block.position(0).limit(last ? used : Erofs.BLOCK));
            at += Erofs.BLOCK;
            first = end;
        }
    }

    private void fill(ByteBuffer block, int first, int end) {
        block.clear().put(new byte[Erofs.BLOCK]).clear();
        int nameOffset = (end - first) * Erofs.DIRENT;
        for (int i = first; i < end; i++) {
            int entry = ordered(i);
            int at = (i - first) * Erofs.DIRENT;
            block.putLong(at, nids[entry]).putShort(at + 8, (short) nameOffset).put(at + 10, types[entry]);
            block.put(nameOffset, names, start(entry), length(entry));
            nameOffset += length(entry);
        }
    }
}
