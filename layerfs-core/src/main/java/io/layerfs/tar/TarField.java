package io.layerfs.tar;

/**
 * A field of a tar's header block. Sources: POSIX pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format";
 * star(5).
 */
public enum TarField {
    /** The path, or its last part. */
    NAME("name", 0, 100, Kind.TEXT),
    /** Permissions. */
    MODE("mode", 100, 8, Kind.NUMBER),
    /** The owner's number. */
    UID("uid", 108, 8, Kind.NUMBER),
    /** The group's number. */
    GID("gid", 116, 8, Kind.NUMBER),
    /** How many bytes of data follow. */
    SIZE("size", 124, 12, Kind.NUMBER),
    /** When the content was modified. */
    MTIME("mtime", 136, 12, Kind.NUMBER),
    /** The sum of the block's bytes. */
    CHECKSUM("checksum", 148, 8, Kind.OTHER),
    /** What kind of entry it is. */
    TYPE("type", 156, 1, Kind.OTHER),
    /** Where a link leads. */
    LINK_NAME("link name", 157, 100, Kind.TEXT),
    /** Which layout the block has; with the version. */
    MAGIC("magic", 257, 8, Kind.OTHER),
    /** The owner's name. */
    USER_NAME("user name", 265, 32, Kind.TEXT),
    /** The group's name. */
    GROUP_NAME("group name", 297, 32, Kind.TEXT),
    /** A device's major number. */
    DEVICE_MAJOR("devmajor", 329, 8, Kind.NUMBER),
    /** A device's minor number. */
    DEVICE_MINOR("devminor", 337, 8, Kind.NUMBER),
    /** The first part of a path that does not fit; other things in other layouts. */
    PREFIX("prefix", 345, 155, Kind.TEXT),
    /** What no field of ustar has. */
    REST("rest", 500, 12, Kind.OTHER);

    /** What a field holds. */
    public enum Kind {
        /** Bytes up to the first NUL. */
        TEXT,
        /** Octal digits, or base-256. */
        NUMBER,
        /** Something of its own. */
        OTHER
    }

    private final String title;
    private final int offset;
    private final int length;
    private final Kind kind;

    TarField(String title, int offset, int length, Kind kind) {
        this.title = title;
        this.offset = offset;
        this.length = length;
        this.kind = kind;
    }

    /** Where it starts in the block. */
    public int offset() {
        return offset;
    }

    /** How many bytes it has. */
    public int length() {
        return length;
    }

    /** What it holds. */
    public Kind kind() {
        return kind;
    }

    /** The field in which a byte of a block lies. */
    public static TarField at(int offset) {
        TarField found = NAME;
        for (TarField field : values()) {
            if (field.offset <= offset) {
                found = field;
            }
        }
        return found;
    }

    /** What it is called. */
    @Override
    public String toString() {
        return title;
    }
}
