package io.layerfs.vfs;

import io.layerfs.Backend;
import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;

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
            return new ViewMount(store.view(image));
        }
        String name = options.name();
        return new ViewMount(
                name == null ? store.writable(image, options.quota()) : store.createView(name, image, options.quota()));
    }

    @Override
    public Mount open(LayerStore store, String view) throws IOException {
        return new ViewMount(store.openView(view));
    }

    /** A view as a file system; both are closed together. */
    private static final class ViewMount implements Mount {
        private final View view;
        private final FileSystem fileSystem;

        ViewMount(View view) {
            this.view = view;
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
            return view instanceof WritableView writable ? new ViewMount(writable.fork()) : new ViewMount(view);
        }

        @Override
        public ProcessBuilder command(String... command) {
            throw new UnsupportedOperationException(
                    "a program cannot see the file system of a JVM; the backend 'overlay' runs programs");
        }

        @Override
        public void close() throws IOException {
            try {
                fileSystem.close();
            } finally {
                if (view instanceof WritableView writable) {
                    writable.close();
                }
            }
        }
    }
}
