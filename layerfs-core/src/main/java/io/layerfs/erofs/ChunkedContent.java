package io.layerfs.erofs;

import io.layerfs.Content;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Content in chunks of equal size, some of them in the index, the others holes that read as zeros. */
final class ChunkedContent implements Content {

    private final long nid;
    private final ByteBuffer bytes;
    private final PageChecksums checksums;
    private final int entries;
    private final int chunkBits;
    private final long size;

    private ChunkedContent(long nid, ByteBuffer bytes, PageChecksums checksums, int entries, int chunkBits, long size) {
        this.nid = nid;
        this.bytes = bytes;
        this.checksums = checksums;
        this.entries = entries;
        this.chunkBits = chunkBits;
        this.size = size;
    }

    /**
     * @param entries where the array of chunks lies
     * @param format the inode's chunk format
     */
    static ChunkedContent of(long nid, ByteBuffer bytes, PageChecksums checksums, int entries, int format, long size)
            throws DamagedIndexException {
        int bits = Erofs.BLOCK_BITS + (format & Erofs.CHUNK_BITS_MASK);
        long count = size == 0 ? 0 : ((size - 1) >>> bits) + 1;
        if ((format & ~Erofs.CHUNK_BITS_MASK) != Erofs.CHUNK_INDEXES || count > Integer.MAX_VALUE / 8) {
            throw new DamagedIndexException("index: inode " + nid + ": chunk format " + format + ", size " + size);
        }
        checksums.check(entries, count * 8);
        return new ChunkedContent(nid, bytes, checksums, entries, bits, size);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        if (position >= size) {
            return target.hasRemaining() ? -1 : 0;
        }
        int wanted = (int) Math.min(target.remaining(), size - position);
        long at = position;
        for (int left = wanted; left > 0; ) {
            long inChunk = at & ((1L << chunkBits) - 1);
            int n = (int) Math.min(left, (1L << chunkBits) - inChunk);
            readChunk((int) (at >>> chunkBits), inChunk, n, target);
            at += n;
            left -= n;
        }
        return wanted;
    }

    private void readChunk(int chunk, long from, int length, ByteBuffer target) throws IOException {
        int entry = entries + chunk * 8;
        int block = bytes.getInt(entry + 4);
        if (block == Erofs.HOLE) {
            for (int i = 0; i < length; i++) {
                target.put((byte) 0);
            }
            return;
        }
        long start = ((block & 0xFFFFFFFFL) << Erofs.BLOCK_BITS) + from;
        if (bytes.getShort(entry + 2) != 0) {
            throw new DamagedIndexException("index: inode " + nid + ": chunk " + chunk + " on a device");
        }
        checksums.check(start, length);
        target.put(target.position(), bytes, (int) start, length);
        target.position(target.position() + length);
    }
}
