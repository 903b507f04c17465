package io.layerfs.tar;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One header block of a tar: its fields, as they stand in it. One object is filled again and again.
 *
 * <p>Four layouts share the first 257 bytes: that of version 7, ustar, star (a shorter prefix) and GNU (no prefix).
 * Sources: POSIX pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".
 */
final class TarHeader {

    private enum Layout {
        V7,
        USTAR,
        STAR,
        GNU
    }

    private static final byte[] USTAR_MAGIC = {'u', 's', 't', 'a', 'r', 0};
    private static final byte[] GNU_MAGIC = {'u', 's', 't', 'a', 'r', ' ', ' ', 0};
    private static final byte[] STAR_TRAILER = {'t', 'a', 'r', 0};

    private static final int CHECKSUM = 148;
    private static final int SIZE = 124;
    private static final int MAGIC = 257;
    private static final int PREFIX = 345;
    private static final int USTAR_PREFIX = 155;
    private static final int STAR_PREFIX = 131;

    private final byte[] block = new byte[TarLimits.BLOCK];
    private final ByteBuffer words = ByteBuffer.wrap(block);
    private long offset;

    /**
     * Takes the next block.
     *
     * @return false where the tar has ended
     */
    boolean read(TarInput in) throws IOException, TarSyntaxException {
        offset = in.position();
        return in.readBlock(block);
    }

    /** Where the block starts, in bytes from the start of the tar. */
    long offset() {
        return offset;
    }

    /** Whether it holds nothing but zeros, as the end of an archive does. */
    boolean isZero() {
        long bits = 0;
        for (int i = 0; i < TarLimits.BLOCK; i += Long.BYTES) {
            bits |= words.getLong(i);
        }
        return bits == 0;
    }

    /** Fails where the checksum is not that of the block; some writers sum signed bytes. */
    void requireChecksum() throws TarSyntaxException {
        long stored = field(CHECKSUM, 8, "checksum");
        // Eight bytes at a time, in four sums of 16 bits: 64 * 2 * 255 fits into each.
        long lanes = 0;
        int negative = 0;
        for (int i = 0; i < TarLimits.BLOCK; i += Long.BYTES) {
            long word = words.getLong(i);
            lanes += (word & 0x00ff00ff00ff00ffL) + (word >>> 8 & 0x00ff00ff00ff00ffL);
            negative += Long.bitCount(word & 0x8080808080808080L);
        }
        long unsigned = (lanes & 0xffff) + (lanes >>> 16 & 0xffff) + (lanes >>> 32 & 0xffff) + (lanes >>> 48);
        // The field itself counts as spaces.
        for (int i = CHECKSUM; i < CHECKSUM + 8; i++) {
            unsigned += ' ' - (block[i] & 0xff);
            negative -= block[i] < 0 ? 1 : 0;
        }
        long signed = unsigned - 256L * negative;
        if (stored != unsigned && stored != signed) {
            throw new TarSyntaxException(
                    offset,
                    "no tar header: its checksum field says " + stored + ", the sum of its bytes is " + unsigned);
        }
    }

    /** What kind of entry or extension it starts. */
    byte type() {
        return block[156];
    }

    /** The path, with the prefix that the layout has for it. */
    byte[] path() throws TarSyntaxException {
        byte[] name = text(0, 100);
        int prefixLength = prefixLength();
        byte[] prefix = prefixLength == 0 ? new byte[0] : text(PREFIX, prefixLength);
        if (prefix.length == 0) {
            return name;
        }
        byte[] path = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
        path[prefix.length] = '/';
        System.arraycopy(name, 0, path, prefix.length + 1, name.length);
        return path;
    }

    private int prefixLength() throws TarSyntaxException {
        return switch (layout()) {
            case USTAR -> USTAR_PREFIX;
            case STAR -> {
                requireNoLongPrefix();
                yield STAR_PREFIX;
            }
            case GNU -> {
                requireGnuTimes();
                yield 0;
            }
            case V7 -> {
                requireNoPrefix();
                yield 0;
            }
        };
    }

    /** Readers differ in whether a prefix counts where the header does not say that it is ustar's. */
    private void requireNoPrefix() throws TarSyntaxException {
        if (block[PREFIX] != 0) {
            throw new TarSyntaxException(
                    offset(), "a prefix of the path in a header that is not ustar's: to some readers it counts");
        }
    }

    /** To readers that do not know star, the times behind its prefix belong to it, unless a NUL is between them. */
    private void requireNoLongPrefix() throws TarSyntaxException {
        if (text(PREFIX, USTAR_PREFIX).length > STAR_PREFIX) {
            throw new TarSyntaxException(
                    offset,
                    "a star header whose prefix has no end: some readers take " + STAR_PREFIX + " bytes of it, some "
                            + USTAR_PREFIX);
        }
    }

    /** Go up to 1.7 wrote a ustar prefix into GNU headers; readers differ in whether it belongs to the path. */
    private void requireGnuTimes() throws TarSyntaxException {
        if (block[PREFIX] != 0) {
            field(PREFIX, 12, "GNU atime");
        }
        if (block[PREFIX + 12] != 0) {
            field(PREFIX + 12, 12, "GNU ctime");
        }
    }

    /** The target of a link. */
    byte[] linkTarget() {
        return text(157, 100);
    }

    /** How many bytes of data follow, where no PAX record says otherwise. */
    long size() throws TarSyntaxException {
        long size = field(SIZE, 12, "size");
        if (size != 0 && isNulBeforeSize()) {
            throw new TarSyntaxException(
                    offset + SIZE, "the size field starts with NUL: some readers take it for 0, some for " + size);
        }
        if (size < 0) {
            throw new TarSyntaxException(offset + SIZE, "the size is negative: " + size);
        }
        return size;
    }

    private boolean isNulBeforeSize() {
        int at = SIZE;
        while (block[at] == ' ') {
            at++;
        }
        return block[at] == 0;
    }

    /** Permissions; the bits above them, with the file's type in some dialects, are left in. */
    long mode() throws TarSyntaxException {
        return field(100, 8, "mode");
    }

    /** The owner's number. */
    long uid() throws TarSyntaxException {
        return field(108, 8, "uid");
    }

    /** The owning group's number. */
    long gid() throws TarSyntaxException {
        return field(116, 8, "gid");
    }

    /** When the content was last modified, in seconds since 1970. */
    long mtime() throws TarSyntaxException {
        return field(136, 12, "mtime");
    }

    /** A device's major number; 0 in the layout that has no such field. */
    long deviceMajor() throws TarSyntaxException {
        return layout() == Layout.V7 ? 0 : field(329, 8, "devmajor");
    }

    /** A device's minor number; 0 in the layout that has no such field. */
    long deviceMinor() throws TarSyntaxException {
        return layout() == Layout.V7 ? 0 : field(337, 8, "devminor");
    }

    /** Whether the layout is GNU's, the one with sparse maps in its headers. */
    boolean isGnu() {
        return layout() == Layout.GNU;
    }

    /** Whether the layout is ustar's, the one that PAX headers are written for. */
    boolean isUstar() {
        return layout() == Layout.USTAR;
    }

    /** The block itself, for what only some types have in it; not to be changed. */
    byte[] block() {
        return block;
    }

    private Layout layout() {
        if (startsAt(MAGIC, USTAR_MAGIC)) {
            return startsAt(508, STAR_TRAILER) ? Layout.STAR : Layout.USTAR;
        }
        return startsAt(MAGIC, GNU_MAGIC) ? Layout.GNU : Layout.V7;
    }

    private boolean startsAt(int from, byte[] text) {
        return Arrays.equals(block, from, from + text.length, text, 0, text.length);
    }

    private long field(int from, int length, String what) throws TarSyntaxException {
        return TarNumbers.field(block, from, length, what, offset + from);
    }

    private byte[] text(int from, int length) {
        return upToNul(block, from, from + length);
    }

    /** The bytes from {@code from} up to the first NUL or {@code end}. */
    static byte[] upToNul(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && bytes[at] != 0) {
            at++;
        }
        return Arrays.copyOfRange(bytes, from, at);
    }
}
