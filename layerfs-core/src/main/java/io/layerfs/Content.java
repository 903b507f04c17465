package io.layerfs;

import io.layerfs.blob.MappedCopy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;

/** The bytes of a regular file, to be read at any position. Implementations are safe for use by many threads. */
public interface Content {

    /** How many bytes there are. */
    long size();

    /**
     * Reads from {@code position} into {@code target} until it is full or the content ends.
     *
     * @param position in bytes from the start, not negative
     * @return how many bytes were read; -1 where the position is at or behind the end and {@code target} has room
     */
    int read(long position, ByteBuffer target) throws IOException;

    /**
     * Where, from {@code position} on, the next bytes begin that need be read: those before it are zeros, of which nothing is
     * stored. {@link #size} where none follow. The position itself where nothing is known of holes.
     */
    default long nextData(long position) throws IOException {
        return Math.min(position, size());
    }

    /** Up to where bytes need be read, from {@code position} on, which {@link #nextData} gave and is before the end. */
    default long dataEnd(long position) throws IOException {
        return size();
    }

    /**
     * Maps a piece of it into memory: of the very file that it lies in, where it is to be read and lies there in one piece; else
     * of a copy in a temporary file of the host, which takes its space until the buffer is collected. What is written to the
     * content later, the buffer may show or not.
     *
     * @param mode READ_ONLY; or PRIVATE, which is always of a copy
     * @param position where the piece starts, in bytes, not negative
     * @param size how many bytes, up to {@link Integer#MAX_VALUE}, which must be there
     * @throws IOException also where there are fewer
     * @throws UnsupportedOperationException in another mode
     */
    default MappedByteBuffer map(FileChannel.MapMode mode, long position, long size) throws IOException {
        return MappedCopy.of(this, mode, position, size);
    }

    /**
     * The position of the first byte in which two contents differ, which may be the end of the shorter one; -1 where they are
     * equal. Holes take no time.
     */
    static long mismatch(Content first, Content second) throws IOException {
        if (first.equals(second)) {
            return -1;
        }
        long common = Math.min(first.size(), second.size());
        ByteBuffer left = ByteBuffer.allocate((int) Math.min(64 << 10, Math.max(1, common)));
        ByteBuffer right = ByteBuffer.allocate(left.capacity());
        long at = 0;
        while (at < common) {
            long next = first.nextData(at);
            long other = second.nextData(at);
            at = Math.min(next, other);
            if (at >= common) {
                break;
            }
            long end = Math.max(next == at ? first.dataEnd(at) : at, other == at ? second.dataEnd(at) : at);
            int length = (int) Math.min(left.capacity(), Math.min(end, common) - at);
            first.read(at, left.clear().limit(length));
            second.read(at, right.clear().limit(length));
            int found = left.flip().mismatch(right.flip());
            if (found >= 0) {
                return at + found;
            }
            at += length;
        }
        return first.size() == second.size() ? -1 : common;
    }
}
