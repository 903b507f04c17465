package io.layerfs.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Makes tars byte by byte, wrong ones too. */
public final class TarBytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** One header block; the checksum is put right when it is added. */
    public static final class Header {
        private final byte[] block = new byte[512];

        public Header(char type, String path) {
            this(type, path.getBytes(StandardCharsets.UTF_8));
        }

        public Header(char type, byte[] path) {
            System.arraycopy(path, 0, block, 0, path.length);
            block[156] = (byte) type;
            octal(100, 8, 0644).octal(108, 8, 0).octal(116, 8, 0).size(0).octal(136, 12, 0);
            text(257, "ustar\00000");
        }

        public Header gnu() {
            return text(257, "ustar  \0");
        }

        public Header v7() {
            Arrays.fill(block, 257, 512, (byte) 0);
            return this;
        }

        public Header octal(int from, int length, long value) {
            String digits = Long.toOctalString(value);
            return text(from, "0".repeat(length - 1 - digits.length()) + digits + "\0");
        }

        public Header base256(int from, int length, long value) {
            for (int i = 0; i < length; i++) {
                int shift = 8 * (length - 1 - i);
                block[from + i] = (byte) (shift > 63 ? value >> 63 : value >> shift);
            }
            block[from] = (byte) ((block[from] & 0x7f) | 0x80);
            return this;
        }

        public Header text(int from, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(bytes, 0, block, from, bytes.length);
            return this;
        }

        public Header size(long size) {
            return size < 1L << 33 ? octal(124, 12, size) : base256(124, 12, size);
        }

        public Header link(String target) {
            return text(157, target);
        }

        private byte[] sealed(boolean signed) {
            Arrays.fill(block, 148, 156, (byte) ' ');
            long sum = 0;
            for (byte b : block) {
                sum += signed ? b : b & 0xff;
            }
            return text(148, String.format("%06o\0 ", sum)).block;
        }
    }

    public TarBytes header(Header header) {
        out.writeBytes(header.sealed(false));
        return this;
    }

    public TarBytes headerSummedSigned(Header header) {
        out.writeBytes(header.sealed(true));
        return this;
    }

    /** An entry with this body, its size in the header. */
    public TarBytes entry(Header header, byte[] body) {
        return header(header.size(body.length)).body(body);
    }

    public TarBytes entry(Header header, String body) {
        return entry(header, body.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Bytes and the padding to the next block. */
    public TarBytes body(byte[] body) {
        return raw(body).raw(new byte[-body.length & 511]);
    }

    public TarBytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** A PAX header; each record is {@code keyword=value} in ISO 8859-1. */
    public TarBytes pax(String... records) {
        return entry(new Header('x', "PaxHeaders/x"), records(records));
    }

    public TarBytes file(String path, String content) {
        return entry(new Header('0', path), content);
    }

    /** The two blocks of zeros. */
    public TarBytes end() {
        return raw(new byte[1024]);
    }

    public byte[] toBytes() {
        return out.toByteArray();
    }

    public static String records(String... records) {
        StringBuilder text = new StringBuilder();
        for (String record : records) {
            int body = record.length() + 2;
            int length = body + String.valueOf(body).length();
            length = body + String.valueOf(length).length();
            text.append(length).append(' ').append(record).append('\n');
        }
        return text.toString();
    }
}
