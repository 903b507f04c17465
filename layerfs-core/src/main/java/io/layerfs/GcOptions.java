package io.layerfs;

import java.time.Duration;

/**
 * What a collection removes from a store, beside what nothing refers to any more, which always goes.
 *
 * @param dryRun whether it only tells what it would remove
 * @param minimumAge how long a file was written, or an image used, for the last time, before it may go. A program that writes
 *     into the store by this library is safe whatever the age; one that does not, such as {@code skopeo}, is safe while it
 *     takes no longer than this
 * @param keepBytes how large the store may stay: of images and derived data that may go, what was used least recently goes
 *     first, and no more than need be; 0 for all of it
 * @param untagged whether images go that have no name
 * @param derived whether indexes and unpacked layers go of images that stay; they are made anew when they are needed
 */
public record GcOptions(boolean dryRun, Duration minimumAge, long keepBytes, boolean untagged, boolean derived) {

    /** Removes what nothing refers to, of whatever age, and no more. */
    public static final GcOptions DEFAULT = new GcOptions(false, Duration.ZERO, 0, false, false);

    /** Checks the numbers. */
    public GcOptions {
        if (minimumAge.isNegative()) {
            throw new IllegalArgumentException("a minimum age of " + minimumAge);
        }
        if (keepBytes < 0) {
            throw new IllegalArgumentException("a store of " + keepBytes + " bytes");
        }
    }

    /** The same, removing nothing. */
    public GcOptions withDryRun() {
        return new GcOptions(true, minimumAge, keepBytes, untagged, derived);
    }

    /** The same for what is at least so old. */
    public GcOptions withMinimumAge(Duration age) {
        return new GcOptions(dryRun, age, keepBytes, untagged, derived);
    }

    /** The same, leaving what fits into so many bytes. */
    public GcOptions withKeepBytes(long bytes) {
        return new GcOptions(dryRun, minimumAge, bytes, untagged, derived);
    }

    /** The same, removing images without a name, too. */
    public GcOptions withUntagged() {
        return new GcOptions(dryRun, minimumAge, keepBytes, true, derived);
    }

    /** The same, removing derived data of images that stay, too. */
    public GcOptions withDerived() {
        return new GcOptions(dryRun, minimumAge, keepBytes, untagged, true);
    }
}
