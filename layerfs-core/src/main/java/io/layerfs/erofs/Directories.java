package io.layerfs.erofs;

import io.layerfs.Name;
import io.layerfs.View;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NotDirectoryException;

/**
 * The directories of a mapped index, searched in place. A lookup is a binary search for the block that may have the name,
 * then for the name in it; it allocates nothing.
 *
 * <p>A block is checked when a search touches it; a search through blocks out of order ends, with an answer or an exception.
 */
final class Directories {

    private static final Name PARENT = Name.of("..");

    private final ByteBuffer bytes;
    private final PageChecksums checksums;
    private final Inodes inodes;
    private final long root;

    Directories(ByteBuffer bytes, PageChecksums checksums, Inodes inodes, long root) {
        this.bytes = bytes;
        this.checksums = checksums;
        this.inodes = inodes;
        this.root = root;
    }

    long root() {
        return root;
    }

    /** The position of the inode {@code nid}, which must be that of a directory. */
    int inode(long nid) throws IOException {
        int inode = inodes.position(nid);
        if (!inodes.isDirectory(inode)) {
            throw new NotDirectoryException("inode " + nid);
        }
        return inode;
    }

    /** How many bytes a directory has. */
    int size(long nid, int inode) throws DamagedIndexException {
        long size = inodes.size(nid, inode);
        int layout = inodes.layout(inode);
        if (size < Erofs.DIRENT || size > checksums.size() || (layout & ~Erofs.FLAT_INLINE) != 0) {
            throw Inodes.damaged(nid, "a directory of " + size + " bytes with layout " + layout);
        }
        return (int) size;
    }

    /** Where the names of a directory of {@code size} bytes begin, all of which are in the index, if not checked. */
    int start(long nid, int inode, int size) throws DamagedIndexException {
        boolean isInline = inodes.layout(inode) == Erofs.FLAT_INLINE;
        long start = isInline ? inodes.end(inode) : inodes.firstBlock(inode);
        if (start > checksums.size() - size || (isInline && size >= Erofs.BLOCK)) {
            throw Inodes.damaged(nid, "a directory of " + size + " bytes at " + start);
        }
        return (int) start;
    }

    static int blockSize(int size, int index) {
        return Math.min(Erofs.BLOCK, size - (index << Erofs.BLOCK_BITS));
    }

    /** How many entries a block has, which is said by where its first name lies. Checks the block. */
    int entries(long nid, int block, int size) throws DamagedIndexException {
        checksums.check(block, size);
        int first = size < Erofs.DIRENT ? 0 : bytes.getShort(block + 8) & 0xffff;
        if (first < Erofs.DIRENT || first >= size || first % Erofs.DIRENT != 0) {
            throw Inodes.damaged(nid, "a directory block at " + block + " whose first name is at " + first);
        }
        return first / Erofs.DIRENT;
    }

    int nameStart(int block, int index) {
        return bytes.getShort(block + index * Erofs.DIRENT + 8) & 0xffff;
    }

    /** The length of the name of an entry. Checks that it lies in the block, behind the entries. */
    int nameLength(long nid, int block, int size, int count, int index) throws DamagedIndexException {
        int start = nameStart(block, index);
        boolean isLast = index + 1 == count;
        int end = isLast ? size : nameStart(block, index + 1);
        if (start < count * Erofs.DIRENT || end > size || end <= start) {
            throw Inodes.damaged(nid, "a name from " + start + " to " + end + " in the directory block at " + block);
        }
        if (isLast) {
            // the last name of a block ends at a NUL, where it does not fill the block
            while (end > start && bytes.get(block + end - 1) == 0) {
                end--;
            }
        }
        return end - start;
    }

    /** The inode of {@code name} in a directory, or {@link View#ABSENT}. */
    long lookup(long nid, Name name) throws IOException {
        int inode = inode(nid);
        int size = size(nid, inode);
        int directory = start(nid, inode, size);
        int low = 0;
        int high = (size - 1) >>> Erofs.BLOCK_BITS;
        int lowMatch = 0;
        int highMatch = 0;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            int block = directory + (middle << Erofs.BLOCK_BITS);
            int blockSize = blockSize(size, middle);
            int count = entries(nid, block, blockSize);
            int length = nameLength(nid, block, blockSize, count, 0);
            int start = block + nameStart(block, 0);
            int match = match(start, length, name, Math.min(lowMatch, highMatch));
            if (order(start, length, name, match) <= 0) {
                low = middle;
                lowMatch = match;
            } else {
                high = middle - 1;
                highMatch = match;
            }
        }
        return lookup(nid, directory + (low << Erofs.BLOCK_BITS), blockSize(size, low), name);
    }

    private long lookup(long nid, int block, int size, Name name) throws IOException {
        int count = entries(nid, block, size);
        int low = 0;
        int high = count - 1;
        int lowMatch = 0;
        int highMatch = 0;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int length = nameLength(nid, block, size, count, middle);
            int start = block + nameStart(block, middle);
            int match = match(start, length, name, Math.min(lowMatch, highMatch));
            int order = order(start, length, name, match);
            if (order == 0) {
                return nid(nid, block, middle);
            }
            if (order < 0) {
                low = middle + 1;
                lowMatch = match;
            } else {
                high = middle - 1;
                highMatch = match;
            }
        }
        return View.ABSENT;
    }

    /** How many bytes a name of the index and {@code name} have in common at their start; {@code known} for sure. */
    private int match(int start, int length, Name name, int known) {
        int common = Math.min(length, name.length());
        int match = known;
        while (match < common && bytes.get(start + match) == name.byteAt(match)) {
            match++;
        }
        return Math.min(match, common);
    }

    private int order(int start, int length, Name name, int match) {
        if (match < length && match < name.length()) {
            return (bytes.get(start + match) & 0xff) - (name.byteAt(match) & 0xff);
        }
        return length - name.length();
    }

    /** The inode of an entry. */
    long nid(long directory, int block, int index) throws DamagedIndexException {
        long nid = bytes.getLong(block + index * Erofs.DIRENT);
        if (nid < 0) {
            throw Inodes.damaged(directory, "an entry for inode " + nid);
        }
        return nid;
    }

    /** The type of an entry, as a number. */
    int type(int block, int index) {
        return bytes.get(block + index * Erofs.DIRENT + 10);
    }

    /** The bytes of a name. */
    byte[] name(int block, int index, int length) {
        byte[] name = new byte[length];
        bytes.get(block + nameStart(block, index), name);
        return name;
    }

    /** The directory that a directory lies in. */
    long parent(long nid) throws IOException {
        long parent = lookup(nid, PARENT);
        if (parent == View.ABSENT) {
            throw Inodes.damaged(nid, "a directory without '..'");
        }
        return parent;
    }
}
