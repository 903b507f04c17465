package io.layerfs.overlay;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The real images that lie beside the checkout. */
final class SharedImages {

    private SharedImages() {}

    static Path file(String name) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path file = at.resolve("shared/images").resolve(name);
            if (Files.exists(file)) {
                return file;
            }
        }
        assumeTrue(false, "shared/images/" + name + " is in no directory above");
        throw new AssertionError();
    }
}
