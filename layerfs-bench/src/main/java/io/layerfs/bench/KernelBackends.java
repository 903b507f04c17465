package io.layerfs.bench;

import io.layerfs.Backend;
import io.layerfs.overlay.OverlayBackend;
import java.io.IOException;

/** The kernel backend in the ways that are compared. */
final class KernelBackends {

    private KernelBackends() {}

    static Backend named(String place) throws IOException {
        return switch (place) {
            case "erofs" -> new OverlayBackend();
            case "overlay" -> OverlayBackend.unpacking();
            default -> throw new IllegalArgumentException("no place is called '" + place + "'");
        };
    }
}
