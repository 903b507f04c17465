package io.layerfs.store;

import io.layerfs.ImportOptions;
import io.layerfs.MalformedLayerException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How large what is imported may become, which the layers of one image share: each layer, each in proportion to the bytes that
 * it came as, and all of them. Asked before bytes are written. Safe for many threads.
 */
final class SizeLimits {

    /** For streams whose length is known otherwise, or nobody's concern. */
    static final long UNKNOWN = -1;

    private final ImportOptions options;
    private final AtomicLong image = new AtomicLong();

    SizeLimits(ImportOptions options) {
        this.options = options;
    }

    /** Those of a layer that is in no image yet. */
    static SizeLimits ofOneLayer(long bytes) {
        return new SizeLimits(ImportOptions.DEFAULT.withMaxLayerSize(bytes).withMaxImageSize(Long.MAX_VALUE));
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

    /**
     * That of one layer's tar.
     *
     * @param compressed how many bytes it came as; {@link #UNKNOWN} where nobody knows, or where it came as it is
     */
    Limit ofLayer(long compressed) {
        Limit layer = of(options.maxLayerSize());
        return (count, piece) -> {
            layer.check(count, piece);
            expand(count, compressed);
            add(count, piece);
        };
    }

    /** That of an archive, which is not kept, but holds all of an image. */
    Limit ofArchive(long compressed) {
        Limit archive = of(options.maxImageSize());
        return (count, piece) -> {
            archive.check(count, piece);
            expand(count, compressed);
        };
    }

    /** A layer that need not be read. */
    void add(long bytes) throws MalformedLayerException {
        add(bytes, bytes);
    }

    private void add(long layer, long piece) throws MalformedLayerException {
        long all = image.addAndGet(piece);
        if (all > options.maxImageSize()) {
            throw new MalformedLayerException("its " + layer + " bytes up to here and the " + (all - layer)
                    + " of other layers are more than the " + options.maxImageSize()
                    + " bytes that an image may have");
        }
    }

    private void expand(long count, long compressed) throws MalformedLayerException {
        ImportOptions.Expansion most = options.maxExpansion();
        if (compressed != UNKNOWN && count > most.always() && count / most.times() >= Math.max(compressed, 1)) {
            throw new MalformedLayerException("more than " + most.always() + " bytes, and " + most.times()
                    + " times as many as the " + compressed + " compressed ones, at byte " + count);
        }
    }
}
