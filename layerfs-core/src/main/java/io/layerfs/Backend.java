package io.layerfs;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A way to show an image as a file tree. Backends are found by {@link java.util.ServiceLoader}; the pure-Java one is called
 * {@code vfs}. Safe for use by many threads.
 */
public interface Backend {

    /** Its short name. */
    String name();

    /** Why it cannot be used by this process on this machine; null where it can. What is mounted may still need more. */
    default @Nullable String unavailable() {
        return null;
    }

    /** The same for images of this store: what its file system cannot do is a reason, too. May take a tenth of a second. */
    default @Nullable String unavailable(LayerStore store) {
        return unavailable();
    }

    /**
     * Shows an image, once the policy of {@code options} has admitted it: {@link LayerStore#admit} asks.
     *
     * @param store the one that holds the image; stays open at least as long as the mount
     * @return a mount that the caller closes
     * @throws BackendUnavailableException where it cannot be used here
     * @throws UntrustedImageException where the policy refuses the image
     * @throws UnsupportedOperationException where it has no such thing as one of the options asks for
     */
    Mount mount(LayerStore store, Image image, MountOptions options) throws IOException;

    /**
     * Shows the writable view that has this name, with what was changed in it before. No policy is asked: the one of {@link
     * MountOptions} was, when the view was made, and what is in the view since then is no image's. Whoever has another policy
     * now asks it by {@link LayerStore#admit} about the image that {@link LayerStore#views} names.
     *
     * @throws java.nio.file.NoSuchFileException where the store has none of that name
     * @throws java.nio.file.FileSystemException where it is in use
     */
    Mount open(LayerStore store, String view) throws IOException;
}
