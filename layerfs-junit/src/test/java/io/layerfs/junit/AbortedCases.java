package io.layerfs.junit;

import static org.assertj.core.api.Assertions.fail;

import io.layerfs.Backend;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Tests that ask for a backend that never works. */
class AbortedCases {

    /** A backend that never works. */
    public static final class NeverBackend implements Backend {
        @Override
        public String name() {
            return "never";
        }

        @Override
        public String unavailable() {
            return "it never works";
        }

        @Override
        public Mount mount(LayerStore store, Image image, MountOptions options) {
            throw new AssertionError("it never works");
        }

        @Override
        public Mount open(LayerStore store, String view) {
            throw new AssertionError("it never works");
        }
    }

    @Test
    void byAParameter(@Rootfs(backend = "never") Path root) {
        fail("runs with %s", root);
    }

    @Nested
    class Inner {
        @Rootfs(backend = "never")
        private Path root;

        @Test
        void byAField() {
            fail("runs with %s", root);
        }
    }
}
