package io.layerfs.vfs;

import io.layerfs.Backend;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.contract.Capability;
import io.layerfs.contract.MountContract;
import java.io.IOException;
import java.util.EnumSet;
import java.util.ServiceLoader;
import java.util.Set;

/** The contract, on the pure-Java backend as a user finds it. */
class VfsContractTest extends MountContract {

    @Override
    protected Mount mount(LayerStore store, Image image) throws IOException {
        return backend().mount(store, image, MountOptions.DISPOSABLE);
    }

    @Override
    protected Backend backend() {
        return ServiceLoader.load(Backend.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.name().equals("vfs"))
                .findFirst()
                .orElseThrow();
    }

    @Override
    protected Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }
}
