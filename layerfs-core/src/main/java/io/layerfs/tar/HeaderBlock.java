package io.layerfs.tar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One ustar header while it is filled in: 512 bytes, every number octal with a NUL behind it.
 *
 * <p>A setter that answers false leaves the field at its zero (a text: cut off), for a PAX record to say the rest.
 * Source: POSIX.1-2017, pax, "ustar Interchange Format".
 */
final class HeaderBlock {

    static final int SIZE = 512;

    private static final Field NAME = new Field(0, 100);
    private static final Field MODE = new Field(100, 8);
    private static final Field UID = new Field(108, 8);
    private static final Field GID = new Field(116, 8);
    private static final Field SIZE_FIELD = new Field(124, 12);
    private static final Field MTIME = new Field(136, 12);
    private static final Field CHECKSUM = new Field(148, 8);
    private static final int TYPE = 156;
    private static final Field LINK_NAME = new Field(157, 100);
    private static final int MAGIC = 257;
    private static final Field DEVICE_MAJOR = new Field(329, 8);
    private static final Field DEVICE_MINOR = new Field(337, 8);
    private static final Field PREFIX = new Field(345, 155);

    private record Field(int offset, int width) {}

    private final byte[] block = new byte[SIZE];

    HeaderBlock(char type) {
        block[TYPE] = (byte) type;
        putText(MAGIC, "ustar\00000");
        for (Field number : new Field[] {MODE, UID, GID, SIZE_FIELD, MTIME, DEVICE_MAJOR, DEVICE_MINOR}) {
            putOctal(number, 0);
        }
    }

    /** Puts the whole path, split at the last {@code /} that leaves both parts their room, as Go's archive/tar does. */
    boolean setPath(byte[] path) {
        if (path.length <= NAME.width) {
            return putBytes(NAME, path, 0, path.length);
        }
        int slash = lastSlash(path, Math.min(PREFIX.width, path.length - 2));
        if (slash <= 0 || path.length - slash - 1 > NAME.width) {
            return putBytes(NAME, path, 0, path.length);
        }
        return putBytes(PREFIX, path, 0, slash) && putBytes(NAME, path, slash + 1, path.length);
    }

    private static int lastSlash(byte[] path, int from) {
        int i = from;
        while (i >= 0 && path[i] != '/') {
            i--;
        }
        return i;
    }

    boolean setLinkName(byte[] target) {
        return putBytes(LINK_NAME, target, 0, target.length);
    }

    void setMode(int mode) {
        putOctal(MODE, mode);
    }

    boolean setUid(long uid) {
        return putOctal(UID, uid);
    }

    boolean setGid(long gid) {
        return putOctal(GID, gid);
    }

    boolean setSize(long size) {
        return putOctal(SIZE_FIELD, size);
    }

    boolean setMtime(long seconds) {
        return putOctal(MTIME, seconds);
    }

    /** Device numbers are unsigned; PAX has no record for them, so that those too big for octal are base-256. */
    void setDevice(int major, int minor) {
        putDevice(DEVICE_MAJOR, Integer.toUnsignedLong(major));
        putDevice(DEVICE_MINOR, Integer.toUnsignedLong(minor));
    }

    private void putDevice(Field field, long number) {
        if (!putOctal(field, number)) {
            block[field.offset] = (byte) 0x80;
            for (int i = 1; i < field.width; i++) {
                block[field.offset + i] = (byte) (number >>> (8 * (field.width - 1 - i)));
            }
        }
    }

    /** The finished block. */
    byte[] toBytes() {
        Arrays.fill(block, CHECKSUM.offset, CHECKSUM.offset + CHECKSUM.width, (byte) ' ');
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        // Six digits, NUL, and the blank that the sum was taken with: the form of every tar since Version 7
        putOctal(new Field(CHECKSUM.offset, CHECKSUM.width - 1), sum);
        return block;
    }

    private boolean putOctal(Field field, long value) {
        int digits = field.width - 1;
        if (value < 0 || value >>> (3 * digits) != 0) {
            return false;
        }
        for (int i = 0; i < digits; i++) {
            block[field.offset + i] = (byte) ('0' + (value >>> (3 * (digits - 1 - i)) & 7));
        }
        block[field.offset + digits] = 0;
        return true;
    }

    private boolean putBytes(Field field, byte[] text, int from, int to) {
        System.arraycopy(text, from, block, field.offset, Math.min(to - from, field.width));
        return to - from <= field.width;
    }

    private void putText(int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, block, offset, bytes.length);
    }
}
