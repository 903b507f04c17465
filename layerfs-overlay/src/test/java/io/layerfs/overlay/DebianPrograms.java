package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store with a Debian image, and others made of it: with a further layer, and a config of their own. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
abstract class DebianPrograms {

    static final Attributes PLAIN = attributes(0644);
    static final Attributes PROGRAM = attributes(0755);

    @TempDir
    static Path directory;

    static LayerStore store;
    static Image debian;

    @BeforeAll
    static void importTheImage() throws IOException {
        Kernel.require();
        store = LayerStore.open(directory.resolve("store"));
        debian = store.importImage(SharedImages.file("app.oci.tar"), ImportOptions.DEFAULT);
    }

    @AfterAll
    static void close() throws IOException {
        if (store != null) {
            store.close();
        }
    }

    private static Attributes attributes(int mode) {
        return new Attributes(mode, 0, 0, Instant.ofEpochSecond(1_500_000_000), Xattrs.NONE);
    }

    record Result(int exitCode, String output) {}

    static Result run(ProcessBuilder builder) throws Exception {
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    /** A program of the shell in an image. */
    static Result sh(Image image, String script) throws Exception {
        try (Mount mount = mount(image)) {
            return run(mount.command("/bin/sh", "-c", script));
        }
    }

    static Mount mount(Image image) throws IOException {
        return new OverlayBackend().mount(store, image, MountOptions.DISPOSABLE);
    }

    /** Debian with a layer on top, and with what the config says of programs: members of JSON. */
    static Image image(ChangesetBuilder layer, String config) throws IOException {
        return derive(debian, layer, config);
    }

    /** An image of one layer. */
    static Image scratch(ChangesetBuilder layer, String config) throws IOException {
        return derive(null, layer, config);
    }

    @SuppressWarnings("NullAway")
    private static Image derive(Image base, ChangesetBuilder layer, String config) throws IOException {
        String json = "{\"architecture\": \"amd64\", \"os\": \"linux\", \"config\": {" + config
                + "}, \"rootfs\": {\"type\": \"layers\", \"diff_ids\": []}}";
        return store.derive(
                base,
                List.of(store.add(layer.build())),
                List.of(History.of("test")),
                json.getBytes(StandardCharsets.UTF_8),
                null);
    }

    static ChangesetBuilder nothing() throws IOException {
        return new ChangesetBuilder().file("unimportant", PLAIN, new byte[0]);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static void assertUnchanged(Mount mount) throws IOException {
        assertThat(changed(mount)).containsExactly(".");
        assertThat(mount.changes().root().implicit()).isTrue(); // nothing is said of the root itself
    }

    static List<String> changed(Mount mount) throws IOException {
        List<String> paths = new ArrayList<>();
        mount.changes().walk((path, entry) -> paths.add(path.toString()));
        return paths;
    }
}
