package io.layerfs.registry;

import java.io.IOException;
import java.io.InputStream;

/**
 * The body of an answer, by its length, in chunks, or up to the end of the connection (RFC 9112, 6). Once it was read, its
 * connection waits for the next request; closed early, the connection ends, unless what is left is little and here. For one
 * reader.
 */
final class ResponseBody extends InputStream {

    static final long CHUNKED = -1;
    static final long TO_THE_END = -2;

    private static final int LITTLE = 16 << 10;

    private final Connection connection;
    private final Owner owner;
    private final boolean chunked;
    private final boolean bounded;
    private final long size;
    private long left;
    private boolean first = true;
    private boolean done;

    /** What becomes of the connection. */
    interface Owner {
        void done(Connection connection, boolean reusable);
    }

    /** Of {@code size} bytes, {@link #CHUNKED} or {@link #TO_THE_END}. */
    ResponseBody(Connection connection, long size, Owner owner) throws IOException {
        this.connection = connection;
        this.owner = owner;
        this.size = size;
        this.chunked = size == CHUNKED;
        this.bounded = size >= 0;
        this.left = Math.max(0, size);
        if (size == 0) {
            end(true);
        }
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
        if (!done && chunked && left == 0) {
            nextChunk();
        }
        if (done) {
            return -1;
        }
        int most = bounded || chunked ? (int) Math.min(length, left) : length;
        int n;
        try {
            n = connection.in().read(target, offset, most);
        } catch (IOException e) {
            end(false);
            throw e;
        }
        if (n < 0) {
            return cut();
        }
        left -= n;
        if (bounded && left == 0) {
            end(true);
        }
        return n;
    }

    private int cut() throws IOException {
        end(false);
        if (bounded) {
            throw Connection.ended("the answer ends after " + (size - left) + " of " + size + " bytes", null);
        }
        if (chunked) {
            throw Connection.ended("the answer ends within a chunk", null);
        }
        return -1;
    }

    /** The line that says how long the next chunk is; after the last one come fields that nobody needs. */
    private void nextChunk() throws IOException {
        try {
            if (!first) {
                Headers.line(connection.in());
            }
            first = false;
            String line = Headers.line(connection.in()).replaceFirst("[;\\s].*", "");
            if (!line.matches("[0-9A-Fa-f]{1,15}")) {
                throw new NetworkException("the answer has a chunk without a length", null);
            }
            left = Long.parseLong(line, 16);
            if (left == 0) {
                Headers.read(connection.in());
                end(true);
            }
        } catch (java.io.EOFException e) {
            end(false);
            throw Connection.ended("the answer ends between two chunks", e);
        } catch (IOException e) {
            end(false);
            throw e;
        }
    }

    private void end(boolean reusable) {
        done = true;
        owner.done(connection, reusable);
    }

    @Override
    public void close() throws IOException {
        if (done) {
            return;
        }
        try {
            // what is buffered costs nothing to read; it is what a new connection would be made for
            if (bounded && left <= LITTLE && connection.in().available() >= left) {
                connection.in().skipNBytes(left);
                end(true);
            }
        } finally {
            if (!done) {
                end(false);
            }
        }
    }
}
