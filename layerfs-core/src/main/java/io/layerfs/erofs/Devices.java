package io.layerfs.erofs;

import io.layerfs.MalformedLayerException;
import io.layerfs.blob.Blob;
import io.layerfs.blob.BlobSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The blobs that an index points into, and where each lies in the address space of blocks that they share with the index:
 * in order, one behind the other, from {@link Erofs#FIRST_DEVICE_BLOCK} on.
 */
final class Devices {

    private final List<Blob> blobs;
    private final long[] sizes;
    /** The block at which each begins, and behind them the one at which the last ends. */
    private final long[] starts;

    private final IdentityHashMap<Blob, Integer> numbers = new IdentityHashMap<>();

    private Devices(List<Blob> blobs, long[] sizes, long[] starts) {
        this.blobs = blobs;
        this.sizes = sizes;
        this.starts = starts;
        for (int i = 0; i < sizes.length; i++) {
            numbers.put(blobs.get(i), i);
        }
    }

    /** These, in the order in which a mount must name them. */
    static Devices of(List<Blob> blobs) throws IOException {
        long[] sizes = new long[blobs.size()];
        long[] starts = new long[blobs.size() + 1];
        starts[0] = Erofs.FIRST_DEVICE_BLOCK;
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = blobs.get(i).size();
            starts[i + 1] = starts[i] + ((sizes[i] + Erofs.BLOCK - 1) >>> Erofs.BLOCK_BITS);
            if (starts[i + 1] > Erofs.MAX_BLOCKS) {
                throw new MalformedLayerException("the first " + (i + 1)
                        + " layers have more than 2 TiB together, all that an index can address");
            }
        }
        return new Devices(List.copyOf(blobs), sizes, starts);
    }

    int count() {
        return sizes.length;
    }

    /** How many bytes they have in all. */
    long size() {
        return Arrays.stream(sizes).sum();
    }

    List<Blob> blobs() {
        return blobs;
    }

    /** The number of a blob among them, by identity; -1 for another. */
    int indexOf(Blob blob) {
        return numbers.getOrDefault(blob, -1);
    }

    /**
     * The block at which {@code offset} of {@code blob} lies.
     *
     * @throws MalformedLayerException where it is none of these, or the offset is not at a block's start
     */
    long block(Blob blob, long offset) throws MalformedLayerException {
        int index = indexOf(blob);
        if (index < 0 || offset % Erofs.BLOCK != 0) {
            throw new MalformedLayerException(
                    "content at byte " + offset + " of " + blob.file() + ", which is not a block of a device");
        }
        return starts[index] + (offset >>> Erofs.BLOCK_BITS);
    }

    /** The {@code size} bytes that start at {@code block} of the shared address space; null where they are in none. */
    @Nullable
    BlobSlice at(long block, long size) {
        int found = Arrays.binarySearch(starts, block);
        int index = found < 0 ? -found - 2 : found;
        // a device without bytes shares its start with the next
        while (index >= 0 && index + 1 < sizes.length && starts[index + 1] == block) {
            index++;
        }
        return index < 0 || index == sizes.length ? null : within(index, block - starts[index], size);
    }

    /** The {@code size} bytes that start at {@code block} of the device {@code index}; null where it has not as many. */
    @Nullable
    BlobSlice within(int index, long block, long size) {
        long offset = block << Erofs.BLOCK_BITS;
        boolean known = index >= 0 && index < sizes.length && size <= sizes[index] && offset <= sizes[index] - size;
        return known ? new BlobSlice(blobs.get(index), offset, size) : null;
    }

    /** The device table of an index. */
    ByteBuffer table() {
        ByteBuffer table = ByteBuffer.allocate(sizes.length * Erofs.DEVICE_SLOT).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < sizes.length; i++) {
            table.putInt(i * Erofs.DEVICE_SLOT + 64, (int) (starts[i + 1] - starts[i]));
            table.putInt(i * Erofs.DEVICE_SLOT + 68, (int) starts[i]);
        }
        return table;
    }
}
