package io.layerfs.vfs;

import io.layerfs.View;
import java.nio.file.FileSystem;

/** Makes file systems of views. */
public final class LayerFileSystems {

    private LayerFileSystems() {}

    /**
     * A file system that shows {@code view}: read-only, unless it is a {@link io.layerfs.WritableView}.
     *
     * <p>Its paths are as lasting as it is; what is not absolute is resolved against {@code /}. Its URIs ({@code
     * layerfs://NUMBER/path}) mean it for as long as it is open. Closing it closes the channels and directory streams that it
     * gave; the view stays usable. Safe for use by many threads, of which readers never wait for each other.
     */
    public static FileSystem open(View view) {
        return LayerFileSystemProvider.instance().open(view);
    }
}
