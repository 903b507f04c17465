package io.layerfs.overlay;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.MountOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process that mounts an image in three ways, and then waits to be killed. */
final class MountAndWait {

    private MountAndWait() {}

    static Process start(Path store, Image image, Path at) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        MountAndWait.class.getName(),
                        store.toString(),
                        image.digest().toString(),
                        at.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Gets the store, the digest of an image and a directory. */
    public static void main(String[] arguments) throws Exception {
        LayerStore store = LayerStore.open(Path.of(arguments[0]));
        Image image = store.image(arguments[1]);
        OverlayBackend backend = new OverlayBackend();
        Files.writeString(
                backend.mount(store, image, MountOptions.DISPOSABLE).root().resolve("new"), "new");
        Files.writeString(
                backend.mount(store, image, MountOptions.named("died")).root().resolve("new"), "new");
        Files.writeString(
                backend.mount(store, image, MountOptions.DISPOSABLE.at(Path.of(arguments[2])))
                        .root()
                        .resolve("new"),
                "new");
        System.out.println("mounted");
        Thread.sleep(Long.MAX_VALUE);
    }
}
