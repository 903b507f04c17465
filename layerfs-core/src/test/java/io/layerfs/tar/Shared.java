package io.layerfs.tar;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Material that lies beside the project, not in it. */
final class Shared {

    private Shared() {}

    /** {@code shared/NAME} in this directory or one above it; the test is skipped where there is none. */
    static Path directory(String name) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path found = at.resolve("shared").resolve(name);
            if (Files.isDirectory(found)) {
                return found;
            }
        }
        assumeTrue(false, "no directory shared/" + name + " here or above");
        throw new AssertionError();
    }
}
