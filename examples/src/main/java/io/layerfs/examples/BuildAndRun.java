package io.layerfs.examples;

import io.layerfs.BackendUnavailableException;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.compose.Rootfs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Builds a root file system and runs a program in it: {@code BuildAndRun STORE BASE.tar}. The base is an image archive that has
 * a shell. What the program makes is a layer of the image, and the program is not run again for the same inputs.
 *
 * <p>Needs Linux, and root or user namespaces; elsewhere it says so, and ends with 3.
 */
public final class BuildAndRun {

    private static final String SCRIPT = "#!/bin/sh\necho \"hello from $(uname -s), as $(id -u)\"\n";

    private BuildAndRun() {}

    /** Composes {@code built:1} in the store of the first argument, from the archive of the second. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: BuildAndRun STORE BASE.tar");
            System.exit(2);
        }
        try (LayerStore store = LayerStore.open(Path.of(arguments[0]))) {
            Image base = store.importImage(Path.of(arguments[1]), ImportOptions.DEFAULT);
            System.out.println(
                    "built:1 is " + build(store, base, System.out::println).digest());
        } catch (BackendUnavailableException e) {
            System.err.println(e.getMessage());
            System.exit(3);
        }
    }

    static Image build(LayerStore store, Image base, Consumer<String> output) throws IOException {
        return Rootfs.from(store, base)
                .output(output)
                .write("/usr/local/bin/hello", SCRIPT)
                .mode("/usr/local/bin/hello", 0755)
                .run("sh", "-c", "hello | tee /greeting")
                .cmd("hello")
                .commit("built:1");
    }
}
