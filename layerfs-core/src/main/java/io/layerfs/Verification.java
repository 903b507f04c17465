package io.layerfs;

import java.util.List;
import java.util.Set;

/**
 * What a verification of a store found.
 *
 * @param blobs how many blobs were hashed
 * @param bytes how many bytes they have
 * @param findings what is wrong; none where all is well
 */
public record Verification(long blobs, long bytes, List<Finding> findings) {

    /** What can be wrong. */
    public enum Kind {
        /** A blob's bytes are not those of its name. */
        DAMAGED_BLOB,
        /** A blob that an image needs is not there. */
        MISSING_BLOB,
        /** A document cannot be read, or contradicts another. */
        BAD_DOCUMENT,
        /** Others than the owner of the store can change it, or a blob of it. */
        EXPOSED,
        /** An index was not what its tars give; it was built anew. */
        REBUILT_INDEX,
        /** An index could not be built to be compared, since the disk is full, say. */
        UNCHECKED,
        /** Something that a process which died left behind cannot be deleted; it is in nobody's way. */
        LEFT_OVER
    }

    private static final Set<Kind> HARMLESS = Set.of(Kind.REBUILT_INDEX, Kind.UNCHECKED, Kind.LEFT_OVER);

    /**
     * One thing that is wrong.
     *
     * @param subject the digest or file that it is about
     * @param message what is wrong with it
     */
    public record Finding(Kind kind, String subject, String message) {}

    /** Whether nothing of what was checked is wrong but what was repaired. */
    public boolean isSound() {
        return findings.stream().allMatch(f -> HARMLESS.contains(f.kind()));
    }
}
