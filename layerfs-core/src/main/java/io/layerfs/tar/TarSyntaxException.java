package io.layerfs.tar;

import io.layerfs.Utf8;
import java.util.Arrays;

/** What is wrong at some byte of a tar. Never leaves the package: {@link TarReader} adds the entry to it. */
final class TarSyntaxException extends Exception {

    private static final long serialVersionUID = 1L;

    private final long offset;

    /** With the place, counted from the tar's first byte, and the reason. */
    TarSyntaxException(long offset, String reason) {
        super(reason);
        this.offset = offset;
    }

    /** The place, in bytes from the start of the tar. */
    long offset() {
        return offset;
    }

    /** Foreign bytes for a message: printable, in quotes, cut where they are many. */
    static String quote(byte[] bytes) {
        return bytes.length <= TarLimits.QUOTED
                ? "'" + Utf8.printable(bytes) + "'"
                : "'" + Utf8.printable(Arrays.copyOf(bytes, TarLimits.QUOTED)) + "'... (" + bytes.length + " bytes)";
    }
}
