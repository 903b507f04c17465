package io.layerfs.registry;

import io.layerfs.LayerCompression;
import io.layerfs.ProgressListener;
import java.util.List;

/**
 * How an image is pushed.
 *
 * @param mountFrom repositories of the same registry that may have some of the blobs, beside those that the image's tags name
 * @param listener told of the progress of each blob, by its digest; a blob that the registry has is done at once
 * @param signatures whether the signatures that the store has of the image are added to those that the registry has; they are of
 *     the manifest, which layers that are compressed anew change
 * @param compression what becomes of the layers
 */
public record PushOptions(
        List<String> mountFrom, ProgressListener listener, boolean signatures, LayerCompression compression) {

    /** With nothing said, and the layers as they came. */
    public static final PushOptions DEFAULT =
            new PushOptions(List.of(), ProgressListener.NONE, false, LayerCompression.KEEP);

    /** Copies the list, and refuses signatures of what is not pushed. */
    public PushOptions {
        mountFrom = List.copyOf(mountFrom);
        if (signatures && !compression.equals(LayerCompression.KEEP)) {
            throw new IllegalArgumentException("signatures are of an image whose layers are kept as they came");
        }
    }

    /** The same, with blobs taken over from these repositories where they have them. */
    public PushOptions withMountFrom(List<String> repositories) {
        return new PushOptions(repositories, listener, signatures, compression);
    }

    /** The same, telling {@code told} of the progress. */
    public PushOptions withListener(ProgressListener told) {
        return new PushOptions(mountFrom, told, signatures, compression);
    }

    /** The same, with the signatures of the image. */
    public PushOptions withSignatures() {
        return new PushOptions(mountFrom, listener, true, compression);
    }

    /** The same, with the layers compressed so. */
    public PushOptions withCompression(LayerCompression wanted) {
        return new PushOptions(mountFrom, listener, signatures, wanted);
    }
}
