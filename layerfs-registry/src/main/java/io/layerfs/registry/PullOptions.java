package io.layerfs.registry;

import io.layerfs.ImagePolicy;
import io.layerfs.ImportOptions;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;
import org.jspecify.annotations.Nullable;

/**
 * How an image is pulled.
 *
 * @param platform what the image must be made for; null for this machine, or whatever the only image there is made for
 * @param tag the name that the image gets in the store; null for its reference in full
 * @param maxLayerSize how many bytes the uncompressed tar of a layer may have; more is refused as a bomb
 * @param listener told of the progress of each blob, by its digest
 * @param signatures whether the signatures of the image are pulled, too; they are where there is a policy
 * @param policy what the image must be, before any layer is asked for
 */
public record PullOptions(
        @Nullable Platform platform,
        @Nullable String tag,
        long maxLayerSize,
        ProgressListener listener,
        boolean signatures,
        ImagePolicy policy) {

    /** For this machine, named by its reference, with layers as large as in an import. */
    public static final PullOptions DEFAULT = new PullOptions(
            null, null, ImportOptions.DEFAULT.maxLayerSize(), ProgressListener.NONE, false, ImagePolicy.ANY);

    /** The same, for another platform. */
    public PullOptions withPlatform(Platform wanted) {
        return new PullOptions(wanted, tag, maxLayerSize, listener, signatures, policy);
    }

    /** The same, naming the image {@code name} in the store. */
    public PullOptions withTag(String name) {
        return new PullOptions(platform, name, maxLayerSize, listener, signatures, policy);
    }

    /** The same, with another limit. */
    public PullOptions withMaxLayerSize(long bytes) {
        return new PullOptions(platform, tag, bytes, listener, signatures, policy);
    }

    /** The same, telling {@code told} of the progress. */
    public PullOptions withListener(ProgressListener told) {
        return new PullOptions(platform, tag, maxLayerSize, told, signatures, policy);
    }

    /** The same, with the signatures of the image. */
    public PullOptions withSignatures() {
        return new PullOptions(platform, tag, maxLayerSize, listener, true, policy);
    }

    /** The same, of an image that {@code asked} must admit. */
    public PullOptions withPolicy(ImagePolicy asked) {
        return new PullOptions(platform, tag, maxLayerSize, listener, signatures, asked);
    }
}
