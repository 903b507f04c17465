package io.layerfs.erofs;

import io.layerfs.MalformedLayerException;
import io.layerfs.blob.SparseSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where the chunks of a sparse file lie: its data is copied into the index, since in a tar it need not start at blocks;
 * chunks without data are holes.
 *
 * @param chunkBits the size of a chunk is 512 shifted by this
 * @param entries 8 bytes for each chunk
 */
record ChunkMap(int chunkBits, ByteBuffer entries) {

    private static final int MAX_CHUNKS = 1 << 16;
    /** What may be copied into an index; sparse files of more data are not what layers are for. */
    private static final long MAX_COPIED = 1L << 30;

    static ChunkMap write(SparseSlice content, IndexOutput out) throws IOException {
        int bits = 0;
        while ((content.size() >> (Erofs.BLOCK_BITS + bits)) >= MAX_CHUNKS) {
            bits++;
        }
        long chunk = (long) Erofs.BLOCK << bits;
        int count = (int) ((content.size() + chunk - 1) / chunk);
        ByteBuffer entries = ByteBuffer.allocate(count * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            entries.putShort(i * 8, (short) 0xffff).putInt(i * 8 + 4, Erofs.HOLE);
        }
        long copied = 0;
        int next = 0;
        for (SparseSlice.Extent extent : content.extents()) {
            int first = Math.max(next, (int) (extent.position() / chunk));
            int last = (int) ((extent.position() + extent.length() - 1) / chunk);
            for (int i = first; i <= last; i++) {
                long start = i * chunk;
                long size = Math.min(chunk, content.size() - start);
                copied += size;
                if (copied > MAX_COPIED) {
                    throw new MalformedLayerException("a sparse file with data in more than " + MAX_COPIED + " bytes");
                }
                long position = out.allocate(Erofs.align(size, Erofs.BLOCK), Erofs.BLOCK);
                copy(content, start, size, out, position);
                entries.putShort(i * 8, (short) 0).putInt(i * 8 + 4, (int) (position >>> Erofs.BLOCK_BITS));
            }
            next = Math.max(next, last + 1);
        }
        return new ChunkMap(bits, entries);
    }

    private static void copy(SparseSlice content, long start, long size, IndexOutput out, long position)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(size, 64 << 10));
        for (long done = 0; done < size; ) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), size - done));
            int n = content.read(start + done, buffer);
            out.write(position + done, buffer.flip());
            done += n;
        }
    }
}
