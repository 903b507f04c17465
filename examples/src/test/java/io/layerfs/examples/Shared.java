package io.layerfs.examples;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Material beside the project that tests use where it is at hand: {@code shared/...}, in some directory above. */
final class Shared {

    private Shared() {}

    /** The file at {@code name} in it; the test is skipped where it is missing. */
    static Path file(String name) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path file = at.resolve("shared").resolve(name);
            if (Files.exists(file)) {
                return file;
            }
        }
        assumeTrue(false, "shared/" + name + " is in no directory above");
        throw new AssertionError();
    }
}
