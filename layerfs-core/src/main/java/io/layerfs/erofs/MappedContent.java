package io.layerfs.erofs;

import io.layerfs.Content;
import java.nio.ByteBuffer;

/** Content that lies in the index itself. */
record MappedContent(ByteBuffer bytes) implements Content {

    @Override
    public long size() {
        return bytes.capacity();
    }

    @Override
    public int read(long position, ByteBuffer target) {
        if (!target.hasRemaining()) {
            return 0;
        }
        if (position >= bytes.capacity()) {
            return -1;
        }
        int n = (int) Math.min(target.remaining(), bytes.capacity() - position);
        target.put(target.position(), bytes, (int) position, n);
        target.position(target.position() + n);
        return n;
    }
}
