package io.layerfs.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The plain bytes of gzip, several members one behind the other as one stream (RFC 1952, 2.2). What a header says beside is
 * passed over, not kept: a name may be as long as the file. Closing closes the source. Not safe for use by many threads.
 */
final class GzipInputStream extends InputStream {

    private static final int BUFFER = 64 << 10;
    /** Bytes of a name or a comment; the format has no limit. */
    private static final int MAX_TEXT = 64 << 10;

    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int end;
    private boolean inMember;
    private boolean isFirst = true;

    GzipInputStream(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (inMember || startMember()) {
            int n = inflate(target, offset, length);
            if (n > 0) {
                crc.update(target, offset, n);
                return n;
            }
            if (inflater.finished()) {
                endMember();
            } else if (inflater.needsDictionary()) {
                throw new IOException("not gzip: the deflated data want a dictionary");
            } else {
                at = end; // all of it is the inflater's
                fill("the data of a gzip member");
                inflater.setInput(buffer, 0, end);
            }
        }
        return -1;
    }

    private int inflate(byte[] target, int offset, int length) throws IOException {
        try {
            return inflater.inflate(target, offset, length);
        } catch (DataFormatException e) {
            throw new IOException("not gzip: " + e.getMessage(), e);
        }
    }

    /** Reads the header of the next member; false where the stream ends before it. */
    private boolean startMember() throws IOException {
        if (at == end && !filled()) {
            if (isFirst) {
                throw new EOFException("the stream ends before the first gzip member");
            }
            return false;
        }
        if (next() != 0x1f || next() != 0x8b || next() != 8) {
            throw new IOException(isFirst ? "not gzip" : "what follows a gzip member is none");
        }
        int flags = next();
        if ((flags & RESERVED) != 0) {
            throw new IOException("a gzip header with flags that mean nothing: " + flags);
        }
        skip(6); // time, level, operating system
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        if ((flags & NAME) != 0) {
            skipText("name");
        }
        if ((flags & COMMENT) != 0) {
            skipText("comment");
        }
        if ((flags & HEADER_CRC) != 0) {
            skip(2);
        }
        isFirst = false;
        inMember = true;
        inflater.setInput(buffer, at, end - at);
        return true;
    }

    /** Reads what follows the data: their checksum, and their size modulo 2^32. */
    private void endMember() throws IOException {
        at = end - inflater.getRemaining();
        long sum = nextInt();
        long size = nextInt();
        if (sum != crc.getValue() || size != (inflater.getBytesWritten() & 0xffffffffL)) {
            throw new IOException("a gzip member of " + inflater.getBytesWritten() + " bytes, modulo 2^32 said to be "
                    + size + ", with the CRC " + Long.toHexString(crc.getValue()) + ", said to be "
                    + Long.toHexString(sum));
        }
        inflater.reset();
        crc.reset();
        inMember = false;
    }

    private long nextInt() throws IOException {
        return next() | next() << 8 | next() << 16 | (long) next() << 24;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private void skipText(String what) throws IOException {
        for (int length = 0; next() != 0; length++) {
            if (length == MAX_TEXT) {
                throw new IOException("a gzip header with a " + what + " of more than " + MAX_TEXT + " bytes");
            }
        }
    }

    private int next() throws IOException {
        if (at == end) {
            fill("a gzip member");
        }
        return buffer[at++] & 0xff;
    }

    private void fill(String what) throws IOException {
        if (!filled()) {
            throw new EOFException("the stream ends within " + what);
        }
    }

    private boolean filled() throws IOException {
        at = 0;
        end = Math.max(in.read(buffer, 0, buffer.length), 0);
        return end > 0;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
