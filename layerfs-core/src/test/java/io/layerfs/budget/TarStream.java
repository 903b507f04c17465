package io.layerfs.budget;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the entries of a tar to a stream, as fast as a generator of millions needs it, and whatever they say. */
final class TarStream {

    private final OutputStream out;
    private final byte[] block = new byte[512];
    private long written;

    TarStream(OutputStream out) {
        this.out = out;
    }

    /** How many bytes were written. */
    long written() {
        return written;
    }

    /** One header; a name or target that does not fit has a PAX header in front. */
    void entry(char type, String name, String target, long size, String... records) throws IOException {
        ByteArrayOutputStream pax = new ByteArrayOutputStream();
        if (name.length() > 100) {
            pax.writeBytes(record("path=" + name));
        }
        if (target.length() > 100) {
            pax.writeBytes(record("linkpath=" + target));
        }
        for (String record : records) {
            pax.writeBytes(record(record));
        }
        if (pax.size() > 0) {
            header('x', "x", "", pax.size());
            body(pax.toByteArray());
        }
        header(type, name, target, size);
    }

    void file(String name, byte[] content, String... records) throws IOException {
        entry('0', name, "", content.length, records);
        body(content);
    }

    void body(byte[] bytes) throws IOException {
        raw(bytes);
        raw(new byte[-bytes.length & 511]);
    }

    void raw(byte[] bytes) throws IOException {
        out.write(bytes);
        written += bytes.length;
    }

    void end() throws IOException {
        raw(new byte[1024]);
    }

    private void header(char type, String name, String target, long size) throws IOException {
        Arrays.fill(block, (byte) 0);
        text(0, 100, name);
        text(100, 8, "0000644");
        text(108, 8, "0000000");
        text(116, 8, "0000000");
        text(124, 12, String.format("%011o", size));
        text(136, 12, "00000000000");
        text(148, 8, "        ");
        block[156] = (byte) type;
        text(157, 100, target);
        text(257, 8, "ustar\00000");
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xff;
        }
        text(148, 8, String.format("%06o\0 ", sum));
        raw(block);
    }

    private void text(int at, int length, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, block, at, Math.min(bytes.length, length));
    }

    static byte[] record(String record) {
        int body = record.length() + 2;
        int length = body + String.valueOf(body).length();
        length = body + String.valueOf(length).length();
        return (length + " " + record + "\n").getBytes(StandardCharsets.ISO_8859_1);
    }
}
