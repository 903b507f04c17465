package io.layerfs.libraries;

import io.layerfs.LayerStore;
import io.layerfs.compose.Rootfs;
import io.layerfs.registry.Registry;
import io.layerfs.trust.TrustPolicy;
import io.layerfs.vfs.LayerFileSystems;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The libraries that our modules use, in one version each: jars that the build puts into {@code target}. */
enum LibrarySet {
    OLDEST,
    NEWEST;

    /** What is published and uses libraries of others, but for jnr-ffi, which is ours to choose. */
    private static final List<Class<?>> MODULES =
            List.of(LayerStore.class, LayerFileSystems.class, Registry.class, TrustPolicy.class, Rootfs.class);

    List<Path> jars() throws IOException {
        try (Stream<Path> files =
                Files.list(Path.of("target", "libraries-" + name().toLowerCase(java.util.Locale.ROOT)))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    /** Directories or jars of classes. */
    static List<Path> modules() {
        return MODULES.stream().map(LibrarySet::place).toList();
    }

    /** A class path of our modules, the classes of this test, and these libraries. */
    String classPath() throws IOException {
        List<Path> all = new ArrayList<>(modules());
        all.add(place(LibrarySet.class));
        all.addAll(jars());
        return all.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    private static Path place(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
