package io.layerfs;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the tar of a layer is written.
 *
 * @param wholeSeconds whether modification times lose their fraction, as with most tools
 * @param latest what later modification times become, so that a layer does not tell when it was made; null leaves them
 */
public record LayerOptions(boolean wholeSeconds, @Nullable Instant latest) {

    /** All times as they are, to the nanosecond. */
    public static final LayerOptions EXACT = new LayerOptions(false, null);

    /**
     * Exact, but for times later than the variable SOURCE_DATE_EPOCH says, where that is set: a number of seconds since 1970
     * (reproducible-builds.org, SOURCE_DATE_EPOCH specification).
     *
     * @throws IllegalArgumentException where it is no such number
     */
    public static LayerOptions fromEnvironment() {
        String epoch = System.getenv("SOURCE_DATE_EPOCH");
        if (epoch == null || epoch.isEmpty()) {
            return EXACT;
        }
        if (!epoch.matches("[0-9]{1,12}")) {
            throw new IllegalArgumentException("SOURCE_DATE_EPOCH is no number of seconds: '" + epoch + "'");
        }
        return new LayerOptions(false, Instant.ofEpochSecond(Long.parseLong(epoch)));
    }

    /** The modification time that goes into the tar. */
    Instant apply(Instant mtime) {
        Instant limited = latest != null && mtime.isAfter(latest) ? latest : mtime;
        return wholeSeconds ? Instant.ofEpochSecond(limited.getEpochSecond()) : limited;
    }
}
