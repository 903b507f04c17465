package io.layerfs.upper;

import java.nio.ByteBuffer;

/** Bytes of holes. */
final class Zeros {

    private static final byte[] ZEROS = new byte[8192];

    private Zeros() {}

    /** Puts so many zeros into {@code target}. */
    static void put(ByteBuffer target, long count) {
        for (long left = count; left > 0; left -= ZEROS.length) {
            target.put(ZEROS, 0, (int) Math.min(ZEROS.length, left));
        }
    }
}
