package io.layerfs.junit;

import io.layerfs.Backend;
import io.layerfs.Changeset;
import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.View;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image by one backend: what all roots of it are made from. Where the backend forks, one mount is kept, of which each root
 * is a fork; else each root is a mount. Safe for use by many threads.
 */
final class Base {

    private final LayerStore store;
    private final Image image;
    private final Backend backend;
    private final @Nullable Mount shared;

    Base(LayerStore store, Image image, Backend backend) throws IOException {
        this.store = store;
        this.image = image;
        this.backend = backend;
        this.shared = shared();
    }

    private @Nullable Mount shared() throws IOException {
        Mount mount = backend.mount(store, image, MountOptions.DISPOSABLE);
        try {
            mount.fork().close();
            return mount;
        } catch (UnsupportedOperationException e) {
            mount.close();
            return null;
        }
    }

    LayerStore store() {
        return store;
    }

    Image image() {
        return image;
    }

    /** A further root, which the caller closes. */
    Mount newMount() throws IOException {
        return shared == null ? backend.mount(store, image, MountOptions.DISPOSABLE) : shared.fork();
    }

    /** What is seen with changes of a mount on top. */
    View with(Changeset changes) throws IOException {
        List<Layer> layers = new ArrayList<>(image.layers());
        layers.add(store.add(changes));
        Digest none = image.digest();
        return store.view(new Image(none, image.configDigest(), image.config(), image.platform(), layers, List.of()));
    }

    void close() throws IOException {
        if (shared != null) {
            shared.close();
        }
    }
}
