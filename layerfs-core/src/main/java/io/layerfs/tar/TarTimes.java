package io.layerfs.tar;

import java.time.Instant;

/**
 * Modification times as tar spells them: whole seconds in headers, seconds with a fraction in PAX records.
 *
 * <p>Digits behind the ninth are dropped, toward the past. Parsed by hand: text such as {@code 9e9999999} must not
 * cost more than its length. Source: POSIX pax, "pax Extended Header File Times".
 */
final class TarTimes {

    private static final int NANO_DIGITS = 9;

    private TarTimes() {}

    /** The time so many seconds after 1970. */
    static Instant ofSeconds(long seconds, long offset) throws TarSyntaxException {
        return of(seconds, 0, offset);
    }

    /** The time that {@code text} spells: an optional minus sign, digits, and optionally a point and further digits. */
    static Instant parse(byte[] text, long offset) throws TarSyntaxException {
        boolean negative = text.length > 0 && text[0] == '-';
        int from = negative ? 1 : 0;
        int point = from;
        while (point < text.length && text[point] != '.') {
            point++;
        }
        long seconds = TarNumbers.decimal(text, from, point, "mtime", offset);
        int nanos = 0;
        int digits = 0;
        boolean more = false;
        for (int i = point + 1; i < text.length; i++, digits++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                throw new TarSyntaxException(
                        offset, "the mtime field holds " + TarSyntaxException.quote(text) + ", which is no time");
            }
            if (digits < NANO_DIGITS) {
                nanos = nanos * 10 + digit;
            } else {
                more |= digit != 0;
            }
        }
        for (; digits < NANO_DIGITS; digits++) {
            nanos *= 10;
        }
        return negative ? of(-seconds, -nanos - (more ? 1L : 0L), offset) : of(seconds, nanos, offset);
    }

    private static Instant of(long seconds, long nanos, long offset) throws TarSyntaxException {
        if (seconds < -TarLimits.MTIME_SECONDS || seconds > TarLimits.MTIME_SECONDS) {
            throw new TarSyntaxException(
                    offset, "mtime " + seconds + " is not within " + TarLimits.MTIME_SECONDS + " seconds of 1970");
        }
        return Instant.ofEpochSecond(seconds, nanos);
    }
}
