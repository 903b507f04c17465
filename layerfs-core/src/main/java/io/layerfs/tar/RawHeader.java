package io.layerfs.tar;

import io.layerfs.Utf8;
import io.layerfs.blob.Blob;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One header block of a tar, and its body where it is an extension: as they stand, for whoever asks how a tar says what it
 * says. Only for what {@link TarReader} has accepted, which has settled what it means.
 *
 * <p>Not to be changed; the arrays are not copied.
 */
public final class RawHeader {

    private final long offset;
    private final byte[] block;
    private final byte[] body;

    private RawHeader(long offset, byte[] block, byte[] body) {
        this.offset = offset;
        this.block = block;
        this.body = body;
    }

    /**
     * A record of a PAX header.
     *
     * @param offset where it starts in the tar
     * @param keyword in the string form of {@link io.layerfs.Name}
     */
    @SuppressWarnings("ArrayRecordComponent") // read, never compared
    public record PaxRecord(long offset, String keyword, byte[] value) {}

    /** The headers from byte {@code from} on: those of extensions, and the first other one, unless the archive ends first. */
    public static List<RawHeader> read(Blob tar, long from) throws IOException {
        List<RawHeader> headers = new ArrayList<>();
        long at = from;
        while (at + TarLimits.BLOCK <= tar.size()) {
            byte[] block = bytes(tar, at, TarLimits.BLOCK);
            if (block[TarField.NAME.offset()] == 0 && isZero(block)) {
                break;
            }
            boolean label = block[TarField.TYPE.offset()] == 'V';
            boolean extends_ = label || "xXgLK".indexOf(block[TarField.TYPE.offset()]) >= 0;
            long size = extends_ ? number(block, TarField.SIZE) : 0;
            byte[] body = label ? new byte[0] : bytes(tar, at + TarLimits.BLOCK, (int) size);
            headers.add(new RawHeader(at, block, body));
            if (!extends_) {
                break;
            }
            at += TarLimits.BLOCK + size + TarInput.padding(size);
        }
        return headers;
    }

    private static byte[] bytes(Blob tar, long at, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        if (count > 0 && tar.read(at, bytes) < count) {
            throw new EOFException("the tar ends before byte " + (at + count));
        }
        return bytes.array();
    }

    private static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** Where the block starts in the tar. */
    public long offset() {
        return offset;
    }

    /** What kind of entry or extension it starts. */
    public char type() {
        return (char) (block[TarField.TYPE.offset()] & 0xff);
    }

    /** Whether it says something of the entry that follows, or of all. */
    public boolean isExtension() {
        return "xXgLKV".indexOf(type()) >= 0;
    }

    /** Whether the body is made of PAX records. */
    public boolean isPax() {
        return "xXg".indexOf(type()) >= 0;
    }

    /** Whether the block is in the layout of POSIX, the only one in which every byte belongs to a field. */
    public boolean isUstar() {
        return layout().equals("ustar");
    }

    /** Which layout it has: {@code v7}, {@code ustar}, {@code star} or {@code GNU}. */
    public String layout() {
        String magic = Utf8.printable(bytes(TarField.MAGIC));
        if (magic.startsWith("ustar\\x20\\x20\\x00")) {
            return "GNU";
        }
        if (!magic.startsWith("ustar\\x00")) {
            return "v7";
        }
        return Utf8.printable(bytes(TarField.REST)).endsWith("tar\\x00") ? "star" : "ustar";
    }

    /** The whole block. */
    public byte[] block() {
        return block;
    }

    /** What follows the block where it is an extension; a volume label's is left out. */
    public byte[] body() {
        return body;
    }

    /** The bytes of a field. */
    public byte[] bytes(TarField field) {
        return Arrays.copyOfRange(block, field.offset(), field.offset() + field.length());
    }

    /** The text of a field. */
    public byte[] text(TarField field) {
        return TarHeader.upToNul(block, field.offset(), field.offset() + field.length());
    }

    /** The number in a field. */
    public long number(TarField field) throws IOException {
        return number(block, field);
    }

    private static long number(byte[] block, TarField field) throws IOException {
        try {
            return TarNumbers.field(block, field.offset(), field.length(), field.toString(), field.offset());
        } catch (TarSyntaxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The PAX records in the body, in their order, those of one keyword too. */
    public List<PaxRecord> records() {
        List<PaxRecord> records = new ArrayList<>();
        long start = offset + TarLimits.BLOCK;
        int at = 0;
        while (isPax() && at < body.length) {
            int space = indexOf(' ', at);
            int end = at + Integer.parseInt(new String(body, at, space - at, StandardCharsets.US_ASCII));
            int equals = indexOf('=', space + 1);
            String keyword = Utf8.decode(Arrays.copyOfRange(body, space + 1, equals));
            records.add(new PaxRecord(start + at, keyword, Arrays.copyOfRange(body, equals + 1, end - 1)));
            at = end;
        }
        return records;
    }

    private int indexOf(char wanted, int from) {
        int at = from;
        while (body[at] != wanted) {
            at++;
        }
        return at;
    }
}
