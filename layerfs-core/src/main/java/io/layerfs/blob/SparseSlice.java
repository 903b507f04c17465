package io.layerfs.blob;

import io.layerfs.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Content of which only some extents lie in a blob; the rest are holes, which read as zeros.
 *
 * @param extents by rising position, not overlapping, none empty, all within {@code size}
 * @param size how many bytes it has, holes included
 */
public record SparseSlice(Blob blob, List<Extent> extents, long size) implements Content {

    private static final byte[] ZEROS = new byte[4096];

    /**
     * A piece of the content that is no hole.
     *
     * @param position where it starts in the content, in bytes
     * @param length how many bytes it has
     * @param offset where it starts in the blob, in bytes
     */
    public record Extent(long position, long length, long offset) {}

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        if (position >= size) {
            return target.hasRemaining() ? -1 : 0;
        }
        int wanted = (int) Math.min(target.remaining(), size - position);
        long end = position + wanted;
        long at = position;
        for (int i = firstEndingBehind(position); i < extents.size() && at < end; i++) {
            Extent extent = extents.get(i);
            at += putZeros(target, Math.min(end, extent.position()) - at);
            long from = at - extent.position();
            if (from >= 0 && at < end) {
                int n = (int) Math.min(end - at, extent.length() - from);
                readFully(extent.offset() + from, target, n);
                at += n;
            }
        }
        putZeros(target, end - at);
        return wanted;
    }

    @Override
    public long nextData(long position) {
        int next = firstEndingBehind(position);
        return next == extents.size()
                ? size
                : Math.max(position, extents.get(next).position());
    }

    @Override
    public long dataEnd(long position) {
        Extent extent = extents.get(firstEndingBehind(position));
        return extent.position() + extent.length();
    }

    private int firstEndingBehind(long position) {
        int low = 0;
        int high = extents.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            Extent extent = extents.get(middle);
            if (extent.position() + extent.length() <= position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static long putZeros(ByteBuffer target, long count) {
        for (long left = count; left > 0; ) {
            int n = (int) Math.min(left, ZEROS.length);
            target.put(ZEROS, 0, n);
            left -= n;
        }
        return Math.max(count, 0);
    }

    private void readFully(long offset, ByteBuffer target, int count) throws IOException {
        int limit = target.limit();
        target.limit(target.position() + count);
        int n = blob.read(offset, target);
        target.limit(limit);
        if (n != count) {
            throw new IOException(blob.file() + ": " + count + " bytes expected at " + offset + ", found " + n);
        }
    }
}
