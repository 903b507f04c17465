package io.layerfs.registry;

import io.layerfs.ProgressListener;
import java.util.List;

/**
 * How an image is pushed.
 *
 * @param mountFrom repositories of the same registry that may have some of the blobs, beside those that the image's tags name
 * @param listener told of the progress of each blob, by its digest; a blob that the registry has is done at once
 * @param signatures whether the signatures that the store has of the image are added to those that the registry has
 */
public record PushOptions(List<String> mountFrom, ProgressListener listener, boolean signatures) {

    /** With nothing said. */
    public static final PushOptions DEFAULT = new PushOptions(List.of(), ProgressListener.NONE, false);

    /** Copies the list. */
    public PushOptions {
        mountFrom = List.copyOf(mountFrom);
    }

    /** The same, with blobs taken over from these repositories where they have them. */
    public PushOptions withMountFrom(List<String> repositories) {
        return new PushOptions(repositories, listener, signatures);
    }

    /** The same, telling {@code told} of the progress. */
    public PushOptions withListener(ProgressListener told) {
        return new PushOptions(mountFrom, told, signatures);
    }

    /** The same, with the signatures of the image. */
    public PushOptions withSignatures() {
        return new PushOptions(mountFrom, listener, true);
    }
}
