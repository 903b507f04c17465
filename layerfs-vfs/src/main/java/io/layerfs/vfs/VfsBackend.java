package io.layerfs.vfs;

import io.layerfs.Backend;
import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Lease;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The backend that needs no privilege and no Linux: the view itself, through {@link LayerFileSystems}. */
public final class VfsBackend implements Backend {

    /** For the service loader. */
    public VfsBackend() {}

    @Override
    public String name() {
        return "vfs";
    }

    @Override
    public Mount mount(LayerStore store, Image image, MountOptions options) throws IOException {
        if (options.at() != null) {
            throw new UnsupportedOperationException(
                    "the backend 'vfs' cannot show an image at " + options.at() + ": it is a file system of this JVM");
        }
        store.admit(image, options.policy());
        if (options.readOnly()) {
            Lease lease = store.lease(image);
            try {
                return new ViewMount(store.view(image), new SharedLease(lease));
            } catch (IOException | RuntimeException | Error e) {
                lease.close();
                throw e;
            }
        }
        String name = options.name();
        return new ViewMount(
                name == null ? store.writable(image, options.quota()) : store.createView(name, image, options.quota()),
                null);
    }

    @Override
    public Mount open(LayerStore store, String view) throws IOException {
        return new ViewMount(store.openView(view), null);
    }

    /** What several mounts of one view need, and the last of them gives free. */
    private static final class SharedLease {
        private final Lease lease;
        private final AtomicInteger users = new AtomicInteger(1);

        SharedLease(Lease lease) {
            this.lease = lease;
        }

        SharedLease retain() {
            users.incrementAndGet();
            return this;
        }

        void release() throws IOException {
            if (users.decrementAndGet() == 0) {
                lease.close();
            }
        }
    }

    /** A view as a file system; both are closed together. */
    private static final class ViewMount implements Mount {
        private final View view;
        private final FileSystem fileSystem;
        private final @Nullable SharedLease lease;
        private final AtomicBoolean closed = new AtomicBoolean();

        /** {@code lease} keeps the image of a view that does not do so itself. */
        ViewMount(View view, @Nullable SharedLease lease) {
            this.view = view;
            this.lease = lease;
            this.fileSystem = LayerFileSystems.open(view);
        }

        @Override
        public Path root() {
            return fileSystem.getPath("/");
        }

        @Override
        public Changeset changes() throws IOException {
            return view instanceof WritableView writable ? writable.changes() : new ChangesetBuilder().build();
        }

        @Override
        public String description() {
            return view instanceof WritableView ? "vfs: in this JVM, writable" : "vfs: in this JVM, read-only";
        }

        @Override
        public Mount fork() throws IOException {
            return view instanceof WritableView writable
                    ? new ViewMount(writable.fork(), null)
                    : new ViewMount(view, lease == null ? null : lease.retain());
        }

        @Override
        public ProcessBuilder command(String... command) {
            throw new UnsupportedOperationException(
                    "a program cannot see the file system of a JVM; the backend 'overlay' runs programs");
        }

        @Override
        public void close() throws IOException {
            if (closed.getAndSet(true)) {
                return;
            }
            try {
                fileSystem.close();
            } finally {
                closeView();
            }
        }

        private void closeView() throws IOException {
            try {
                if (view instanceof WritableView writable) {
                    writable.close();
                }
            } finally {
                if (lease != null) {
                    lease.release();
                }
            }
        }
    }
}
