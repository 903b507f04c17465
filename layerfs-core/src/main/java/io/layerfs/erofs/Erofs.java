package io.layerfs.erofs;

import io.layerfs.FileType;

/** The numbers of the EROFS format, and those of our own that lie beside it. */
final class Erofs {

    static final int BLOCK_BITS = 9;
    static final int BLOCK = 1 << BLOCK_BITS;

    static final int SUPERBLOCK = 1024;
    static final int SUPERBLOCK_SIZE = 128;
    static final int MAGIC = 0xE0F5E1E2;
    /** Superblock checksum, and modification times. */
    static final int COMPATIBLE = 0x1 | 0x2;

    static final int CHUNKED_FILE = 0x4;
    static final int DEVICE_TABLE = 0x8;

    static final int DEVICE_SLOT = 128;

    /**
     * The block at which devices begin in the address space that they share with the index: behind every index, since
     * none may reach 2 GiB. It could lie directly behind the index, but that is not known before it is written.
     */
    static final long FIRST_DEVICE_BLOCK = 1L << (31 - BLOCK_BITS);

    static final long MAX_BLOCKS = 0xFFFFFFFFL;

    static final int SLOT_BITS = 5;
    static final int COMPACT = 32;
    static final int EXTENDED = 64;

    static final int FLAT_PLAIN = 0;
    static final int FLAT_INLINE = 2;
    static final int CHUNK_BASED = 4;
    static final int CHUNK_INDEXES = 0x20;
    static final int CHUNK_BITS_MASK = 0x1f;
    static final int HOLE = -1;

    static final int DIRENT = 12;
    static final int MAX_NAME = 255;
    /** Bytes of a symbolic link's target: Linux' {@code PATH_MAX} without the NUL that it counts. */
    static final int MAX_SYMLINK = 4095;
    /** How deep directories may lie in each other: deeper than any path of Linux' {@code PATH_MAX} bytes can name. */
    static final int MAX_DEPTH = 2200;

    static final int XATTR_HEADER = 12;
    static final int XATTR_ENTRY = 4;

    /** By the number of the prefix; 0 is no prefix, and such names are hidden by the kernel, which knows none. */
    static final String[] XATTR_PREFIXES = {
        "", "user.", "system.posix_acl_access", "system.posix_acl_default", "trusted.", "lustre.", "security."
    };

    /** What overlayfs makes of a directory in the upper of two layers: nothing below it shows. */
    static final String OPAQUE = "trusted.overlay.opaque";
    /** Without it overlayfs lists the whiteouts of a directory that is in one layer only. */
    static final String ORIGIN = "trusted.overlay.origin";
    /** A directory that its layer only implies. */
    static final String IMPLICIT = "trusted.layerfs.implicit";
    /** An empty file that stands for a hard link into the layers below. */
    static final String LINK = "trusted.layerfs.link";

    /** Where page checksums lie behind the image: see {@link PageChecksums}. */
    static final int PAGE_BITS = 12;

    private static final FileType[] TYPES = {
        null,
        FileType.REGULAR,
        FileType.DIRECTORY,
        FileType.CHARACTER_DEVICE,
        FileType.BLOCK_DEVICE,
        FileType.FIFO,
        FileType.SOCKET,
        FileType.SYMLINK
    };

    private Erofs() {}

    /** A file type as directories have it. */
    static int direntType(FileType type) {
        for (int i = 1; i < TYPES.length; i++) {
            if (TYPES[i] == type) {
                return i;
            }
        }
        throw new IllegalArgumentException(type.toString());
    }

    /** The file type that directories write as {@code number}, 1 to 7. */
    static FileType typeOf(int number) {
        return TYPES[number];
    }

    static int encodeDevice(int major, int minor) {
        return (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
    }

    static int major(int device) {
        return (device & 0xfff00) >>> 8;
    }

    static int minor(int device) {
        return (device & 0xff) | ((device >>> 12) & 0xfff00);
    }

    static long align(long position, long unit) {
        return (position + unit - 1) & -unit;
    }

    /**
     * Overlayfs, and this package, give a meaning to attributes of these names; those of the image get a further
     * component, which overlayfs (since Linux 6.7) and our reader remove.
     */
    static String escape(String xattr) {
        return escape(escape(xattr, "trusted.overlay."), "trusted.layerfs.");
    }

    private static String escape(String xattr, String prefix) {
        return xattr.startsWith(prefix)
                ? prefix + prefix.substring("trusted.".length()) + xattr.substring(prefix.length())
                : xattr;
    }

    /** The name as the image has it; null for one that means something to overlayfs or to us. */
    static @org.jspecify.annotations.Nullable String unescape(String xattr) {
        for (String prefix : new String[] {"trusted.overlay.", "trusted.layerfs."}) {
            if (xattr.startsWith(prefix)) {
                String escaped = prefix + prefix.substring("trusted.".length());
                return xattr.startsWith(escaped) ? prefix + xattr.substring(escaped.length()) : null;
            }
        }
        return xattr;
    }
}
