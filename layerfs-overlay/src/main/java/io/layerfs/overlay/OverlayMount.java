package io.layerfs.overlay;

import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Mount;
import io.layerfs.View;
import io.layerfs.oci.RunConfig;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * An image that the kernel has mounted. Its root is a directory of the default file system, for this process and its
 * children and every other in the same mount namespace.
 */
public final class OverlayMount implements Mount {

    /**
     * What is mounted.
     *
     * @param image what is seen of the image
     * @param config how programs run in it
     * @param lower in which way the kernel shows it, for people
     * @param upper where changes are; null where there can be none
     */
    record Data(
            View image,
            RunConfig config,
            String lower,
            @Nullable UpperDirectory upper) {}

    private final Data data;
    private final Path root;
    private final Path area;
    private final Deque<Closeable> owned;
    private boolean closed;

    OverlayMount(Data data, Path root, Path area, Deque<Closeable> owned) {
        this.data = data;
        this.root = root;
        this.area = area;
        this.owned = owned;
    }

    @Override
    public Path root() {
        return root;
    }

    /** {@inheritDoc} The bytes of files are read when they are stored: until then nothing may be written. */
    @Override
    public synchronized Changeset changes() throws IOException {
        UpperDirectory upper = data.upper;
        if (upper == null) {
            return new ChangesetBuilder().build();
        }
        requireOpen();
        return UpperReader.read(
                data.image, upper.upper(), upper.work(), OverlayForm.TRUSTED, UpperReader.Owners.AS_THEY_ARE);
    }

    @Override
    public String description() {
        return "overlay: " + data.lower + (data.upper == null ? ", read-only" : ", writable by overlayfs") + ", at "
                + root;
    }

    @Override
    public Mount fork() {
        throw new UnsupportedOperationException("overlayfs cannot fork; the backend 'vfs' can");
    }

    @Override
    public ProcessBuilder command(String... command) throws IOException {
        return RootCommand.in(root, data.config, command);
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the mount is closed");
        }
    }

    /**
     * Ends it.
     *
     * @throws java.nio.file.FileSystemException where it is in use: a file is open, a program runs in it; then nothing was done
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
            MountPoint.detach(root, area, lazily);
            closed = true;
            OverlayBackend.closeAll(owned);
        }
    }
}
