package io.layerfs.overlay;

import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What overlayfs writes into its layers: extended attributes under one of two prefixes, and, in the index, files by the file
 * handle of what they were copied from. Source: the kernel's {@code Documentation/filesystems/overlayfs.rst} and {@code
 * fs/overlayfs/overlayfs.h}.
 */
enum OverlayForm {
    /** That of a mount by root. */
    TRUSTED("trusted.overlay."),
    /** That of a mount in a user namespace (option {@code userxattr}). */
    USER("user.overlay.");

    private static final String ESCAPE = "overlay.";
    private static final byte[] YES = {'y'};

    private static final int HANDLE_MAGIC = 0xfb;
    private static final int HANDLE_TYPE = 4;
    private static final int HANDLE_ID = 21;
    private static final int INODE_32 = 1;
    private static final int INODE_64 = 0x81;

    private final String prefix;

    OverlayForm(String prefix) {
        this.prefix = prefix;
    }

    /** The attribute that an opaque directory has. */
    String opaque() {
        return prefix + "opaque";
    }

    /** Without it the whiteouts of a directory that only one layer has are listed. */
    String origin() {
        return prefix + "origin";
    }

    static byte[] yes() {
        return YES.clone();
    }

    boolean isOpaque(Map<String, byte[]> xattrs) {
        byte[] value = xattrs.get(opaque());
        return value != null && value.length == 1 && value[0] == 'y';
    }

    /** Where in the layers below a directory was before it was renamed: a path from the root, or a name beside it. */
    @Nullable
    String redirect(Map<String, byte[]> xattrs) {
        byte[] value = xattrs.get(prefix + "redirect");
        return value == null ? null : Utf8.decode(value);
    }

    /** How many names an indexed file has, where the file in the upper has {@code upper} and that below {@code lower}. */
    int links(Map<String, byte[]> xattrs, int upper, int lower) {
        byte[] value = xattrs.get(prefix + "nlink");
        if (value == null || value.length < 2) {
            return upper;
        }
        String text = new String(value, StandardCharsets.US_ASCII);
        int difference = Integer.parseInt(text, 1, text.length(), 10);
        return (text.charAt(0) == 'L' ? lower : upper) + difference;
    }

    /** The attributes that the file itself has: not overlayfs' own, and without the escape of what only looks so. */
    Xattrs ofFile(Map<String, byte[]> xattrs) {
        Map<String, byte[]> own = new TreeMap<>();
        xattrs.forEach((name, value) -> {
            if (!name.startsWith(prefix)) {
                own.put(name, value);
            } else if (name.startsWith(prefix + ESCAPE)) {
                own.put(prefix + name.substring(prefix.length() + ESCAPE.length()), value);
            }
        });
        return Xattrs.of(own);
    }

    /** How an attribute of the file itself is named in a layer. */
    String inLayer(String name) {
        return name.startsWith(prefix) ? prefix + ESCAPE + name.substring(prefix.length()) : name;
    }

    /**
     * The inode number in the EROFS file handle that an entry of the index is named by; -1 for a form that is not known.
     *
     * @param name the handle in hexadecimal digits
     */
    static long inodeOfIndex(String name) {
        byte[] handle;
        try {
            handle = HexFormat.of().parseHex(name);
        } catch (IllegalArgumentException e) {
            return -1;
        }
        if (handle.length < HANDLE_ID + 8 || (handle[1] & 0xff) != HANDLE_MAGIC) {
            return -1;
        }
        ByteBuffer at = ByteBuffer.wrap(handle).order(ByteOrder.LITTLE_ENDIAN);
        return switch (handle[HANDLE_TYPE] & 0xff) {
            case INODE_32, INODE_32 + 1 -> at.getInt(HANDLE_ID) & 0xffffffffL;
            // EROFS writes the upper half first
            case INODE_64, INODE_64 + 1 ->
                ((long) at.getInt(HANDLE_ID) << 32) | (at.getInt(HANDLE_ID + 4) & 0xffffffffL);
            default -> -1;
        };
    }
}
