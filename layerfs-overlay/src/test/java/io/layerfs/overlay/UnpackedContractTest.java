package io.layerfs.overlay;

import io.layerfs.Backend;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.contract.Capability;
import io.layerfs.contract.MountContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;

/** The contract, on the kernel with each layer unpacked: no index, since file handles of a copy say nothing of the image. */
class UnpackedContractTest extends MountContract {

    @Override
    protected Mount mount(LayerStore store, Image image) throws IOException {
        Kernel.requireRoot();
        return backend().mount(store, image, MountOptions.DISPOSABLE);
    }

    @Override
    protected Backend backend() {
        try {
            return new OverlayBackend(new Direct(List.of(Lowers.Kind.UNPACKED)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fewer, as overlayfs is the same, and only the layers below are others. */
    @Override
    protected int steps() {
        return super.steps() / 5;
    }

    @Override
    protected Set<Capability> capabilities() {
        return Set.of(Capability.CHANGES, Capability.DIRECTORY_RENAME, Capability.STABLE_INODES);
    }
}
