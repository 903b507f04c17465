package io.layerfs.tar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of a tar, in order, and how many of them have been consumed. Not safe for use by many threads. */
final class TarInput {

    private final InputStream in;
    private long position;

    TarInput(InputStream in) {
        this.in = in;
    }

    /** How many bytes have been consumed. */
    long position() {
        return position;
    }

    /** How many bytes follow {@code size} bytes up to the next block. */
    static int padding(long size) {
        return (int) (-size & (TarLimits.BLOCK - 1));
    }

    /**
     * Fills {@code block}.
     *
     * @return false where the tar has ended
     */
    boolean readBlock(byte[] block) throws IOException, TarSyntaxException {
        int n = in.readNBytes(block, 0, block.length);
        position += n;
        if (n > 0 && n < block.length) {
            throw new TarSyntaxException(
                    position, "the tar ends within a block, behind " + n + " of its " + block.length + " bytes");
        }
        return n > 0;
    }

    /** Fills {@code block}, which belongs to {@code what}. */
    void requireBlock(byte[] block, String what) throws IOException, TarSyntaxException {
        if (!readBlock(block)) {
            throw new TarSyntaxException(position, "the tar ends where " + what + " should follow");
        }
    }

    /** The next {@code size} bytes; the padding behind them is consumed too. */
    byte[] readBody(int size, String what) throws IOException, TarSyntaxException {
        byte[] body = in.readNBytes(size);
        position += body.length;
        if (body.length < size) {
            throw new TarSyntaxException(
                    position, "the tar ends within " + what + ", behind " + body.length + " of its " + size + " bytes");
        }
        skip(padding(size), "the padding of " + what);
        return body;
    }

    /** Reads at least one byte of the {@code left} ones of {@code what} into {@code target}; {@code left} is not 0. */
    int read(byte[] target, int from, int length, long left) throws IOException, TarSyntaxException {
        int n = in.read(target, from, (int) Math.min(length, left));
        if (n < 0) {
            throw new TarSyntaxException(position, "the tar ends within the data, " + left + " bytes before its end");
        }
        position += n;
        return n;
    }

    /** Passes over the next {@code count} bytes. */
    void skip(long count, String what) throws IOException, TarSyntaxException {
        if (count == 0) {
            return;
        }
        boolean ended = false;
        try {
            // The last byte is read: some streams (FileInputStream) skip behind their end without a word.
            in.skipNBytes(count - 1);
            ended = in.read() < 0;
        } catch (EOFException e) {
            ended = true;
        }
        if (ended) {
            throw new TarSyntaxException(
                    position, "the tar ends within " + what + ": " + count + " bytes should follow");
        }
        position += count;
    }

    /** Passes over everything that is left. */
    void drain() throws IOException {
        byte[] buffer = new byte[8192];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            position += n;
        }
    }
}
