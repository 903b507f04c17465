package io.layerfs.tar;

import io.layerfs.Attributes;
import io.layerfs.Xattrs;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The extension headers in front of one entry (PAX records, GNU long names), and the entry's values: theirs where they
 * have one, else the header's.
 *
 * <p>They hold for that entry alone, never for another extension header. Where readers differ in what wins, two PAX
 * headers or two unequal long names, nothing does: that is an error.
 */
final class TarExtensions {

    private static final long MAX_ID = 0xffff_ffffL;

    private final long offset;
    private PaxRecords pax = PaxRecords.NONE;
    private byte @Nullable [] longPath;
    private byte @Nullable [] longLink;

    /** None yet, for an entry whose first header, of whatever kind, starts at {@code offset}. */
    TarExtensions(long offset) {
        this.offset = offset;
    }

    /** Where the entry's first header starts. */
    long offset() {
        return offset;
    }

    /** The PAX records. */
    PaxRecords pax() {
        return pax;
    }

    /** Whether there are none. */
    boolean isEmpty() {
        return pax == PaxRecords.NONE && longPath == null && longLink == null;
    }

    /** Takes the records of a PAX header for this entry. */
    void setPax(PaxRecords records) throws TarSyntaxException {
        if (pax != PaxRecords.NONE) {
            throw new TarSyntaxException(records.offset(), "a second PAX header for the same entry");
        }
        pax = records;
    }

    /** Takes the body of a GNU long name. */
    void setLongPath(byte[] body, long at) throws TarSyntaxException {
        longPath = same(longPath, TarHeader.upToNul(body, 0, body.length), "long names", at);
    }

    /** Takes the body of a GNU long link. */
    void setLongLink(byte[] body, long at) throws TarSyntaxException {
        longLink = same(longLink, TarHeader.upToNul(body, 0, body.length), "long links", at);
    }

    /** The entry's path. */
    byte[] path(TarHeader header) throws TarSyntaxException {
        byte[] path = chosen(pax.path("path"), longPath, "path", header.offset());
        byte[] sparse = pax.path("GNU.sparse.name");
        path = sparse != null ? sparse : path != null ? path : header.path();
        return limited(path, TarLimits.PATH, "path", header.offset());
    }

    /** The target of a link; {@code limit} bytes of it at most. */
    byte[] linkTarget(TarHeader header, int limit) throws TarSyntaxException {
        byte[] target = chosen(pax.path("linkpath"), longLink, "link target", header.offset());
        return limited(target != null ? target : header.linkTarget(), limit, "link target", header.offset());
    }

    /** How many bytes follow the entry's header. */
    long size(TarHeader header) throws TarSyntaxException {
        return pax.number("size", header.size());
    }

    /** Owner, permissions, time and extended attributes. */
    Attributes attributes(TarHeader header) throws TarSyntaxException {
        byte[] mtime = pax.value("mtime");
        Instant time = mtime != null
                ? TarTimes.parse(mtime, pax.offset())
                : TarTimes.ofSeconds(header.mtime(), header.offset());
        Xattrs xattrs = pax == PaxRecords.NONE ? Xattrs.NONE : TarXattrs.of(pax);
        int uid = id(pax.number("uid", header.uid()), "uid", header.offset());
        int gid = id(pax.number("gid", header.gid()), "gid", header.offset());
        return new Attributes((int) header.mode() & 07777, uid, gid, time, xattrs);
    }

    /** A device's major number; 0 for other entries, of which the field must be a number all the same, as Go has it. */
    int deviceMajor(TarHeader header, boolean device) throws TarSyntaxException {
        long major = pax.number("SCHILY.devmajor", header.deviceMajor());
        return device ? (int) ranged(major, TarLimits.DEVICE_MAJOR, "major device number", header.offset()) : 0;
    }

    /** A device's minor number; 0 for other entries, of which the field must be a number all the same, as Go has it. */
    int deviceMinor(TarHeader header, boolean device) throws TarSyntaxException {
        long minor = pax.number("SCHILY.devminor", header.deviceMinor());
        return device ? (int) ranged(minor, TarLimits.DEVICE_MINOR, "minor device number", header.offset()) : 0;
    }

    private static int id(long id, String what, long at) throws TarSyntaxException {
        return (int) ranged(id, MAX_ID, what, at);
    }

    private static long ranged(long value, long max, String what, long at) throws TarSyntaxException {
        if (value < 0 || value > max) {
            throw new TarSyntaxException(at, "the " + what + " is " + value + ", not 0 to " + max);
        }
        return value;
    }

    private static byte @Nullable [] chosen(byte @Nullable [] pax, byte @Nullable [] gnu, String what, long at)
            throws TarSyntaxException {
        return pax == null || gnu == null ? (pax == null ? gnu : pax) : same(pax, gnu, "values of the " + what, at);
    }

    private static byte[] same(byte @Nullable [] one, byte[] other, String what, long at) throws TarSyntaxException {
        if (one != null && !Arrays.equals(one, other)) {
            throw new TarSyntaxException(
                    at,
                    "two " + what + " for the same entry: " + TarSyntaxException.quote(one) + " and "
                            + TarSyntaxException.quote(other));
        }
        return other;
    }

    private static byte[] limited(byte[] text, int limit, String what, long at) throws TarSyntaxException {
        if (text.length == 0 || text.length > limit) {
            throw new TarSyntaxException(
                    at,
                    text.length == 0
                            ? "the " + what + " is empty"
                            : "the " + what + " has " + text.length + " bytes, more than " + limit + ": "
                                    + TarSyntaxException.quote(text));
        }
        return text;
    }
}
