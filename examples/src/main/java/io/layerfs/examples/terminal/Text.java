package io.layerfs.examples.terminal;

import io.layerfs.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Names on the terminal and back, without loss, in any locale.
 *
 * <p>A name is any bytes. Shown, a backslash, control and format characters, and bytes that are not UTF-8 become
 * {@code \xNN}, byte by byte; where the locale is not UTF-8 so does everything that is not ASCII. {@link #parse} reads that
 * form back: {@code parse(show(n))} is {@code n}.
 */
public final class Text {

    private Text() {}

    /** The name as a terminal can show it. */
    public static String show(String name, boolean unicode) {
        return escape(name, unicode, true);
    }

    /** A message as a terminal can show it; names in it may have been escaped before, so that backslashes stay. */
    public static String safe(String message, boolean unicode) {
        return escape(message, unicode, false);
    }

    /** Only printable ASCII without space: every other byte, and the backslash, as {@code \xNN}. */
    public static String ascii(String name) {
        return Utf8.printable(Utf8.encode(name));
    }

    /**
     * The name that an argument spells: {@code \xNN} is a byte, everything else is itself.
     *
     * @throws IllegalArgumentException where it holds a surrogate that stands for no byte
     */
    public static String parse(String argument) {
        if (argument.indexOf('\\') < 0) {
            return argument;
        }
        byte[] bytes = Utf8.encode(argument);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (isEscape(bytes, i)) {
                out.write(Character.digit(bytes[i + 2], 16) << 4 | Character.digit(bytes[i + 3], 16));
                i += 3;
            } else {
                out.write(bytes[i]);
            }
        }
        return Utf8.decode(out.toByteArray());
    }

    private static boolean isEscape(byte[] bytes, int i) {
        return i + 3 < bytes.length
                && bytes[i] == '\\'
                && bytes[i + 1] == 'x'
                && Character.digit(bytes[i + 2], 16) >= 0
                && Character.digit(bytes[i + 3], 16) >= 0;
    }

    private static String escape(String text, boolean unicode, boolean backslash) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == '\\' ? !backslash : isPrintable(c, unicode)) {
                out.appendCodePoint(c);
            } else {
                appendBytes(out, c);
            }
        }
        return out.toString();
    }

    private static boolean isPrintable(int c, boolean unicode) {
        if (c < 0x80) {
            return c >= ' ' && c != 0x7f;
        }
        return unicode
                && switch (Character.getType(c)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR -> false;
                    default -> true;
                };
    }

    private static void appendBytes(StringBuilder out, int c) {
        boolean isByte = c >= 0xDC80 && c <= 0xDCFF;
        byte[] bytes = isByte ? new byte[] {(byte) c} : Character.toString(c).getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            out.append("\\x").append(Character.forDigit((b >> 4) & 15, 16)).append(Character.forDigit(b & 15, 16));
        }
    }
}
