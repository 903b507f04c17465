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

/** The pure-Java backend against the kernel. */
class AgreementTest extends BackendAgreement {

    @Override
    protected Mount judge(LayerStore store, Image image) throws IOException {
        Kernel.requireRoot();
        return new OverlayBackend(new Direct(List.of(Lowers.Kind.FILES, Lowers.Kind.LOOPS)))
                .mount(store, image, MountOptions.DISPOSABLE);
    }

    @Override
    protected Mount tested(LayerStore store, Image image) throws IOException {
        return new VfsBackend().mount(store, image, MountOptions.DISPOSABLE);
    }

    @Override
    protected Set<Capability> capabilities() {
        return Set.of(Capability.HARD_LINKS);
    }
}
