package io.layerfs.erofs;

import io.layerfs.Content;
import io.layerfs.MalformedLayerException;
import io.layerfs.blob.BlobSlice;
import io.layerfs.blob.SparseSlice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the data of a file lies that is in several pieces, and what it costs to say so in chunks of one size.
 *
 * <p>A chunk that lies whole in one piece of a device, from a block's start, is pointed to. One without data is a hole.
 * Every other one is copied into the index.
 */
record Extents(List<Extents.Extent> list, long size) {

    /** The largest chunk that the format has, as a shift of the block size. */
    private static final int MAX_CHUNK_BITS = 31;

    /** The block of an extent that no chunk can point to. */
    static final long NOWHERE = -1;

    /**
     * A piece of the content that is no hole.
     *
     * @param position where it starts in the content, in bytes
     * @param length how many bytes it has
     * @param device the number of the device that it lies in
     * @param offset where it starts there, in bytes; {@link #NOWHERE} where it must be copied
     */
    record Extent(long position, long length, int device, long offset) {

        long end() {
            return position + length;
        }

        /** Whether it starts so that what is at a block's start in the content is at one in the device. */
        private boolean isAligned() {
            return offset != NOWHERE && ((offset - position) & (Erofs.BLOCK - 1)) == 0;
        }

        /** Whether {@code next} goes on where this ends, in the content and where it lies. */
        boolean isFollowedBy(Extent next) {
            boolean bothNowhere = offset == NOWHERE && next.offset == NOWHERE;
            boolean inPlace = offset != NOWHERE && device == next.device && offset + length == next.offset;
            return end() == next.position && (bothNowhere || inPlace);
        }

        /** This and what goes on where it ends. */
        Extent joinedWith(Extent next) {
            return new Extent(position, length + next.length, device, offset);
        }

        /** Whether all bytes of the content from {@code from} to {@code to} lie in it, and can be pointed to. */
        boolean holds(long from, long to) {
            return isAligned() && position <= from && to <= end();
        }
    }

    /** Those of a file; content of an unknown kind is one piece that must be copied. */
    static Extents of(Content content, Devices devices) throws IOException {
        if (content instanceof ChunkedContent chunked) {
            return new Extents(chunked.extents(devices), content.size());
        }
        List<Extent> list = new ArrayList<>();
        if (content instanceof SparseSlice sparse) {
            int device = devices.indexOf(sparse.blob());
            if (device < 0) {
                throw new MalformedLayerException("content in " + sparse.blob().file() + ", which is not a device");
            }
            for (SparseSlice.Extent e : sparse.extents()) {
                list.add(new Extent(e.position(), e.length(), device, e.offset()));
            }
        } else {
            list.add(new Extent(0, content.size(), 0, NOWHERE));
        }
        return new Extents(list, content.size());
    }

    /** Where a piece of a blob lies among the devices. */
    static Extent of(BlobSlice slice, long position, Devices devices) {
        int device = devices.indexOf(slice.blob());
        return new Extent(position, slice.size(), device, device < 0 ? NOWHERE : slice.offset());
    }

    static long chunkSize(int bits) {
        return (long) Erofs.BLOCK << bits;
    }

    /** How many chunks there are. */
    long chunks(int bits) {
        return (size - 1) / chunkSize(bits) + 1;
    }

    /** How much of the content, in whole blocks, lies in chunks that must be copied. */
    long copiedBytes(int bits) {
        long copied = 0;
        long counted = -1;
        for (Extent extent : list) {
            long first = extent.position() / chunkSize(bits);
            long last = (extent.end() - 1) / chunkSize(bits);
            if (first != counted) {
                copied += copiedOf(extent, first, bits);
            }
            if (last != first) {
                copied += copiedOf(extent, last, bits);
                copied += extent.isAligned() ? 0 : (last - first - 1) * chunkSize(bits);
            }
            counted = last;
        }
        return copied;
    }

    private long copiedOf(Extent extent, long chunk, int bits) {
        long start = chunk * chunkSize(bits);
        return extent.holds(start, end(start, bits)) ? 0 : Erofs.align(end(start, bits) - start, Erofs.BLOCK);
    }

    /** Where the chunk that starts at {@code start} ends. */
    long end(long start, int bits) {
        return start + Math.min(chunkSize(bits), size - start);
    }

    /** By how many bytes the index grows. */
    long cost(int bits) {
        return chunks(bits) * ChunkMap.ENTRY + copiedBytes(bits);
    }

    /** The size of chunks with which the index grows least. */
    int bestChunkBits() {
        int best = 0;
        long least = Long.MAX_VALUE;
        for (int bits = 0; bits <= MAX_CHUNK_BITS; bits++) {
            long cost = cost(bits);
            if (cost >= 0 && cost < least) {
                best = bits;
                least = cost;
            }
        }
        return best;
    }
}
