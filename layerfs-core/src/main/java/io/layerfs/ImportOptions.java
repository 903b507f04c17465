package io.layerfs;

import org.jspecify.annotations.Nullable;

/**
 * How an image is imported.
 *
 * @param platform what the image must be made for; null for what an archive has for this machine, or its only image,
 *     whatever that is for
 * @param reference which image is taken from an archive that has several, by the name it has there; null where there is one
 * @param tag the name that the image gets in the store; null for the one that it has in the archive, if any
 * @param maxLayerSize how many bytes the uncompressed tar of a layer may have; more is refused as a bomb
 * @param maxImageSize how many bytes the uncompressed tars of all layers of an image may have, of those that were here before,
 *     too; each counts once, and so does an archive that is compressed as a whole
 * @param maxExpansion how much larger the tar of a layer may be than the file it was compressed to, and all of them than what
 *     was read; holes of less than 16 MiB count as zeros
 * @param owner who owns the files of a host directory that is imported; null for their owners there
 * @param listener told of the progress
 * @param policy what the image must be, before anything of it is in the store
 * @param skipped told of what is left out of a host directory that is imported: sockets, for which a tar has no form, and the store
 *     itself, where it lies in that directory
 */
public record ImportOptions(
        @Nullable Platform platform,
        @Nullable String reference,
        @Nullable String tag,
        long maxLayerSize,
        long maxImageSize,
        Expansion maxExpansion,
        @Nullable Owner owner,
        ProgressListener listener,
        ImagePolicy policy,
        ExportPolicy.Skipped skipped) {

    /**
     * For this machine, with the archive's own name, layers of up to 64 GiB and images of up to 128 GiB; from 1 GiB on a layer
     * may have no more than 200 times its compressed bytes. Content is below 50 times; but databases' files of zeros, which come
     * in images, reach the most that gzip can, which is 1032 times, and zstd has no such end.
     */
    public static final ImportOptions DEFAULT = new ImportOptions(
            null,
            null,
            null,
            64L << 30,
            128L << 30,
            new Expansion(200, 1L << 30),
            null,
            ProgressListener.NONE,
            ImagePolicy.ANY,
            (path, reason) -> {});

    /**
     * The owner of files.
     *
     * @param uid the user's number, unsigned
     * @param gid the group's number, unsigned
     */
    public record Owner(int uid, int gid) {}

    /**
     * By how much bytes may grow when they are decompressed.
     *
     * @param times they may become this many times as many, at least 1
     * @param always they may become this many, whatever they came as
     */
    public record Expansion(int times, long always) {

        /** Checks that it is at least 1. */
        public Expansion {
            if (times < 1) {
                throw new IllegalArgumentException("an expansion to " + times + " times");
            }
        }
    }

    /** The same, for another platform. */
    public ImportOptions withPlatform(Platform wanted) {
        return new ImportOptions(
                wanted, reference, tag, maxLayerSize, maxImageSize, maxExpansion, owner, listener, policy, skipped);
    }

    /** The same, for the image that has this name in the archive. */
    public ImportOptions withReference(String name) {
        return new ImportOptions(
                platform, name, tag, maxLayerSize, maxImageSize, maxExpansion, owner, listener, policy, skipped);
    }

    /** The same, naming the image {@code name} in the store. */
    public ImportOptions withTag(String name) {
        return new ImportOptions(
                platform, reference, name, maxLayerSize, maxImageSize, maxExpansion, owner, listener, policy, skipped);
    }

    /** The same, with another limit of a layer. */
    public ImportOptions withMaxLayerSize(long bytes) {
        return new ImportOptions(
                platform, reference, tag, bytes, maxImageSize, maxExpansion, owner, listener, policy, skipped);
    }

    /** The same, with another limit of all layers. */
    public ImportOptions withMaxImageSize(long bytes) {
        return new ImportOptions(
                platform, reference, tag, maxLayerSize, bytes, maxExpansion, owner, listener, policy, skipped);
    }

    /** The same, with another limit of what decompressing a layer gives. */
    public ImportOptions withMaxExpansion(Expansion most) {
        return new ImportOptions(
                platform, reference, tag, maxLayerSize, maxImageSize, most, owner, listener, policy, skipped);
    }

    /** The same, giving all files of a host directory to one owner. */
    public ImportOptions withOwner(Owner all) {
        return new ImportOptions(
                platform, reference, tag, maxLayerSize, maxImageSize, maxExpansion, all, listener, policy, skipped);
    }

    /** The same, telling {@code told} of the progress. */
    public ImportOptions withListener(ProgressListener told) {
        return new ImportOptions(
                platform, reference, tag, maxLayerSize, maxImageSize, maxExpansion, owner, told, policy, skipped);
    }

    /** The same, of an image that {@code asked} must admit. */
    public ImportOptions withPolicy(ImagePolicy asked) {
        return new ImportOptions(
                platform, reference, tag, maxLayerSize, maxImageSize, maxExpansion, owner, listener, asked, skipped);
    }

    /** The same, telling {@code told} of what is left out of a host directory. */
    public ImportOptions withSkipped(ExportPolicy.Skipped told) {
        return new ImportOptions(
                platform, reference, tag, maxLayerSize, maxImageSize, maxExpansion, owner, listener, policy, told);
    }
}
