package io.layerfs.tar;

import java.util.Arrays;

/**
 * Numbers as tar spells them: octal text or base-256 in headers, decimal text in PAX records.
 *
 * <p>Sources: POSIX pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format" (base-256).
 */
final class TarNumbers {

    private TarNumbers() {}

    /**
     * The number in the header field at {@code from}. Text is octal, with spaces and NULs before and behind; what comes
     * behind a NUL is not looked at, and no digit at all is 0 (as in Go). The first byte's high bit marks base-256: a
     * two's complement number in the remaining bits.
     *
     * @param offset of the field in the tar, for the message
     */
    static long field(byte[] block, int from, int length, String what, long offset) throws TarSyntaxException {
        return block[from] < 0 ? base256(block, from, length, what, offset) : octal(block, from, length, what, offset);
    }

    private static long octal(byte[] block, int from, int length, String what, long offset) throws TarSyntaxException {
        int at = from;
        int end = from + length;
        while (at < end && (block[at] == ' ' || block[at] == 0)) {
            at++;
        }
        // At most 12 digits, 36 bits.
        long value = 0;
        for (; at < end && block[at] >= '0' && block[at] <= '7'; at++) {
            value = value << 3 | (block[at] - '0');
        }
        while (at < end && block[at] == ' ') {
            at++;
        }
        if (at < end && block[at] != 0) {
            throw noNumber(Arrays.copyOfRange(block, from, end), what, offset);
        }
        return value;
    }

    private static long base256(byte[] block, int from, int length, String what, long offset)
            throws TarSyntaxException {
        // Without the mark, bit 6 is the sign.
        long value = (byte) (block[from] << 1) >> 1;
        for (int i = from + 1; i < from + length; i++) {
            if (value << 8 >> 8 != value) {
                throw new TarSyntaxException(
                        offset,
                        "the " + what + " field holds a base-256 number of more than 64 bits: "
                                + TarSyntaxException.quote(Arrays.copyOfRange(block, from, from + length)));
            }
            value = value << 8 | (block[i] & 0xff);
        }
        return value;
    }

    /** The number that these decimal digits spell; neither sign nor space, at most 64 bits. */
    static long decimal(byte[] text, String what, long offset) throws TarSyntaxException {
        return decimal(text, 0, text.length, what, offset);
    }

    /** The number that the decimal digits in {@code text} from {@code from} to before {@code end} spell. */
    static long decimal(byte[] text, int from, int end, String what, long offset) throws TarSyntaxException {
        int at = from;
        while (at < end - 1 && text[at] == '0') {
            at++;
        }
        long value = 0;
        boolean valid = at < end && end - at <= TarLimits.DECIMAL_DIGITS;
        for (; valid && at < end; at++) {
            int digit = text[at] - '0';
            // 19 digits exceed 63 bits by less than a factor of two, so that too large a number turns up negative.
            value = value * 10 + digit;
            valid = digit >= 0 && digit <= 9 && value >= 0;
        }
        if (!valid) {
            throw noNumber(Arrays.copyOfRange(text, from, end), what, offset);
        }
        return value;
    }

    private static TarSyntaxException noNumber(byte[] text, String what, long offset) {
        return new TarSyntaxException(
                offset, "the " + what + " field holds " + TarSyntaxException.quote(text) + ", which is no number");
    }
}
