package io.layerfs.overlay.linux;

import io.layerfs.Utf8;
import java.util.Arrays;

/** Texts as C has them: bytes that end in a NUL. In Java they have the string form of {@link io.layerfs.Name}. */
final class CString {

    private CString() {}

    static byte[] of(String text) {
        byte[] bytes = Utf8.encode(text);
        for (byte b : bytes) {
            if (b == 0) {
                throw new IllegalArgumentException("a NUL in '" + text + "'");
            }
        }
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    /** The text that starts at {@code start}, up to a NUL or the end. */
    static String at(byte[] bytes, int start) {
        return Utf8.decode(Arrays.copyOfRange(bytes, start, end(bytes, start)));
    }

    /** Where the text that starts at {@code start} ends. */
    static int end(byte[] bytes, int start) {
        int end = start;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return end;
    }
}
