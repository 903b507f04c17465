package io.layerfs.erofs;

import io.layerfs.Content;
import io.layerfs.blob.BlobSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Content in chunks of equal size, each of which lies on a device, lies in the index, or is a hole that reads as zeros. */
final class ChunkedContent implements Content {

    /** More than are written for what a tar can say of a sparse file. */
    private static final int MAX_EXTENTS = 1 << 18;

    private static final byte[] ZEROS = new byte[4096];

    private final long nid;
    private final ByteBuffer bytes;
    private final PageChecksums checksums;
    private final Devices devices;
    private final int entries;
    private final int chunkBits;
    private final long size;

    /**
     * Content as an inode says it.
     *
     * @param entries where the array of chunks lies
     * @param format the inode's chunk format
     */
    ChunkedContent(
            long nid, ByteBuffer bytes, PageChecksums checksums, Devices devices, long entries, int format, long size)
            throws DamagedIndexException {
        this.chunkBits = Erofs.BLOCK_BITS + (format & Erofs.CHUNK_BITS_MASK);
        long count = size == 0 ? 0 : ((size - 1) >>> chunkBits) + 1;
        if ((format & ~Erofs.CHUNK_BITS_MASK) != Erofs.CHUNK_INDEXES || count > checksums.size() / ChunkMap.ENTRY) {
            throw new DamagedIndexException("index: inode " + nid + ": chunk format " + format + ", size " + size);
        }
        checksums.check(entries, count * ChunkMap.ENTRY);
        this.nid = nid;
        this.bytes = bytes;
        this.checksums = checksums;
        this.devices = devices;
        this.entries = (int) entries;
        this.size = size;
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

    @Override
    public long nextData(long position) {
        return next(position, false);
    }

    @Override
    public long dataEnd(long position) {
        return next(position, true);
    }

    /** The first position from {@code position} on that is in a chunk of that kind. */
    private long next(long position, boolean hole) {
        long at = position;
        while (at < size && isHole((int) (at >>> chunkBits)) != hole) {
            at = ((at >>> chunkBits) + 1) << chunkBits;
        }
        return Math.min(at, size);
    }

    private boolean isHole(int chunk) {
        return bytes.getInt(entries + chunk * ChunkMap.ENTRY + 4) == Erofs.HOLE;
    }

    private long block(int chunk) {
        return bytes.getInt(entries + chunk * ChunkMap.ENTRY + 4) & 0xFFFFFFFFL;
    }

    /** The number of the device that a chunk lies on; -1 for the index itself. */
    private int device(int chunk) {
        return (bytes.getShort(entries + chunk * ChunkMap.ENTRY + 2) & 0xffff) - 1;
    }

    private long length(int chunk) {
        return Math.min(1L << chunkBits, size - ((long) chunk << chunkBits));
    }

    private void readChunk(int chunk, long from, int length, ByteBuffer target) throws IOException {
        if (isHole(chunk)) {
            for (int left = length; left > 0; left -= ZEROS.length) {
                target.put(ZEROS, 0, Math.min(left, ZEROS.length));
            }
        } else if (device(chunk) < 0) {
            long start = (block(chunk) << Erofs.BLOCK_BITS) + from;
            checksums.check(start, length);
            target.put(target.position(), bytes, (int) start, length);
            target.position(target.position() + length);
        } else {
            int limit = target.limit();
            target.limit(target.position() + length);
            int n = onDevice(chunk).read(from, target);
            target.limit(limit);
            if (n != length) {
                throw new IOException(onDevice(chunk).blob().file() + ": ends before a file that lies in it");
            }
        }
    }

    private BlobSlice onDevice(int chunk) throws DamagedIndexException {
        BlobSlice slice = devices.within(device(chunk), block(chunk), length(chunk));
        if (slice == null) {
            throw new DamagedIndexException("index: inode " + nid + ": chunk " + chunk + " is not within a layer");
        }
        return slice;
    }

    /** The pieces that are no holes, by their place among {@code targets}, which need not be the devices of this index. */
    List<Extents.Extent> extents(Devices targets) throws IOException {
        List<Extents.Extent> list = new ArrayList<>();
        Extents.Extent last = null;
        int count = (int) (((size - 1) >>> chunkBits) + 1);
        for (int chunk = 0; chunk < count; chunk++) {
            Extents.@Nullable Extent next = isHole(chunk) ? null : extent(chunk, targets);
            if (last != null && next != null && last.isFollowedBy(next)) {
                last = last.joinedWith(next);
                list.set(list.size() - 1, last);
            } else if (next != null) {
                last = next;
                list.add(next);
                if (list.size() > MAX_EXTENTS) {
                    throw new DamagedIndexException("index: inode " + nid + ": more than " + MAX_EXTENTS + " extents");
                }
            }
        }
        return list;
    }

    private Extents.Extent extent(int chunk, Devices targets) throws DamagedIndexException {
        long position = (long) chunk << chunkBits;
        return device(chunk) < 0
                ? new Extents.Extent(position, length(chunk), 0, Extents.NOWHERE)
                : Extents.of(onDevice(chunk), position, targets);
    }
}
