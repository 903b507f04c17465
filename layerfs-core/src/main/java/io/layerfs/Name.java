package io.layerfs;

import java.util.Arrays;

/**
 * One component of a path: 1 or more bytes, neither {@code /} nor NUL among them.
 *
 * <p>Names are bytes, in tar and on Linux, whatever the locale. As a Java string a name is read as UTF-8; every byte
 * that is not part of a well-formed UTF-8 sequence becomes one lone surrogate, U+DC80 for byte 80 to U+DCFF for byte
 * FF, and {@link #of(String)} turns it back. Hence {@code Name.of(name.toString()).equals(name)} for every name.
 *
 * <p>The order is that of the unsigned bytes, a prefix first: the order of directories in EROFS. Immutable, safe for
 * use by many threads.
 */
public final class Name implements Comparable<Name> {

    private final byte[] bytes;
    private int hash;

    private Name(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * The name that {@code text} spells.
     *
     * @throws IllegalArgumentException where it is empty, holds {@code /} or NUL, or a surrogate that stands for no byte
     */
    public static Name of(String text) {
        return checked(Utf8.encode(text));
    }

    /**
     * The name of these bytes, which are copied.
     *
     * @throws IllegalArgumentException where there is none, or {@code /} or NUL is among them
     */
    public static Name of(byte[] bytes) {
        return checked(bytes.clone());
    }

    private static Name checked(byte[] bytes) {
        if (bytes.length == 0) {
            throw new IllegalArgumentException("a name cannot be empty");
        }
        for (byte b : bytes) {
            if (b == '/' || b == 0) {
                throw new IllegalArgumentException(
                        "a name cannot hold " + (b == 0 ? "NUL" : "'/'") + ": " + Utf8.printable(bytes));
            }
        }
        return new Name(bytes);
    }

    /** How many bytes it has. */
    public int length() {
        return bytes.length;
    }

    /** The byte at {@code index}, signed as Java has it. */
    public byte byteAt(int index) {
        return bytes[index];
    }

    /** A copy of its bytes. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Whether it starts with the ASCII text {@code prefix}. */
    public boolean startsWith(String prefix) {
        boolean same = bytes.length >= prefix.length();
        for (int i = 0; same && i < prefix.length(); i++) {
            same = bytes[i] == prefix.charAt(i);
        }
        return same;
    }

    /** Whether it is {@code .} or {@code ..}, which name no entry of their own. */
    public boolean isDot() {
        return bytes[0] == '.' && (bytes.length == 1 || (bytes.length == 2 && bytes[1] == '.'));
    }

    @Override
    public int compareTo(Name other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Name that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        int h = hash;
        if (h == 0) {
            h = Arrays.hashCode(bytes);
            hash = h;
        }
        return h;
    }

    /** The reversible string form. */
    @Override
    public String toString() {
        return Utf8.decode(bytes);
    }
}
