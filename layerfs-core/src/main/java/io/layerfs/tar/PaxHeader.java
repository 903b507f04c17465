package io.layerfs.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * The PAX records of one entry that is being written: what its ustar header cannot say.
 *
 * <p>Values are bytes: extended attributes are binary, names are whatever the file system has. Records are sorted by
 * key. Source: POSIX.1-2017, pax, "pax Extended Header".
 */
final class PaxHeader {

    /** The name of every extended header: no reader uses it, and a fixed one depends on nothing. */
    private static final byte[] NAME = ascii("././@PaxHeader");

    private final TreeMap<byte[], byte[]> records = new TreeMap<>(Arrays::compareUnsigned);

    void put(String key, byte[] value) {
        put(ascii(key), value);
    }

    void put(String key, long value) {
        put(ascii(key), ascii(Long.toString(value)));
    }

    /** Adds a record; the key holds no {@code =}. */
    void put(byte[] key, byte[] value) {
        records.put(key, value);
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    /** The header block that announces {@code size} bytes of records. */
    static byte[] block(int size) {
        HeaderBlock block = new HeaderBlock('x');
        block.setPath(NAME);
        block.setMode(0644);
        block.setSize(size);
        return block.toBytes();
    }

    /** The records, each as {@code "length key=value\n"}. */
    byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        records.forEach((key, value) -> {
            out.writeBytes(ascii(Integer.toString(recordLength(key.length + value.length + 3))));
            out.write(' ');
            out.writeBytes(key);
            out.write('=');
            out.writeBytes(value);
            out.write('\n');
        });
        return out.toByteArray();
    }

    /** The length that a record has with its own decimal digits in front of {@code rest} bytes. */
    private static int recordLength(int rest) {
        int length = rest;
        for (int digits = digits(length); rest + digits != length; digits = digits(length)) {
            length = rest + digits;
        }
        return length;
    }

    private static int digits(int number) {
        return Integer.toString(number).length();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
