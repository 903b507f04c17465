package io.layerfs.tar;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** How much of a modification time goes into a tar. OCI leaves it open; other tools read both. */
public enum TimePrecision {
    /** Whole seconds, rounded down: what most tools write, and the shorter tar. */
    SECONDS {
        @Override
        String format(Instant time) {
            return Long.toString(time.getEpochSecond());
        }
    },
    /** To the nanosecond, in a PAX record where there is a fraction. */
    NANOSECONDS {
        @Override
        String format(Instant time) {
            return formatExactly(time.getEpochSecond(), time.getNano());
        }
    };

    /** The decimal number of seconds since 1970 that a PAX record has, with no more digits than needed. */
    abstract String format(Instant time);

    byte[] encode(Instant time) {
        return format(time).getBytes(StandardCharsets.US_ASCII);
    }

    private static String formatExactly(long seconds, int nanos) {
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
