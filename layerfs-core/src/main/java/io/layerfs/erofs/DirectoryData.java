package io.layerfs.erofs;

import io.layerfs.FileType;
import io.layerfs.Name;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The names of one directory, packed into its blocks as they come, in order. {@code .} and {@code ..} are added where they
 * belong, which need not be in front: {@code !} sorts before them.
 *
 * <p>Inode numbers that are not known when a name comes are set later, by the slot that the name got. Costs what the
 * directory has in bytes.
 */
final class DirectoryData {

    private static final Name DOT = Name.of(".");
    private static final Name DOTS = Name.of("..");

    private final List<ByteBuffer> blocks = new ArrayList<>(1);
    /** The block that is being filled: entries here, names apart until it is known where they start. */
    private ByteBuffer block = newBlock();

    private final byte[] names = new byte[Erofs.BLOCK];
    private int count;
    private int namesLength;
    private int lastBlockSize;
    private int dotSlot = -1;
    private int dotsSlot = -1;

    private static ByteBuffer newBlock() {
        return ByteBuffer.allocate(Erofs.BLOCK).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Adds a name that sorts behind all before; answers its slot: where its inode number will lie in the data. */
    int add(Name name, int nid, FileType type) {
        if (dotSlot < 0 && name.compareTo(DOT) > 0) {
            addDot();
        }
        if (dotsSlot < 0 && name.compareTo(DOTS) > 0) {
            addDots();
        }
        return append(name, nid, type);
    }

    private void addDot() {
        dotSlot = append(DOT, 0, FileType.DIRECTORY);
    }

    private void addDots() {
        dotsSlot = append(DOTS, 0, FileType.DIRECTORY);
    }

    private int append(Name name, int nid, FileType type) {
        int length = name.length();
        if ((count + 1) * Erofs.DIRENT + namesLength + length > Erofs.BLOCK) {
            closeBlock();
        }
        int at = count * Erofs.DIRENT;
        block.putLong(at, nid).putShort(at + 8, (short) namesLength).put(at + 10, (byte) Erofs.direntType(type));
        for (int i = 0; i < length; i++) {
            names[namesLength + i] = name.byteAt(i);
        }
        namesLength += length;
        count++;
        return (blocks.size() << Erofs.BLOCK_BITS) + at;
    }

    private void closeBlock() {
        int start = count * Erofs.DIRENT;
        for (int at = 8; at < start; at += Erofs.DIRENT) {
            block.putShort(at, (short) (block.getShort(at) + start));
        }
        block.put(start, names, 0, namesLength);
        blocks.add(block);
        lastBlockSize = start + namesLength;
        block = newBlock();
        count = 0;
        namesLength = 0;
    }

    /** Ends the directory: no name follows. */
    void finish() {
        if (dotSlot < 0) {
            addDot();
        }
        if (dotsSlot < 0) {
            addDots();
        }
        closeBlock();
    }

    /** The bytes of the finished directory: whole blocks, and what the last one has. */
    int size() {
        return ((blocks.size() - 1) << Erofs.BLOCK_BITS) + lastBlockSize;
    }

    /** The slot of {@code .} in the finished directory. */
    int dotSlot() {
        return dotSlot;
    }

    /** The slot of {@code ..} in the finished directory. */
    int dotsSlot() {
        return dotsSlot;
    }

    /** Sets the inode number of a slot of the finished directory. */
    void set(int slot, int nid) {
        blocks.get(slot >>> Erofs.BLOCK_BITS).putLong(slot & (Erofs.BLOCK - 1), nid);
    }

    /** The name at a slot of the finished directory: its bytes, for messages. */
    Name name(int slot) {
        int at = slot & (Erofs.BLOCK - 1);
        ByteBuffer data = blocks.get(slot >>> Erofs.BLOCK_BITS);
        boolean isLast = at + Erofs.DIRENT == data.getShort(8);
        int start = data.getShort(at + 8);
        int end = isLast ? start : data.getShort(at + Erofs.DIRENT + 8);
        while (isLast && end < Erofs.BLOCK && data.get(end) != 0) {
            end++;
        }
        byte[] name = new byte[end - start];
        data.get(start, name);
        return Name.of(name);
    }

    /** Writes the finished directory to {@code position}. */
    void write(IndexOutput out, long position) throws IOException {
        for (int i = 0; i < blocks.size(); i++) {
            boolean isLast = i + 1 == blocks.size();
            ByteBuffer bytes = blocks.get(i).duplicate().limit(isLast ? lastBlockSize : Erofs.BLOCK);
            out.write(position + ((long) i << Erofs.BLOCK_BITS), bytes);
        }
    }
}
