package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.vfs.VfsBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A package is installed in a Debian image by its own apt-get, and what that did becomes a layer. */
class PackageTest {

    @TempDir
    private Path directory;

    private static String run(ProcessBuilder builder) throws Exception {
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** A package with a program, a hard link to it, a link, a file of another owner, and a script that is run. */
    private Path buildPackage() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg-deb")), "dpkg-deb is not installed");
        Path root = directory.resolve("package");
        Files.createDirectories(root.resolve("DEBIAN"));
        Files.createDirectories(root.resolve("usr/bin"));
        Files.createDirectories(root.resolve("var/lib/layered"));
        Files.writeString(root.resolve("DEBIAN/control"), """
                        Package: layered
                        Version: 1.0
                        Architecture: all
                        Maintainer: nobody <nobody@localhost>
                        Description: a package for a test
                        """);
        Path script = Files.writeString(
                root.resolve("DEBIAN/postinst"), "#!/bin/sh\nset -e\nchown 33:33 /var/lib/layered/data\n");
        Path program = Files.writeString(root.resolve("usr/bin/layered"), "#!/bin/sh\necho it is installed\n");
        for (Path executable : List.of(script, program)) {
            Files.setAttribute(executable, "unix:mode", 0755);
        }
        Files.createLink(root.resolve("usr/bin/layered-too"), program);
        Files.createSymbolicLink(root.resolve("usr/bin/layered-link"), Path.of("layered"));
        Files.writeString(root.resolve("var/lib/layered/data"), "data");
        Path built = directory.resolve("layered.deb");
        run(new ProcessBuilder("dpkg-deb", "--root-owner-group", "--build", root.toString(), built.toString()));
        return built;
    }

    @Test
    void whatAPackageBringsIsTheLayer() throws Exception {
        Kernel.requireRoot();
        Path archive = SharedImages.file("app.oci.tar");
        Path built = buildPackage();
        try (LayerStore store = LayerStore.open(directory.resolve("store"))) {
            Image image = store.importImage(archive, ImportOptions.DEFAULT);
            Layer layer;
            try (Mount mount = new OverlayBackend().mount(store, image, MountOptions.DISPOSABLE)) {
                Path inside = Files.copy(built, mount.root().resolve("home/layered.deb"));
                run(mount.command("apt-get", "install", "-y", "/home/layered.deb"));
                Files.delete(inside);
                assertThat(run(mount.command("layered"))).isEqualTo("it is installed\n");
                layer = store.add(mount.changes());
            }
            Image made = store.plus(image, layer, History.of("apt-get install layered"), null);
            List<String> paths = paths(layer);
            assertThat(paths)
                    .contains(
                            "usr/bin/layered",
                            "usr/bin/layered-too",
                            "usr/bin/layered-link",
                            "var/lib/layered/data",
                            "var/lib/dpkg/status");
            assertThat(paths)
                    .allMatch(path -> path.matches(
                            "\\.|home|usr|usr/bin|usr/bin/layered.*|var|var/lib|var/lib/(layered|dpkg|apt)(/.*)?|var/log(/.*)?"
                                    + "|var/cache(/.*)?"));
            try (Mount again = new VfsBackend().mount(store, made, MountOptions.READ_ONLY)) {
                Path root = again.root();
                assertThat(Files.getAttribute(root.resolve("var/lib/layered/data"), "unix:uid"))
                        .isEqualTo(33);
                assertThat(Files.isSameFile(root.resolve("usr/bin/layered"), root.resolve("usr/bin/layered-too")))
                        .isTrue();
            }
            try (Mount again = new OverlayBackend().mount(store, made, MountOptions.READ_ONLY)) {
                assertThat(run(again.command("layered-link"))).isEqualTo("it is installed\n");
            }
        }
    }

    private static List<String> paths(Layer layer) throws IOException {
        List<String> paths = new ArrayList<>();
        layer.changeset().walk((path, entry) -> paths.add(path.toString()));
        return paths;
    }
}
