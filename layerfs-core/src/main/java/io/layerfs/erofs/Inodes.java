package io.layerfs.erofs;

import io.layerfs.Content;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.blob.Blob;
import io.layerfs.blob.BlobSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The inodes of a mapped index, read in place. An inode's number (nid) is its position in units of 32 bytes.
 *
 * <p>Lookups allocate nothing. Every number that is read is checked before it is used.
 */
final class Inodes {

    private static final int MAX_SYMLINK = 4096;
    /** Within what {@link java.time.Instant} has. */
    private static final long MAX_SECONDS = 1L << 54;

    private final ByteBuffer bytes;
    private final PageChecksums checksums;
    private final List<Blob> devices;

    Inodes(ByteBuffer bytes, PageChecksums checksums, List<Blob> devices) {
        this.bytes = bytes;
        this.checksums = checksums;
        this.devices = devices;
    }

    private static DamagedIndexException damaged(long nid, String what) {
        return new DamagedIndexException("index: inode " + nid + ": " + what);
    }

    /** The position of an inode whose core is within the index, and is of a form that is written. */
    private int position(long nid) throws DamagedIndexException {
        if (nid < 0 || nid > Integer.MAX_VALUE >>> Erofs.SLOT_BITS) {
            throw damaged(nid, "no such inode");
        }
        int position = (int) nid << Erofs.SLOT_BITS;
        checksums.check(position, Erofs.COMPACT);
        int format = bytes.getShort(position);
        if ((format & 1) != 0) {
            checksums.check(position, Erofs.EXTENDED);
        }
        if ((format & ~0xf) != 0) {
            throw damaged(nid, "format " + format);
        }
        return position;
    }

    private boolean isExtended(int position) {
        return (bytes.get(position) & 1) != 0;
    }

    private int layout(int position) {
        return bytes.get(position) >> 1 & 7;
    }

    private int mode(int position) {
        return bytes.getShort(position + 4) & 0xffff;
    }

    private long size(long nid, int position) throws DamagedIndexException {
        long size = isExtended(position) ? bytes.getLong(position + 8) : bytes.getInt(position + 8) & 0xFFFFFFFFL;
        if (size < 0) {
            throw damaged(nid, "size " + size);
        }
        return size;
    }

    private FileType type(long nid, int mode) throws DamagedIndexException {
        try {
            return FileType.ofMode(mode);
        } catch (IllegalArgumentException e) {
            throw damaged(nid, String.valueOf(e.getMessage()));
        }
    }

    private int headerSize(int position) {
        int count = bytes.getShort(position + 2) & 0xffff;
        int core = isExtended(position) ? Erofs.EXTENDED : Erofs.COMPACT;
        return count == 0 ? core : core + Erofs.XATTR_HEADER + 4 * (count - 1);
    }

    private int u(int position) {
        return bytes.getInt(position + 16);
    }

    void requireDirectory(long nid) throws IOException {
        if (type(nid, mode(position(nid))) != FileType.DIRECTORY) {
            throw damaged(nid, "not a directory");
        }
    }

    FileType type(long nid) throws IOException {
        return type(nid, mode(position(nid)));
    }

    Stat stat(long nid) throws IOException {
        int position = position(nid);
        int mode = mode(position);
        FileType type = type(nid, mode);
        boolean extended = isExtended(position);
        int device = type.isDevice() ? u(position) : 0;
        long seconds = extended ? bytes.getLong(position + 32) : bytes.getLong(Erofs.SUPERBLOCK + 0x18);
        int nanos = extended ? bytes.getInt(position + 40) : bytes.getInt(Erofs.SUPERBLOCK + 0x20);
        if (nanos < 0 || nanos > 999_999_999 || Math.abs(seconds) > MAX_SECONDS) {
            throw damaged(nid, "time " + seconds + " s, " + nanos + " ns");
        }
        return new Stat(
                nid,
                type,
                mode & 07777,
                extended ? bytes.getInt(position + 24) : bytes.getShort(position + 24) & 0xffff,
                extended ? bytes.getInt(position + 28) : bytes.getShort(position + 26) & 0xffff,
                size(nid, position),
                seconds,
                nanos,
                seconds,
                nanos,
                seconds,
                nanos,
                extended ? bytes.getInt(position + 44) : bytes.getShort(position + 6) & 0xffff,
                Erofs.major(device),
                Erofs.minor(device));
    }

    /** The attributes by the names that they have in the index. */
    Map<String, byte[]> xattrs(long nid) throws IOException {
        int position = position(nid);
        int core = isExtended(position) ? Erofs.EXTENDED : Erofs.COMPACT;
        int size = headerSize(position) - core;
        if (size == 0) {
            return Map.of();
        }
        checksums.check(position + core, size);
        ByteBuffer body = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        return XattrCodec.decode(body.limit(position + core + size).position(position + core));
    }

    byte[] symlink(long nid) throws IOException {
        int position = position(nid);
        long size = size(nid, position);
        if (type(nid, mode(position)) != FileType.SYMLINK || size > MAX_SYMLINK) {
            throw damaged(nid, "not a symbolic link of up to " + MAX_SYMLINK + " bytes");
        }
        byte[] target = new byte[(int) size];
        int start = dataPosition(nid, position, size);
        bytes.get(start, target);
        return target;
    }

    /** Where data begins that lies in the index in one piece, with a last block that may be behind the inode itself. */
    private int dataPosition(long nid, int position, long size) throws DamagedIndexException {
        long start;
        if (layout(position) == Erofs.FLAT_PLAIN) {
            start = (u(position) & 0xFFFFFFFFL) << Erofs.BLOCK_BITS;
        } else if (layout(position) == Erofs.FLAT_INLINE && size < Erofs.BLOCK) {
            start = position + (long) headerSize(position);
        } else {
            throw damaged(nid, "layout " + layout(position));
        }
        checksums.check(start, size);
        return (int) start;
    }

    Content content(long nid) throws IOException {
        int position = position(nid);
        long size = size(nid, position);
        if (type(nid, mode(position)) != FileType.REGULAR) {
            throw damaged(nid, "not a regular file");
        }
        if (layout(position) == Erofs.CHUNK_BASED) {
            int entries = (int) Erofs.align(position + (long) headerSize(position), 8);
            return ChunkedContent.of(nid, bytes, checksums, entries, u(position), size);
        }
        if (size == 0) {
            return new BlobSlice(Blob.EMPTY, 0, 0);
        }
        long block = u(position) & 0xFFFFFFFFL;
        if (layout(position) != Erofs.FLAT_PLAIN || block < Erofs.FIRST_DEVICE_BLOCK) {
            int start = dataPosition(nid, position, size);
            return new MappedContent(bytes.slice(start, (int) size));
        }
        return onDevice(nid, block, size);
    }

    private Content onDevice(long nid, long block, long size) throws IOException {
        long start = Erofs.FIRST_DEVICE_BLOCK;
        for (Blob device : devices) {
            long blocks = (device.size() + Erofs.BLOCK - 1) >>> Erofs.BLOCK_BITS;
            if (block < start + blocks) {
                long offset = (block - start) << Erofs.BLOCK_BITS;
                if (offset + size > device.size() || offset + size < 0) {
                    break;
                }
                return new BlobSlice(device, offset, size);
            }
            start += blocks;
        }
        throw damaged(nid, size + " bytes at block " + block + " are not within a layer");
    }

    /** The inode of {@code name} in a directory, or {@link View#ABSENT}. */
    long lookup(long nid, Name name) throws IOException {
        int position = position(nid);
        if ((mode(position) & FileType.MASK) != FileType.DIRECTORY.bits()) {
            throw new NotDirectoryException("inode " + nid);
        }
        long size = size(nid, position);
        int start = directoryStart(nid, position, size);
        int low = 0;
        int high = (int) ((size - 1) >>> Erofs.BLOCK_BITS);
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            int block = start + (middle << Erofs.BLOCK_BITS);
            if (compareFirst(nid, block, blockSize(size, middle), name) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return lookupInBlock(nid, start + (low << Erofs.BLOCK_BITS), blockSize(size, low), name);
    }

    private int directoryStart(long nid, int position, long size) throws DamagedIndexException {
        if (size < Erofs.DIRENT || size > Integer.MAX_VALUE) {
            throw damaged(nid, "a directory of " + size + " bytes");
        }
        if (layout(position) == Erofs.FLAT_PLAIN) {
            // the blocks are checked one by one, as they are touched
            long start = (u(position) & 0xFFFFFFFFL) << Erofs.BLOCK_BITS;
            if (start + size > checksums.size()) {
                throw damaged(nid, "a directory that ends behind the index");
            }
            return (int) start;
        }
        return dataPosition(nid, position, size);
    }

    private static int blockSize(long size, int block) {
        return (int) Math.min(Erofs.BLOCK, size - ((long) block << Erofs.BLOCK_BITS));
    }

    /** How many entries a block has, which says where the first name lies. */
    private int entries(long nid, int block, int size) throws DamagedIndexException {
        checksums.check(block, size);
        int first = size < Erofs.DIRENT ? -1 : bytes.getShort(block + 8) & 0xffff;
        if (first < Erofs.DIRENT || first >= size || first % Erofs.DIRENT != 0) {
            throw damaged(nid, "a directory block whose first name is at " + first);
        }
        return first / Erofs.DIRENT;
    }

    private int compareFirst(long nid, int block, int size, Name name) throws DamagedIndexException {
        int count = entries(nid, block, size);
        return compare(nid, block, size, count, 0, name);
    }

    private long lookupInBlock(long nid, int block, int size, Name name) throws DamagedIndexException {
        int count = entries(nid, block, size);
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compare(nid, block, size, count, middle, name);
            if (order == 0) {
                return bytes.getLong(block + middle * Erofs.DIRENT);
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return View.ABSENT;
    }

    /** Compares the name of an entry with {@code name}. */
    private int compare(long nid, int block, int size, int count, int index, Name name) throws DamagedIndexException {
        int start = nameStart(block, index);
        int length = nameLength(nid, block, size, count, index);
        int common = Math.min(length, name.length());
        for (int i = 0; i < common; i++) {
            int order = (bytes.get(block + start + i) & 0xff) - (name.byteAt(i) & 0xff);
            if (order != 0) {
                return order;
            }
        }
        return length - name.length();
    }

    private int nameStart(int block, int index) {
        return bytes.getShort(block + index * Erofs.DIRENT + 8) & 0xffff;
    }

    private int nameLength(long nid, int block, int size, int count, int index) throws DamagedIndexException {
        int start = nameStart(block, index);
        int end = index + 1 < count ? nameStart(block, index + 1) : size;
        if (start < count * Erofs.DIRENT || end > size || end <= start) {
            throw damaged(nid, "a name from " + start + " to " + end + " in a directory block");
        }
        if (index + 1 < count) {
            return end - start;
        }
        int length = 0;
        while (start + length < end && bytes.get(block + start + length) != 0) {
            length++;
        }
        return length;
    }

    /** The entries of a directory, in order, without the dots. */
    final class Cursor {
        private final long nid;
        private final int start;
        private final long size;
        private int block;
        private int index;
        private int count;

        Cursor(long nid) throws IOException {
            int position = position(nid);
            if ((mode(position) & FileType.MASK) != FileType.DIRECTORY.bits()) {
                throw new NotDirectoryException("inode " + nid);
            }
            this.nid = nid;
            this.size = size(nid, position);
            this.start = directoryStart(nid, position, size);
            this.count = entries(nid, start, blockSize(size, 0));
        }

        /** The next entry; null behind the last. */
        View.@Nullable Dirent next() throws IOException {
            while (true) {
                if (index == count) {
                    block++;
                    index = 0;
                    if ((long) block << Erofs.BLOCK_BITS >= size) {
                        count = 0;
                        block--;
                        return null;
                    }
                    count = entries(nid, start + (block << Erofs.BLOCK_BITS), blockSize(size, block));
                }
                View.Dirent entry = read(index++);
                if (!entry.name().isDot()) {
                    return entry;
                }
            }
        }

        private View.Dirent read(int i) throws IOException {
            int at = start + (block << Erofs.BLOCK_BITS);
            int length = nameLength(nid, at, blockSize(size, block), count, i);
            byte[] name = new byte[length];
            bytes.get(at + nameStart(at, i), name);
            int type = bytes.get(at + i * Erofs.DIRENT + 10);
            if (type < 1 || type > 7 || length > Erofs.MAX_NAME) {
                throw damaged(nid, "an entry of type " + type + " with a name of " + length + " bytes");
            }
            try {
                return new View.Dirent(Name.of(name), bytes.getLong(at + i * Erofs.DIRENT), Erofs.typeOf(type));
            } catch (IllegalArgumentException e) {
                throw damaged(nid, String.valueOf(e.getMessage()));
            }
        }
    }
}
