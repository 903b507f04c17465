package io.layerfs.tar;

import java.time.Instant;

/** A time as the decimal number of seconds since 1970 that a PAX record has, with no more digits than needed. */
final class DecimalTime {

    private DecimalTime() {}

    static String of(Instant time) {
        long seconds = time.getEpochSecond();
        int nanos = time.getNano();
        if (nanos == 0) {
            return Long.toString(seconds);
        }
        // An Instant counts its fraction upwards from the second below: half a second before 1970 is -1 s + 0.5 s
        boolean negative = seconds < 0;
        long whole = negative ? -(seconds + 1) : seconds;
        int fraction = negative ? 1_000_000_000 - nanos : nanos;
        StringBuilder out = new StringBuilder(negative ? "-" : "").append(whole).append('.');
        String digits = Integer.toString(1_000_000_000 + fraction).substring(1);
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return out.append(digits, 0, end).toString();
    }
}
