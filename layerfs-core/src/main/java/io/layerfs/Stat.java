package io.layerfs;

import java.time.Instant;

/**
 * What a view shows of a file without opening it: the fields of {@code stat(2)}.
 *
 * @param inode its number in the view, the same for life
 * @param type the kind of file
 * @param mode permission bits with setuid, setgid and sticky: 0 to 07777
 * @param uid the owner's number, unsigned
 * @param gid the group's number, unsigned
 * @param size bytes of a regular file, or of a symbolic link's target; a directory's is unspecified; else 0
 * @param mtimeSeconds when the content was last modified: whole seconds since 1970, rounded down
 * @param mtimeNanos nanoseconds on top of it: 0 to 999 999 999
 * @param ctimeSeconds when the inode was last changed: whole seconds since 1970, rounded down
 * @param ctimeNanos nanoseconds on top of it: 0 to 999 999 999
 * @param atimeSeconds when the content was last read, where that is known, else {@code mtimeSeconds}
 * @param atimeNanos nanoseconds on top of it: 0 to 999 999 999
 * @param links how many names it has; of a directory, 2 and one for each directory in it
 * @param major of a device, else 0
 * @param minor of a device, else 0
 */
public record Stat(
        long inode,
        FileType type,
        int mode,
        int uid,
        int gid,
        long size,
        long mtimeSeconds,
        int mtimeNanos,
        long ctimeSeconds,
        int ctimeNanos,
        long atimeSeconds,
        int atimeNanos,
        int links,
        int major,
        int minor) {

    /** When the content was last modified. */
    public Instant mtime() {
        return Instant.ofEpochSecond(mtimeSeconds, mtimeNanos);
    }
}
