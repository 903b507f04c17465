package io.layerfs;

import java.util.List;

/**
 * What a collection removed from a store, or would have, and what it left, with the reason.
 *
 * @param dryRun whether nothing was removed
 * @param removed images first, then files
 * @param kept images, and files that nothing refers to
 * @param remaining the bytes of all files that are left
 * @param leftOver what could not be deleted, each with the reason: of what was removed, or was found of processes that died. It is in
 *     nobody's way, and the next collection tries again
 */
public record GcReport(boolean dryRun, List<Removed> removed, List<Kept> kept, long remaining, List<String> leftOver) {

    /** What can be removed. */
    public enum Kind {
        /** An image, or another document, from the list of images; its files are told by themselves. */
        IMAGE,
        /** A layer's tar. */
        LAYER,
        /** A document, or a layer as it came, compressed. */
        BLOB,
        /** An index of a layer or of a stack of layers, or a note of what a blob holds. */
        INDEX,
        /** A layer as a directory. */
        UNPACKED
    }

    /**
     * Something that was removed.
     *
     * @param digest what names it; of a merged index, the chain id
     * @param bytes its size; 0 of an image
     */
    public record Removed(Kind kind, Digest digest, long bytes) {}

    /** Why something stays. */
    public enum Reason {
        /** It has a name of its own. */
        NAMED,
        /** A mount, a lease or an operation of a living process needs it. */
        IN_USE,
        /** A writable view is made of it. */
        VIEW,
        /** Something that stays refers to it, or it says something of an image that stays, such as a signature. */
        REFERRED,
        /** It was written or used too recently. */
        RECENT,
        /** It has no name, but images without one were not to go. */
        UNTAGGED,
        /** The store is small enough without its going. */
        FITS
    }

    /**
     * Something that stays.
     *
     * @param names those of an image; none of a file
     */
    public record Kept(Digest digest, List<String> names, Reason reason) {}

    /** Copies the lists. */
    public GcReport {
        removed = List.copyOf(removed);
        kept = List.copyOf(kept);
        leftOver = List.copyOf(leftOver);
    }

    /** How many bytes were freed in all. */
    public long bytes() {
        return removed.stream().mapToLong(Removed::bytes).sum();
    }

    /** What was removed of one kind. */
    public List<Digest> removed(Kind kind) {
        return removed.stream()
                .filter(r -> r.kind() == kind)
                .map(Removed::digest)
                .toList();
    }
}
