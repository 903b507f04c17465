package io.layerfs.store;

/**
 * What the start of an xz stream says of the memory that decompressing takes: the size of the dictionary, in the header of the
 * first block. Source: The .xz File Format, 3.1 and 5.3.1.
 */
final class XzHeader {

    /** What is taken where nothing is said: the dictionary of the level that tools choose by themselves, and more. */
    private static final long USUAL = 9L << 20;

    /** Beside the dictionary. */
    private static final long FURTHER = 128L << 10;

    private static final int BLOCK = 12;
    private static final int LZMA2 = 0x21;

    private final byte[] start;
    private int at = BLOCK + 1;

    private XzHeader(byte[] start) {
        this.start = start;
    }

    /** Bytes of memory that decompressing what starts so takes. */
    static long memory(byte[] start) {
        try {
            return new XzHeader(start).dictionary() + FURTHER;
        } catch (ArrayIndexOutOfBoundsException e) {
            return USUAL;
        }
    }

    private long dictionary() {
        int flags = start[at++];
        for (int bit = 0x40; bit <= 0x80; bit <<= 1) {
            if ((flags & bit) != 0) {
                number(); // the compressed size, and the other one
            }
        }
        for (int filters = (flags & 3) + 1; filters > 0; filters--) {
            long id = number();
            long properties = number();
            if (id == LZMA2) {
                int bits = start[at] & 0x3f;
                return Math.max((2L | (bits & 1)) << (bits / 2 + 11), 4096);
            }
            at += (int) Math.min(properties, start.length);
        }
        return USUAL;
    }

    private long number() {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int b = start[at++];
            number |= (b & 0x7fL) << shift;
            if (b >= 0) {
                break;
            }
        }
        return number;
    }
}
