package io.layerfs.tar;

/** What a tar may ask for. Each is checked before memory is set aside, whatever size a header claims. */
final class TarLimits {

    /** Bytes of one header or data block; everything in a tar starts at a multiple of it. */
    static final int BLOCK = 512;

    /** Bytes of one PAX header's records; hence also of all extended attributes of one entry. As Go's archive/tar. */
    static final int PAX_RECORDS = 1 << 20;

    /** Different keywords in one PAX header, each of which takes more memory than it has bytes. */
    static final int PAX_KEYWORDS = 10_000;

    /** Bytes of a path, and of a hard link's target: names as long and as deep as they can be. Linux has a limit for calls alone. */
    static final int PATH = (LayerLimits.DEPTH + 1) * (LayerLimits.NAME + 1);

    /** Bytes of a symbolic link's target: {@code PATH_MAX} without the NUL that {@code symlink(2)} counts. */
    static final int SYMLINK_TARGET = LayerLimits.SYMLINK_TARGET;

    /** Bytes of a GNU long name's body; more than {@link #PATH}, because writers may pad it with NULs. */
    static final int LONG_NAME = PATH + BLOCK;

    /** Bytes of an extended attribute's name: Linux's {@code XATTR_NAME_MAX}. */
    static final int XATTR_NAME = 255;

    /** Bytes of an extended attribute's value: Linux's {@code XATTR_SIZE_MAX}. */
    static final int XATTR_VALUE = 1 << 16;

    /** Extents in a sparse file's map, empty ones among them. */
    static final int SPARSE_EXTENTS = 1 << 16;

    /** Digits of a decimal number behind its leading zeros; more do not fit into 64 bits. */
    static final int DECIMAL_DIGITS = 19;

    /** Seconds between a modification time and 1970; somewhat less than {@link java.time.Instant} can hold. */
    static final long MTIME_SECONDS = LayerLimits.SECONDS;

    /** The highest major device number; Linux keeps 12 bits. */
    static final int DEVICE_MAJOR = LayerLimits.DEVICE_MAJOR;

    /** The highest minor device number; Linux keeps 20 bits. */
    static final int DEVICE_MINOR = LayerLimits.DEVICE_MINOR;

    /** Bytes of foreign text quoted in a message. */
    static final int QUOTED = 255;

    private TarLimits() {}
}
