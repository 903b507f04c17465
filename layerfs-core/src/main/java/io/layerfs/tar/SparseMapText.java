package io.layerfs.tar;

import java.io.IOException;

/**
 * The text in front of the data of GNU sparse format 1.0: decimal numbers, each with a newline behind it, in blocks
 * that count as data. Source: GNU tar manual, "PAX Format, Version 1.0".
 */
final class SparseMapText {

    private final TarInput in;
    private final byte[] block = new byte[TarLimits.BLOCK];
    private long left;
    private int at = TarLimits.BLOCK;

    /** The text at the front of the next {@code storedSize} bytes. */
    SparseMapText(TarInput in, long storedSize) {
        this.in = in;
        this.left = storedSize;
    }

    /** Where the next number stands, in bytes from the start of the tar. */
    long offset() {
        return in.position() - block.length + at;
    }

    /** The next number. */
    long number() throws IOException, TarSyntaxException {
        long start = offset();
        byte[] digits = new byte[TarLimits.DECIMAL_DIGITS];
        int length = 0;
        for (byte b = next(); b != '\n'; b = next()) {
            if (length == digits.length) {
                throw new TarSyntaxException(start, "a number of more than " + length + " digits in the sparse map");
            }
            digits[length++] = b;
        }
        return TarNumbers.decimal(digits, 0, length, "sparse map", start);
    }

    private byte next() throws IOException, TarSyntaxException {
        if (at == block.length) {
            if (left < block.length) {
                throw new TarSyntaxException(in.position(), "the sparse map does not end within the data");
            }
            in.requireBlock(block, "the sparse map");
            left -= block.length;
            at = 0;
        }
        return block[at++];
    }
}
