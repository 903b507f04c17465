package io.layerfs.tar;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import java.time.Instant;

/** What a layer can hold: what is read of one is within it, and a view takes no more, so that it can be committed. */
public final class LayerLimits {

    /** Bytes of a name: Linux's {@code NAME_MAX}. The prefix of a whiteout is not of the name that it removes. */
    public static final int NAME = 255;

    /** How deep a directory lies: the root at 0. What it holds is one deeper. Linux has no such limit. */
    public static final int DEPTH = 1024;

    /** Bytes of a symbolic link's target: Linux's {@code PATH_MAX} without the NUL that {@code symlink(2)} counts. */
    public static final int SYMLINK_TARGET = 4095;

    /** The highest major device number; Linux keeps 12 bits. */
    public static final int DEVICE_MAJOR = (1 << 12) - 1;

    /** The highest minor device number; Linux keeps 20 bits. */
    public static final int DEVICE_MINOR = (1 << 20) - 1;

    /** Seconds between a time and 1970; somewhat less than {@link Instant} can hold. */
    public static final long SECONDS = 1L << 54;

    /** Bytes of an extended attribute's value: an index has 16 bits for it, one byte less than Linux' {@code XATTR_SIZE_MAX}. */
    public static final int XATTR_VALUE = (1 << 16) - 1;

    /** Bytes of all extended attributes of one file; an index has four times 16 bits, of which some are its own. */
    public static final int XATTRS = 255 << 10;

    private static final int XATTR_ENTRY = 16;

    private LayerLimits() {}

    /** Whether a file can have this name: it is not too long, and does not look like a whiteout. */
    public static boolean isPossible(Name name) {
        return name.length() <= NAME && !Whiteouts.isWhiteout(name);
    }

    /** Whether there can be such a device; a character device 0:0 is what overlayfs takes for a whiteout. */
    public static boolean isPossible(FileType type, int major, int minor) {
        boolean inRange = major >= 0 && major <= DEVICE_MAJOR && minor >= 0 && minor <= DEVICE_MINOR;
        return inRange && !(type == FileType.CHARACTER_DEVICE && major == 0 && minor == 0);
    }

    /** How much of {@link #XATTRS} these take, at the most. */
    public static long size(Xattrs xattrs) {
        long size = 0;
        for (String name : xattrs.names()) {
            byte[] value = xattrs.get(name);
            size += XATTR_ENTRY + Utf8.encode(name).length + (value == null ? 0 : value.length);
        }
        return size;
    }

    /** The time itself, or the nearest that can be kept: as Linux does with what its file systems cannot keep. */
    public static Instant nearest(Instant time) {
        if (time.getEpochSecond() > SECONDS - 1) {
            return Instant.ofEpochSecond(SECONDS - 1);
        }
        return time.getEpochSecond() < -SECONDS ? Instant.ofEpochSecond(-SECONDS) : time;
    }
}
