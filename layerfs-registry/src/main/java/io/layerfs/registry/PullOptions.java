package io.layerfs.registry;

import io.layerfs.ImagePolicy;
import io.layerfs.ImportOptions;
import io.layerfs.Platform;
import io.layerfs.ProgressListener;

/**
 * How an image is pulled.
 *
 * @param image how it is imported: its platform, its name in the store instead of its reference in full, its limits, who is told
 *     of the progress of each blob, by its digest, and the policy, which is asked before any layer is. Owners and names in an
 *     archive do not count
 * @param signatures whether the signatures of the image are pulled, too; they are where there is a policy
 */
public record PullOptions(ImportOptions image, boolean signatures) {

    /** For this machine, named by its reference, with the limits of an import. */
    public static final PullOptions DEFAULT = new PullOptions(ImportOptions.DEFAULT, false);

    /** The same, imported in another way. */
    public PullOptions withImage(ImportOptions imported) {
        return new PullOptions(imported, signatures);
    }

    /** The same, for another platform. */
    public PullOptions withPlatform(Platform wanted) {
        return withImage(image.withPlatform(wanted));
    }

    /** The same, naming the image {@code name} in the store. */
    public PullOptions withTag(String name) {
        return withImage(image.withTag(name));
    }

    /** The same, telling {@code told} of the progress. */
    public PullOptions withListener(ProgressListener told) {
        return withImage(image.withListener(told));
    }

    /** The same, with the signatures of the image. */
    public PullOptions withSignatures() {
        return new PullOptions(image, true);
    }

    /** The same, of an image that {@code asked} must admit. */
    public PullOptions withPolicy(ImagePolicy asked) {
        return withImage(image.withPolicy(asked));
    }
}
