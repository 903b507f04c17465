package io.layerfs.lint;

import io.layerfs.blob.Blob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The bytes of a blob from some place on. */
final class BlobInput extends InputStream {

    private final Blob blob;
    private long position;

    BlobInput(Blob blob, long position) {
        this.blob = blob;
        this.position = position;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, target.length);
        int count = blob.read(position, ByteBuffer.wrap(target, from, length));
        position += Math.max(count, 0);
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = Math.max(0, Math.min(count, blob.size() - position));
        position += skipped;
        return skipped;
    }
}
