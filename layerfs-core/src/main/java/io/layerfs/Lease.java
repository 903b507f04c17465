package io.layerfs;

import io.layerfs.store.Hold;
import java.io.IOException;

/**
 * Keeps images and layers in a store, whoever removes or collects them, until it is closed, or its process ends, however it
 * ends. Outlives the {@link LayerStore} that gave it. Safe for use by many threads.
 */
public final class Lease implements AutoCloseable {

    /** Has a store forget it. */
    interface Forgetting {
        void forget(Lease lease);
    }

    private final Hold hold;
    private final Forgetting forgetting;

    Lease(Hold hold, Forgetting forgetting) {
        this.hold = hold;
        this.forgetting = forgetting;
    }

    Hold hold() {
        return hold;
    }

    /** Ends it; idempotent. What nothing else needs may be collected then. */
    @Override
    public void close() throws IOException {
        forgetting.forget(this);
        hold.close();
    }
}
