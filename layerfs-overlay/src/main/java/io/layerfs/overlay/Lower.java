package io.layerfs.overlay;

import io.layerfs.overlay.linux.Fd;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel shows of an image, below what is written: the mount of an index, or directories, the top one first.
 *
 * @param description what it is, for people
 * @param mount a mount that is nowhere; null for directories
 * @param directories the unpacked layers, top first; none for a mount
 */
record Lower(String description, @Nullable Fd mount, List<Path> directories) implements Closeable {

    /** Whether file handles say which inode of the image a file was copied from. */
    boolean hasHandles() {
        return mount != null;
    }

    @Override
    public void close() throws IOException {
        if (mount != null) {
            mount.close();
        }
    }
}
