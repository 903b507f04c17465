package io.layerfs;

/** The seven kinds of file that Linux knows, each with its bits of {@code st_mode} ({@code S_IFMT}). */
public enum FileType {
    /** A directory. */
    DIRECTORY(0040000),
    /** A regular file. */
    REGULAR(0100000),
    /** A symbolic link. */
    SYMLINK(0120000),
    /** A character device. */
    CHARACTER_DEVICE(0020000),
    /** A block device. */
    BLOCK_DEVICE(0060000),
    /** A named pipe. */
    FIFO(0010000),
    /** A socket. */
    SOCKET(0140000);

    /** The mask of the type bits in {@code st_mode}. */
    public static final int MASK = 0170000;

    private final int bits;

    FileType(int bits) {
        this.bits = bits;
    }

    /** Its bits of {@code st_mode}. */
    public int bits() {
        return bits;
    }

    /** Whether it is a character or block device, which alone have a device number. */
    public boolean isDevice() {
        return this == CHARACTER_DEVICE || this == BLOCK_DEVICE;
    }

    /**
     * The type whose bits are in this {@code st_mode}.
     *
     * @throws IllegalArgumentException where they are those of none
     */
    public static FileType ofMode(int mode) {
        return switch (mode & MASK) {
            case 0040000 -> DIRECTORY;
            case 0100000 -> REGULAR;
            case 0120000 -> SYMLINK;
            case 0020000 -> CHARACTER_DEVICE;
            case 0060000 -> BLOCK_DEVICE;
            case 0010000 -> FIFO;
            case 0140000 -> SOCKET;
            default -> throw new IllegalArgumentException(String.format("mode %o has no file type", mode));
        };
    }
}
