package io.layerfs.overlay;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.oci.RunConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A process that runs a program in an image: one that prints, or one that goes on, with others, until it is killed. */
final class ProgramAndWait {

    private ProgramAndWait() {}

    static ProcessBuilder builder(Path store, Image image, String what) {
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ProgramAndWait.class.getName(),
                store.toString(),
                image.digest().toString(),
                what);
    }

    /** Gets the store, the digest of an image, and what to do. */
    public static void main(String[] arguments) throws Exception {
        try (LayerStore store = LayerStore.open(Path.of(arguments[0]));
                Mount mount = new OverlayBackend().mount(store, store.image(arguments[1]), MountOptions.DISPOSABLE)) {
            if (arguments[2].equals("print")) {
                print(mount);
            } else {
                String script =
                        "trap '' HUP TERM INT; nohup setsid sleep 4711 >/dev/null 2>&1 & (sleep 4712 &) ; echo runs; sleep 4713";
                mount.command("/bin/sh", "-c", script).inheritIO().start().waitFor();
            }
        }
    }

    private static void print(Mount mount) throws IOException, InterruptedException {
        String config = "{\"config\": {\"Env\": [\"V=v\u00e4lue\"], \"WorkingDir\": \"/w\u00f6rk\"}}";
        Way.Seen seen = new Way.Seen(mount.root(), "", 0, lazily -> {});
        RootCommand.in(
                        seen,
                        InitProgram.path(mount.root().resolve("..")),
                        RunConfig.parse("config", config.getBytes(StandardCharsets.UTF_8)),
                        "/bin/sh",
                        "-c",
                        "echo \"$1|$V|$(pwd)\"",
                        "sh",
                        "\u00e4 50% \u20ac")
                .inheritIO()
                .start()
                .waitFor();
    }
}
