package io.layerfs.lint;

import io.layerfs.Content;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Comparing bytes. */
final class Bytes {

    private static final int BUFFER = 64 << 10;

    private Bytes() {}

    /** The position of the first byte that differs, which may be the end of the shorter one; -1 where there is none. */
    static long mismatch(Content first, Content second) throws IOException {
        if (first.equals(second)) {
            return -1;
        }
        long common = Math.min(first.size(), second.size());
        ByteBuffer left = ByteBuffer.allocate((int) Math.min(BUFFER, Math.max(1, common)));
        ByteBuffer right = ByteBuffer.allocate(left.capacity());
        for (long at = 0; at < common; at += left.limit()) {
            int length = (int) Math.min(left.capacity(), common - at);
            first.read(at, left.clear().limit(length));
            second.read(at, right.clear().limit(length));
            int found = left.flip().mismatch(right.flip());
            if (found >= 0) {
                return at + found;
            }
        }
        return first.size() == second.size() ? -1 : common;
    }
}
