package io.layerfs;

import java.time.Instant;
import java.util.List;

/**
 * What a store costs: sizes of files, in bytes. The files of blobs and of derived data are, each once, those that one image
 * alone needs, those that several share, those that only views and leases need, and those that nothing refers to.
 *
 * @param images in the order in which they came; other documents of the store's list, such as signatures, are among them
 * @param layers those of the images, each once
 * @param shared what more than one image needs
 * @param held what no image needs, but a writable view, a mount, a lease or a running operation
 * @param unreferenced what the next collection removes
 * @param droppable indexes and unpacked layers of images that nothing uses at present, which a collection can remove
 */
public record StoreUsage(
        List<OfImage> images, List<OfLayer> layers, long shared, long held, long unreferenced, long droppable) {

    /** Copies the lists. */
    public StoreUsage {
        images = List.copyOf(images);
        layers = List.copyOf(layers);
    }

    /**
     * What an image costs.
     *
     * @param lastUsed when it was imported, viewed or mounted, within some minutes
     * @param tars its layers, uncompressed
     * @param originals its layers as they came, where they came compressed
     * @param documents its manifest and config
     * @param indexes of its layers and of all of them
     * @param unpacked its layers as directories
     * @param exclusive what of all that no other image needs
     */
    public record OfImage(
            Digest digest,
            List<String> tags,
            Instant lastUsed,
            long tars,
            long originals,
            long documents,
            long indexes,
            long unpacked,
            long exclusive) {

        /** Copies the list. */
        public OfImage {
            tags = List.copyOf(tags);
        }

        /** All of it. */
        public long total() {
            return tars + originals + documents + indexes + unpacked;
        }

        /** What other images need, too. */
        public long shared() {
            return total() - exclusive;
        }
    }

    /**
     * What a layer costs.
     *
     * @param tar its tar
     * @param index its own index
     * @param images those that have it
     */
    public record OfLayer(Digest diffId, long tar, long index, List<Digest> images) {

        /** Copies the list. */
        public OfLayer {
            images = List.copyOf(images);
        }
    }

    /** The bytes of all blobs and derived data. */
    public long total() {
        return images.stream().mapToLong(OfImage::exclusive).sum() + shared + held + unreferenced;
    }
}
