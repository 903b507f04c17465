package io.layerfs.store;

import io.layerfs.ImportOptions;
import io.layerfs.MalformedLayerException;
import io.layerfs.memory.Allowance;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one import may cost, which the layers of its image share: how many bytes are written, each layer and all of them, and in
 * proportion to the bytes that came; how much memory is taken meanwhile. Asked before bytes are written or memory is taken. Safe
 * for many threads.
 */
final class Budget {

    /** For streams whose length is known otherwise, or nobody's concern. */
    static final long UNKNOWN = -1;

    /**
     * Memory that any import may take, and what it may take more for each byte that comes. A layer of files as they are costs 10
     * to 20 times its compressed bytes where these are the least that is found, empty files of like names; else less than 3.
     */
    private static final long MEMORY = 32L << 20;

    private static final int MEMORY_FOR_EACH_BYTE = 12;

    private static final long USUAL_INDEX = 64 << 10;

    private final ImportOptions options;
    private final Allowance.Pool memory = new Allowance.Pool(MEMORY, MEMORY_FOR_EACH_BYTE, this::grow);
    private final AtomicLong image = new AtomicLong();
    private final AtomicLong came = new AtomicLong();
    private final AtomicLong grown = new AtomicLong();
    private volatile boolean isCounted;
    private volatile boolean isNested;

    Budget(ImportOptions options) {
        this.options = options;
    }

    /** That of a layer that is in no image yet. */
    static Budget ofOneLayer(long bytes) {
        return new Budget(ImportOptions.DEFAULT.withMaxLayerSize(bytes).withMaxImageSize(Long.MAX_VALUE));
    }

    /** Refuses what comes by when it is too much. */
    interface Limit {
        /**
         * Asked for each piece.
         *
         * @param count how many bytes came by, the piece included
         * @param piece how many the piece has
         */
        void check(long count, int piece) throws MalformedLayerException;
    }

    /** So many bytes. */
    static Limit of(long bytes) {
        return (count, piece) -> {
            if (count > bytes) {
                throw new MalformedLayerException("more than the " + bytes + " bytes that are allowed");
            }
        };
    }

    /** The memory that a part of the import may take. */
    Allowance memory() {
        return memory.open();
    }

    /** Says how many bytes come in all: the file that is imported, whatever lies in it. */
    void cameAll(long bytes) {
        came(bytes);
        isCounted = true;
    }

    /** Says that bytes of a layer come, unless they are part of what was counted already. */
    void came(long bytes) {
        if (!isCounted) {
            came.addAndGet(bytes);
            memory.came(bytes);
        }
    }

    /** The same of a stream of which nobody knows how long it is: of each of its bytes as it is read. */
    InputStream counted(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int b = in.read();
                came(b < 0 ? 0 : 1);
                return b;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int n = in.read(target, offset, length);
                came(Math.max(n, 0));
                return n;
            }

            @Override
            public boolean markSupported() {
                return false;
            }
        };
    }

    /**
     * That of one layer's tar.
     *
     * @param from how many bytes it was compressed to; {@link #UNKNOWN} where nobody knows, or where it came as it is
     */
    Limit ofLayer(long from) {
        Limit layer = of(options.maxLayerSize());
        return (count, piece) -> {
            layer.check(count, piece);
            if (from != UNKNOWN) {
                expand(count, count, from);
            }
            if (from != UNKNOWN || isNested) {
                grow(count, piece);
            }
            add(count, piece);
        };
    }

    /** That of a compressed archive, which is not kept, but holds all of an image. */
    Limit ofArchive() {
        Limit archive = of(options.maxImageSize());
        isNested = true;
        return (count, piece) -> {
            archive.check(count, piece);
            grow(count, piece);
        };
    }

    /** Says that what was read as a layer is an archive, whose layers come out of it once more. */
    void readArchive() {
        isNested = true;
    }

    /** A layer that need not be read. */
    void add(long bytes) throws MalformedLayerException {
        add(bytes, bytes);
    }

    /** Bytes that would be written, such as those of holes that are not kept as such. */
    void grow(long bytes) throws MalformedLayerException {
        grow(bytes, bytes);
    }

    /** An index, of tars of so many bytes: it counts where it is larger than that of files as they are, a tenth of the tar. */
    void growByIndex(long index, long tars) throws MalformedLayerException {
        grow(Math.max(0, index - USUAL_INDEX - tars / 4));
    }

    private void grow(long count, long piece) throws MalformedLayerException {
        expand(count, grown.addAndGet(piece), came.get());
    }

    private void add(long layer, long piece) throws MalformedLayerException {
        long all = image.addAndGet(piece);
        if (all > options.maxImageSize()) {
            throw new MalformedLayerException("its " + layer + " bytes up to here and the " + (all - layer)
                    + " of other layers are more than the " + options.maxImageSize()
                    + " bytes that an image may have");
        }
    }

    private void expand(long count, long all, long from) throws MalformedLayerException {
        ImportOptions.Expansion most = options.maxExpansion();
        if (all > most.always() && all / most.times() >= Math.max(from, 1)) {
            throw new MalformedLayerException("more than " + most.always() + " bytes, and " + most.times()
                    + " times as many as the " + from + " compressed ones, at byte " + count
                    + (all == count ? "" : ", with those of the image before"));
        }
    }
}
