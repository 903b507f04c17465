package io.layerfs.overlay;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.contract.BackendAgreement;
import io.layerfs.contract.Capability;
import io.layerfs.vfs.VfsBackend;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The pure-Java backend against the kernel over unpacked layers, where the kernel itself stacks them. */
class UnpackedStacksTest extends BackendAgreement {

    @Override
    protected Mount judge(LayerStore store, Image image) throws IOException {
        Kernel.requireRoot();
        return new OverlayBackend(new Direct(List.of(Lowers.Kind.UNPACKED)))
                .mount(store, image, MountOptions.DISPOSABLE);
    }

    @Override
    protected Mount tested(LayerStore store, Image image) throws IOException {
        return new VfsBackend().mount(store, image, MountOptions.DISPOSABLE);
    }

    @Override
    protected Set<Capability> capabilities() {
        return Set.of();
    }

    /** Without an index overlayfs copies a file up by one of its names, and counts the others still. */
    @Override
    protected int steps() {
        return 0;
    }
}
