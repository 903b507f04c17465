package io.layerfs.overlay;

import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.Mount;
import io.layerfs.View;
import io.layerfs.oci.RunConfig;
import io.layerfs.overlay.linux.Fd;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** An image that the kernel has mounted. Its root is a directory of the default file system. */
public final class OverlayMount implements Mount {

    private final Way way;
    private final Image image;
    private final View below;
    private final @Nullable UpperDirectory upper;
    private final Way.Seen seen;
    private final Path area;
    private final Deque<Closeable> owned;
    private boolean closed;

    /** {@code owned} is closed, the last first, when the mount is ended. */
    OverlayMount(
            Way way,
            Image image,
            View below,
            @Nullable UpperDirectory upper,
            Way.Seen seen,
            Path area,
            Deque<Closeable> owned) {
        this.way = way;
        this.image = image;
        this.below = below;
        this.upper = upper;
        this.seen = seen;
        this.area = area;
        this.owned = owned;
    }

    @Override
    public Path root() {
        return seen.root();
    }

    /** {@inheritDoc} The bytes of files are read when they are stored: until then nothing may be written. */
    @Override
    public synchronized Changeset changes() throws IOException {
        requireOpen();
        return upper == null ? new ChangesetBuilder().build() : UpperReader.read(below, upper, way);
    }

    @Override
    public String description() {
        return "overlay: " + seen.description() + (upper == null ? ", read-only" : ", writable by overlayfs") + ", at "
                + seen.root();
    }

    @Override
    public Mount fork() {
        throw new UnsupportedOperationException("overlayfs cannot fork; the backend 'vfs' can");
    }

    @Override
    public synchronized ProcessBuilder command(String... command) throws IOException {
        requireOpen();
        RunConfig config = RunConfig.parse("config " + image.configDigest(), image.config());
        ProcessBuilder builder = RootCommand.in(seen, InitProgram.path(area), config, command);
        if (upper != null) {
            try (Fd root = Fd.directory(seen.root())) {
                Placeholders.make(root);
            }
        }
        return builder;
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the mount is closed");
        }
    }

    /**
     * Ends it.
     *
     * @throws java.nio.file.FileSystemException where it is in use: a file is open, a program runs in it; then nothing was
     *     done. In a user namespace it is ended for all who look for it, as by {@link #closeLazily}
     */
    @Override
    public void close() throws IOException {
        close(false);
    }

    /** Ends it at once for all who look for it, and later for those who use it now: their files stay open. */
    public void closeLazily() throws IOException {
        close(true);
    }

    private synchronized void close(boolean lazily) throws IOException {
        if (!closed) {
            seen.end().end(lazily);
            closed = true;
            OverlayBackend.closeAll(owned);
        }
    }
}
