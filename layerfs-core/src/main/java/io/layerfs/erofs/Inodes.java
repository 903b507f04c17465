package io.layerfs.erofs;

import io.layerfs.Content;
import io.layerfs.FileType;
import io.layerfs.Stat;
import io.layerfs.blob.Blob;
import io.layerfs.blob.BlobSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.NotLinkException;
import java.time.Instant;
import java.util.Map;

/**
 * The inodes of a mapped index, read in place. An inode's number (nid) is its position in units of 32 bytes.
 *
 * <p>Every number that is read is checked before it is used.
 */
final class Inodes {

    private final ByteBuffer bytes;
    private final PageChecksums checksums;
    private final Devices devices;

    Inodes(ByteBuffer bytes, PageChecksums checksums, Devices devices) {
        this.bytes = bytes;
        this.checksums = checksums;
        this.devices = devices;
    }

    static DamagedIndexException damaged(long nid, String what) {
        return new DamagedIndexException("index: inode " + nid + ": " + what);
    }

    /** The position of an inode whose core is within the index, and of a form that is written. */
    int position(long nid) throws DamagedIndexException {
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

    int layout(int position) {
        return bytes.get(position) >> 1 & 7;
    }

    boolean isDirectory(int position) {
        return (bytes.getShort(position + 4) & FileType.MASK) == FileType.DIRECTORY.bits();
    }

    /** How many bytes of data an inode has. */
    long size(long nid, int position) throws DamagedIndexException {
        long size = isExtended(position) ? bytes.getLong(position + 8) : bytes.getInt(position + 8) & 0xFFFFFFFFL;
        if (size < 0) {
            throw damaged(nid, "size " + size);
        }
        return size;
    }

    /** The field {@code i_u}: where data is that lies in blocks, or which device it is. */
    int u(int position) {
        return bytes.getInt(position + 16);
    }

    /** Where an inode ends with its extended attributes, and what may follow it begins. */
    long end(int position) {
        int units = bytes.getShort(position + 2) & 0xffff;
        long core = (long) position + (isExtended(position) ? Erofs.EXTENDED : Erofs.COMPACT);
        return units == 0 ? core : core + Erofs.XATTR_HEADER + 4L * (units - 1);
    }

    FileType type(long nid) throws IOException {
        return type(nid, position(nid));
    }

    private FileType type(long nid, int position) throws DamagedIndexException {
        int mode = bytes.getShort(position + 4) & 0xffff;
        try {
            return FileType.ofMode(mode);
        } catch (IllegalArgumentException e) {
            throw damaged(nid, String.format("mode %o", mode));
        }
    }

    Stat stat(long nid) throws IOException {
        int position = position(nid);
        FileType type = type(nid, position);
        boolean extended = isExtended(position);
        int device = type.isDevice() ? u(position) : 0;
        long seconds = extended ? bytes.getLong(position + 32) : Superblock.epochSeconds(bytes);
        int nanos = extended ? bytes.getInt(position + 40) : Superblock.epochNanos(bytes);
        int links = extended ? bytes.getInt(position + 44) : bytes.getShort(position + 6) & 0xffff;
        boolean isTime = seconds >= Instant.MIN.getEpochSecond() && seconds <= Instant.MAX.getEpochSecond();
        if (!isTime || nanos < 0 || nanos > 999_999_999 || links < 0) {
            throw damaged(nid, links + " names, modified " + seconds + " seconds and " + nanos + " ns after 1970");
        }
        return new Stat(
                nid,
                type,
                bytes.getShort(position + 4) & 07777,
                extended ? bytes.getInt(position + 24) : bytes.getShort(position + 24) & 0xffff,
                extended ? bytes.getInt(position + 28) : bytes.getShort(position + 26) & 0xffff,
                size(nid, position),
                seconds,
                nanos,
                seconds,
                nanos,
                seconds,
                nanos,
                links,
                Erofs.major(device),
                Erofs.minor(device));
    }

    /** The extended attributes by the names that they have in the index. */
    Map<String, byte[]> xattrs(long nid) throws IOException {
        int position = position(nid);
        int start = position + (isExtended(position) ? Erofs.EXTENDED : Erofs.COMPACT);
        int size = (int) (end(position) - start);
        if (size == 0) {
            return Map.of();
        }
        checksums.check(start, size);
        ByteBuffer body = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        return XattrCodec.decode(nid, body.limit(start + size).position(start));
    }

    byte[] symlink(long nid) throws IOException {
        int position = position(nid);
        if (type(nid, position) != FileType.SYMLINK) {
            throw new NotLinkException("inode " + nid);
        }
        long size = size(nid, position);
        if (size == 0 || size > Erofs.MAX_SYMLINK) {
            throw damaged(nid, "a symbolic link of " + size + " bytes");
        }
        byte[] target = new byte[(int) size];
        bytes.get(dataPosition(nid, position, size), target);
        return target;
    }

    /** Where data of an inode lies that is in the index in one piece, all of which is checked. */
    private int dataPosition(long nid, int position, long size) throws DamagedIndexException {
        int layout = layout(position);
        if (layout != Erofs.FLAT_PLAIN && (layout != Erofs.FLAT_INLINE || size >= Erofs.BLOCK)) {
            throw damaged(nid, "layout " + layout + " with " + size + " bytes");
        }
        long start = layout == Erofs.FLAT_PLAIN ? firstBlock(position) : end(position);
        checksums.check(start, size);
        return (int) start;
    }

    /** Where data begins that lies in blocks of the index. */
    long firstBlock(int position) {
        return (u(position) & 0xFFFFFFFFL) << Erofs.BLOCK_BITS;
    }

    Content content(long nid) throws IOException {
        int position = position(nid);
        if (type(nid, position) != FileType.REGULAR) {
            throw new FileSystemException("inode " + nid, null, "not a regular file");
        }
        long size = size(nid, position);
        if (layout(position) == Erofs.CHUNK_BASED) {
            long entries = Erofs.align(end(position), ChunkMap.ENTRY);
            return new ChunkedContent(nid, bytes, checksums, devices, entries, u(position), size);
        }
        if (size == 0) {
            return new BlobSlice(Blob.EMPTY, 0, 0);
        }
        long block = u(position) & 0xFFFFFFFFL;
        if (layout(position) != Erofs.FLAT_PLAIN || block < Erofs.FIRST_DEVICE_BLOCK) {
            return new MappedContent(bytes.slice(dataPosition(nid, position, size), (int) size));
        }
        BlobSlice slice = devices.at(block, size);
        if (slice == null) {
            throw damaged(nid, size + " bytes at block " + block + " are not within a layer");
        }
        return slice;
    }
}
