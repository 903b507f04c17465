package io.layerfs.overlay;

import io.layerfs.Digest;
import io.layerfs.store.MergedIndex;
import io.layerfs.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A way in which the kernel is had to mount: by this process, or by one in a user namespace. */
interface Way {

    /** How overlayfs marks its layers. */
    OverlayForm form();

    /** How owners are kept in layers and uppers. */
    Ownership ownership();

    /** Mounts; what is answered is ended by the caller. */
    Seen mount(Store store, Wanted wanted) throws IOException;

    /**
     * What is to be mounted.
     *
     * @param index the image's
     * @param diffIds of its layers, base first
     * @param upper where changes go; null for a mount that is not written
     * @param lasting whether the changes outlive the mount
     * @param area a directory for this mount alone
     * @param at where it is to be seen; null for in the area
     */
    record Wanted(
            MergedIndex index,
            List<Digest> diffIds,
            @Nullable UpperDirectory upper,
            boolean lasting,
            Path area,
            @Nullable Path at) {}

    /**
     * What was mounted.
     *
     * @param root where it is seen
     * @param description how, for people
     * @param helper the process whose user and mount namespaces it is in; 0 where it is in those of this process
     * @param end takes it away
     */
    record Seen(Path root, String description, long helper, End end) {}

    /** Takes a mount away. */
    interface End {
        /** Fails, and does nothing, where it is in use, unless {@code lazily}. */
        void end(boolean lazily) throws IOException;
    }
}
