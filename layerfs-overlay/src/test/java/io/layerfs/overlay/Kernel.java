package io.layerfs.overlay;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.overlay.linux.Linux;

/** What the tests of this module need of the machine. */
final class Kernel {

    private Kernel() {}

    /** Skips the test, with the reason, where the kernel does not let this process mount, as root or in a user namespace. */
    static void require() {
        String reason = new OverlayBackend().unavailable();
        assumeTrue(reason == null, () -> "the kernel backend: " + reason);
    }

    /** Skips the test, with the reason, where this process cannot mount as root. */
    static void requireRoot() {
        require();
        assumeTrue(Linux.uid() == 0, "the kernel backend: this process is not root");
    }
}
