package io.layerfs.contract;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;

/** A tar in the plain form of POSIX (ustar), entry by entry, with owners and times by chance: what is odd in it is up to the caller. */
final class PlainTar {

    private static final int BLOCK = 512;
    private static final int CHECKSUM = 148;

    private final Random random;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final StringBuilder said = new StringBuilder();

    PlainTar(Random random) {
        this.random = random;
    }

    void file(String path, String content) {
        entry('0', path, 0644, "", content.getBytes(StandardCharsets.UTF_8));
    }

    void directory(String path, int mode) {
        entry('5', path + "/", mode, "", new byte[0]);
    }

    void symlink(String path, String target) {
        entry('2', path, 0777, target, new byte[0]);
    }

    void link(String path, String target) {
        entry('1', path, 0644, target, new byte[0]);
    }

    /** The whole tar. */
    byte[] bytes() {
        bytes.writeBytes(new byte[2 * BLOCK]);
        return bytes.toByteArray();
    }

    private void entry(char type, String path, int mode, String target, byte[] content) {
        byte[] header = new byte[BLOCK];
        put(header, 0, path);
        put(header, 100, octal(7, mode));
        put(header, 108, octal(7, random.nextInt(2)));
        put(header, 116, octal(7, random.nextInt(2)));
        put(header, 124, octal(11, content.length));
        put(header, 136, octal(11, 1_400_000_000 + random.nextInt(1000)));
        put(header, CHECKSUM, "        ");
        header[156] = (byte) type;
        put(header, 157, target);
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, CHECKSUM, octal(6, sum) + "\0 ");
        bytes.writeBytes(header);
        bytes.writeBytes(content);
        bytes.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
        said.append(' ').append(type).append(':').append(path).append(target.isEmpty() ? "" : "=>" + target);
    }

    private static String octal(int digits, int number) {
        return String.format(Locale.ROOT, "%0" + digits + "o", number);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(encoded, 0, header, at, encoded.length);
    }

    /** The entries, for people. */
    @Override
    public String toString() {
        return said.toString();
    }
}
