package io.layerfs.erofs;

import io.layerfs.Content;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Writes the array behind the inode of a file in chunks: for each, in 8 bytes, on which device and where it lies. */
final class ChunkMap {

    /** Bytes of one entry: u16 0, u16 device (0 is the index itself), u32 block. */
    static final int ENTRY = 8;

    private static final int BUFFER = 64 << 10;

    private final IndexOutput out;
    private final Content content;
    private final ByteBuffer entries = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private long position;
    private long dataEnd;

    private ChunkMap(IndexOutput out, Content content, long position, long dataEnd) {
        this.out = out;
        this.content = content;
        this.position = position;
        this.dataEnd = dataEnd;
    }

    /**
     * Writes it.
     *
     * @param position where the array lies in the index
     * @param data where in the index the chunks lie that must be copied
     */
    static void write(Extents extents, int bits, Content content, IndexOutput out, long position, long data)
            throws IOException {
        ChunkMap map = new ChunkMap(out, content, position, data);
        int next = 0;
        for (long start = 0; start < extents.size(); start = extents.end(start, bits)) {
            while (next < extents.list().size() && extents.list().get(next).end() <= start) {
                next++;
            }
            map.add(next < extents.list().size() ? extents.list().get(next) : null, start, extents.end(start, bits));
        }
        map.flush();
    }

    private void add(Extents.@Nullable Extent extent, long start, long end) throws IOException {
        if (extent == null || extent.position() >= end) {
            put(0, Erofs.HOLE);
        } else if (extent.holds(start, end)) {
            long offset = extent.offset() + (start - extent.position());
            put(extent.device() + 1, offset >>> Erofs.BLOCK_BITS);
        } else {
            put(0, dataEnd >>> Erofs.BLOCK_BITS);
            copy(start, end);
            dataEnd += Erofs.align(end - start, Erofs.BLOCK);
        }
    }

    private void put(int device, long block) throws IOException {
        entries.putShort((short) 0).putShort((short) device).putInt((int) block);
        if (!entries.hasRemaining()) {
            flush();
        }
    }

    private void flush() throws IOException {
        int size = entries.flip().remaining();
        out.write(position, entries);
        position += size;
        entries.clear();
    }

    private void copy(long start, long end) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(end - start, BUFFER));
        // what is not written reads as zeros, and takes no space
        for (long at = content.nextData(start); at < end; at = content.nextData(at)) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), Math.min(content.dataEnd(at), end) - at));
            int n = content.read(at, buffer);
            if (n <= 0) {
                throw new EOFException("content of " + content.size() + " bytes that ends at " + at);
            }
            out.write(dataEnd + (at - start), buffer.flip());
            at += n;
        }
    }
}
