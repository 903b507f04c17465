package io.layerfs.examples.command;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Numbers with a unit. */
final class Quantities {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,15})([a-zA-Z]?)");

    private Quantities() {}

    private static Matcher match(String text, String message) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException(message);
        }
        return matcher;
    }

    /** Reads a duration. */
    static final class Durations implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            String message = "'" + text + "' is not a duration, such as 30s, 15m, 12h or 7d";
            Matcher matcher = match(text, message);
            long number = Long.parseLong(matcher.group(1));
            try {
                return switch (matcher.group(2)) {
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    case "d" -> Duration.ofDays(number);
                    default -> throw new TypeConversionException(message);
                };
            } catch (ArithmeticException e) {
                throw new TypeConversionException(message);
            }
        }
    }

    /** Reads a number of bytes. */
    static final class Bytes implements ITypeConverter<Long> {
        private static final String PREFIXES = "kMGT";

        @Override
        public Long convert(String text) {
            String message = "'" + text + "' is not a size, such as 1000, 500M or 20G";
            Matcher matcher = match(text, message);
            long bytes = Long.parseLong(matcher.group(1));
            if (matcher.group(2).isEmpty()) {
                return bytes;
            }
            int prefix = PREFIXES.indexOf(matcher.group(2));
            try {
                for (int i = 0; i <= prefix; i++) {
                    bytes = Math.multiplyExact(bytes, 1000L);
                }
            } catch (ArithmeticException e) {
                throw new TypeConversionException(message);
            }
            if (prefix < 0) {
                throw new TypeConversionException(message);
            }
            return bytes;
        }
    }
}
