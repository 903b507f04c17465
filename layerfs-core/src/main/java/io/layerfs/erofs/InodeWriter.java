package io.layerfs.erofs;

import io.layerfs.Attributes;
import io.layerfs.FileType;
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

    /** How many names an inode of the short form can have. */
    static final int MAX_SHORT_LINKS = 0xffff;

    private static final long MAX_SHORT_SIZE = 0xFFFFFFFFL;
    /** Of the short form: u16 mode, u16 links. */
    private static final int MODE_AND_LINKS = 4;

    private static final int LONG_LINKS = 44;

    private final IndexOutput out;
    private final @Nullable Instant epoch;
    private final ByteBuffer core = ByteBuffer.allocate(Erofs.EXTENDED).order(ByteOrder.LITTLE_ENDIAN);
    private int count;

    /** {@code epoch} is the time that inodes of the short form have; null to use the long form alone. */
    InodeWriter(IndexOutput out, @Nullable Instant epoch) {
        this.out = out;
        this.epoch = epoch;
    }

    /** A file that was written in the short form turned out to have more names than that can say. */
    static final class TooManyLinks extends IOException {
        private static final long serialVersionUID = 1;

        TooManyLinks() {
            super("a file of more than " + MAX_SHORT_LINKS + " names");
        }
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
        setLinks(nid, links(nid) + 1);
    }

    private int links(int nid) throws IOException {
        long position = (long) nid << Erofs.SLOT_BITS;
        return isLong(position) ? out.readInt(position + LONG_LINKS) : out.readInt(position + MODE_AND_LINKS) >>> 16;
    }

    /** Sets how many names an inode has that is written already. */
    void setLinks(int nid, int links) throws IOException {
        long position = (long) nid << Erofs.SLOT_BITS;
        if (isLong(position)) {
            out.writeInt(position + LONG_LINKS, links);
        } else if (links <= MAX_SHORT_LINKS) {
            int mode = out.readInt(position + MODE_AND_LINKS) & 0xffff;
            out.writeInt(position + MODE_AND_LINKS, links << 16 | mode);
        } else {
            throw new TooManyLinks();
        }
    }

    private boolean isLong(long position) throws IOException {
        return (out.readInt(position) & 1) != 0;
    }

    /**
     * Whether there is a position at which an inode of {@code header} bytes has the {@code tail} bytes behind it in one
     * block, as the kernel wants it: the tail can begin no nearer to a block's start than the header is odd.
     */
    static boolean fitsInline(int header, int tail) {
        return tail < Erofs.BLOCK && header % Erofs.COMPACT + tail <= Erofs.BLOCK;
    }

    /** The first such position that is not before {@code from}; there must be one. */
    static long inlinePosition(long from, int header, int tail) {
        long position = Erofs.align(from, Erofs.COMPACT);
        while (tail > 0
                && (position + header) >>> Erofs.BLOCK_BITS != (position + header + tail - 1) >>> Erofs.BLOCK_BITS) {
            position += Erofs.COMPACT;
        }
        return position;
    }
}
