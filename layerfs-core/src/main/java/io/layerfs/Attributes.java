package io.layerfs;

import java.time.Instant;

/**
 * What a layer says of a file beside its type and content.
 *
 * @param mode the permission bits with setuid, setgid and sticky: 0 to 07777
 * @param uid the owner's number, an unsigned 32-bit value
 * @param gid the group's number, an unsigned 32-bit value
 * @param mtime when the content was last modified, to the nanosecond; may lie before 1970
 * @param xattrs the extended attributes
 */
public record Attributes(int mode, int uid, int gid, Instant mtime, Xattrs xattrs) {

    /** What a directory has that a layer implies (as the parent of an entry) but does not list: 0755, 0:0, 1970. */
    public static final Attributes IMPLICIT_DIRECTORY = new Attributes(0755, 0, 0, Instant.EPOCH, Xattrs.NONE);

    /** Checks the mode's range. */
    public Attributes {
        if ((mode & ~07777) != 0) {
            throw new IllegalArgumentException(String.format("mode %o is not within 0 to 7777", mode));
        }
    }
}
