package io.layerfs.vfs;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that say of themselves that they are what one writer wrote in one piece: a mark, their number, a checksum of the rest.
 * A file of slots holds such pieces of {@value #SLOT} bytes, and zeros where nothing was written.
 */
final class StormContent {

    /** No divisor of a block, so that pieces lie across blocks. */
    static final int SLOT = 1000;

    private static final int MARK = 0x53746f72;
    private static final int HEADER = 12;

    private StormContent() {}

    /** A piece that nobody else makes. */
    static byte[] piece(Random random, int length) {
        byte[] bytes = new byte[Math.max(length, HEADER)];
        random.nextBytes(bytes);
        ByteBuffer.wrap(bytes).putInt(MARK).putInt(bytes.length).putInt(checksum(bytes, 0, bytes.length));
        return bytes;
    }

    private static int checksum(byte[] bytes, int offset, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, offset + HEADER, length - HEADER);
        return (int) checksum.getValue();
    }

    /** What is wrong with a file that is one piece; null where nothing is. */
    static @Nullable String faultOfPiece(byte[] bytes) {
        return fault(bytes, 0, bytes.length);
    }

    private static @Nullable String fault(byte[] bytes, int offset, int length) {
        if (length < HEADER) {
            return length + " bytes";
        }
        ByteBuffer header = ByteBuffer.wrap(bytes, offset, HEADER);
        int mark = header.getInt();
        int said = header.getInt();
        if (mark != MARK || said != length) {
            return "mark " + Integer.toHexString(mark) + ", " + length + " bytes, not " + said;
        }
        return header.getInt() == checksum(bytes, offset, length) ? null : "parts of several writes";
    }

    /** What is wrong with a file of slots, or a part of one from the start of a slot on; null where nothing is. */
    static @Nullable String faultOfSlots(byte[] bytes) {
        if (bytes.length % SLOT != 0) {
            return bytes.length + " bytes, which are no slots";
        }
        for (int at = 0; at < bytes.length; at += SLOT) {
            String fault = isZero(bytes, at) ? null : fault(bytes, at, SLOT);
            if (fault != null) {
                return "slot " + at / SLOT + " of " + bytes.length / SLOT + ": " + fault;
            }
        }
        return null;
    }

    private static boolean isZero(byte[] bytes, int slot) {
        for (int i = slot; i < slot + SLOT; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
