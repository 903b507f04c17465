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
 * @param owner who owns the files of a host directory that is imported; null for their owners there
 * @param listener told of the progress
 * @param policy what the image must be, before anything of it is in the store
 */
public record ImportOptions(
        @Nullable Platform platform,
        @Nullable String reference,
        @Nullable String tag,
        long maxLayerSize,
        @Nullable Owner owner,
        ProgressListener listener,
        ImagePolicy policy) {

    /** For this machine, with the archive's own name, and layers of up to 64 GiB. */
    public static final ImportOptions DEFAULT =
            new ImportOptions(null, null, null, 64L << 30, null, ProgressListener.NONE, ImagePolicy.ANY);

    /**
     * The owner of files.
     *
     * @param uid the user's number, unsigned
     * @param gid the group's number, unsigned
     */
    public record Owner(int uid, int gid) {}

    /** The same, for another platform. */
    public ImportOptions withPlatform(Platform wanted) {
        return new ImportOptions(wanted, reference, tag, maxLayerSize, owner, listener, policy);
    }

    /** The same, for the image that has this name in the archive. */
    public ImportOptions withReference(String name) {
        return new ImportOptions(platform, name, tag, maxLayerSize, owner, listener, policy);
    }

    /** The same, naming the image {@code name} in the store. */
    public ImportOptions withTag(String name) {
        return new ImportOptions(platform, reference, name, maxLayerSize, owner, listener, policy);
    }

    /** The same, with another limit. */
    public ImportOptions withMaxLayerSize(long bytes) {
        return new ImportOptions(platform, reference, tag, bytes, owner, listener, policy);
    }

    /** The same, giving all files of a host directory to one owner. */
    public ImportOptions withOwner(Owner all) {
        return new ImportOptions(platform, reference, tag, maxLayerSize, all, listener, policy);
    }

    /** The same, telling {@code told} of the progress. */
    public ImportOptions withListener(ProgressListener told) {
        return new ImportOptions(platform, reference, tag, maxLayerSize, owner, told, policy);
    }

    /** The same, of an image that {@code asked} must admit. */
    public ImportOptions withPolicy(ImagePolicy asked) {
        return new ImportOptions(platform, reference, tag, maxLayerSize, owner, listener, asked);
    }
}
