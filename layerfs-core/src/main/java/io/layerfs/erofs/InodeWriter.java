package io.layerfs.erofs;

import io.layerfs.Attributes;
import io.layerfs.FileType;
import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Writes inodes: in the short form where that says all, which takes the index' own time for the file's and has small
 * numbers only, else in the long form.
 */
final class InodeWriter {

    private static final int MAX_SHORT_LINKS = 0xffff;
    private static final long MAX_SHORT_SIZE = 0xFFFFFFFFL;
    private static final int SHORT_LINKS = 6;
    private static final int LONG_LINKS = 44;

    private final IndexOutput out;
    private final Instant epoch;
    private final ByteBuffer core = ByteBuffer.allocate(Erofs.EXTENDED).order(ByteOrder.LITTLE_ENDIAN);
    private int count;

    InodeWriter(IndexOutput out, Instant epoch) {
        this.out = out;
        this.epoch = epoch;
    }

    /** How many it has written. */
    int count() {
        return count;
    }

    /** The number of the inode at {@code position}. */
    static int nid(long position) {
        return (int) (position >>> Erofs.SLOT_BITS);
    }

    private boolean isShort(Attributes attributes, long size) {
        return attributes.mtime().equals(epoch)
                && attributes.uid() >>> 16 == 0
                && attributes.gid() >>> 16 == 0
                && size <= MAX_SHORT_SIZE;
    }

    /** How many bytes an inode has, with its extended attributes, before what may follow it. */
    int headerSize(Attributes attributes, long size, @Nullable ByteBuffer xattrs) {
        int bytes = isShort(attributes, size) ? Erofs.COMPACT : Erofs.EXTENDED;
        return xattrs == null ? bytes : bytes + xattrs.remaining();
    }

    /**
     * Writes an inode with one name, or a directory with {@code links}.
     *
     * @param u where the data is, or which device it is: the field {@code i_u}
     */
    void write(
            long position,
            FileType type,
            Attributes attributes,
            long size,
            int layout,
            int u,
            int links,
            @Nullable ByteBuffer xattrs)
            throws IOException {
        int xattrUnits = xattrs == null ? 0 : (xattrs.remaining() - Erofs.XATTR_HEADER) / 4 + 1;
        int mode = type.bits() | attributes.mode();
        int number = ++count;
        core.clear();
        if (links <= MAX_SHORT_LINKS && isShort(attributes, size)) {
            core.putShort((short) (layout << 1)).putShort((short) xattrUnits).putShort((short) mode);
            core.putShort((short) links).putInt((int) size).putInt(0).putInt(u).putInt(number);
            core.putShort((short) attributes.uid()).putShort((short) attributes.gid());
            core.putInt(0);
        } else {
            core.putShort((short) (1 | layout << 1)).putShort((short) xattrUnits);
            core.putShort((short) mode).putShort((short) 0);
            core.putLong(size).putInt(u).putInt(number);
            core.putInt(attributes.uid()).putInt(attributes.gid());
            Instant time = attributes.mtime();
            core.putLong(time.getEpochSecond()).putInt(time.getNano());
            core.putInt(links).putLong(0).putLong(0);
        }
        int coreSize = core.position();
        out.write(position, core.flip());
        if (xattrs != null) {
            out.write(position + coreSize, xattrs.duplicate());
        }
    }

    /** Counts one more name of an inode that is written already. */
    void addName(int nid) throws IOException {
        long position = (long) nid << Erofs.SLOT_BITS;
        boolean isLong = (out.readInt(position) & 1) != 0;
        if (isLong) {
            out.writeInt(position + LONG_LINKS, out.readInt(position + LONG_LINKS) + 1);
            return;
        }
        // the upper half of the four bytes at 4; the lower is the mode
        int modeAndLinks = out.readInt(position + SHORT_LINKS - 2);
        if (modeAndLinks >>> 16 == MAX_SHORT_LINKS) {
            throw new MalformedLayerException("a file of more than " + MAX_SHORT_LINKS + " names");
        }
        out.writeInt(position + SHORT_LINKS - 2, modeAndLinks + (1 << 16));
    }

    /**
     * The first position, not before {@code from}, at which an inode of {@code header} bytes has the {@code tail} bytes
     * behind it in one block, as the kernel wants it.
     */
    static long inlinePosition(long from, int header, int tail) {
        long position = Erofs.align(from, Erofs.COMPACT);
        while (tail > 0
                && (position + header) >>> Erofs.BLOCK_BITS != (position + header + tail - 1) >>> Erofs.BLOCK_BITS) {
            position += Erofs.COMPACT;
        }
        return position;
    }
}
