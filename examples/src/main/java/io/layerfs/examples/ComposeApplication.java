package io.layerfs.examples;

import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.compose.Rootfs;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * An application's image from a JAR and a base: {@code ComposeApplication STORE [JAR [BASE]]}. The base is an image archive;
 * without one it is empty. Without a JAR it makes one. Needs no privilege, no daemon, no network.
 */
public final class ComposeApplication {

    private ComposeApplication() {}

    /** Composes {@code app:1} in the store of the first argument. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1 || arguments.length > 3) {
            System.err.println("usage: ComposeApplication STORE [JAR [BASE.tar]]");
            System.exit(2);
        }
        Path directory = Path.of(arguments[0]);
        try (LayerStore store = LayerStore.open(directory)) {
            Path jar = arguments.length > 1 ? Path.of(arguments[1]) : tinyJar(directory.resolveSibling("hello.jar"));
            Path base = arguments.length > 2 ? Path.of(arguments[2]) : null;
            Rootfs rootfs = base == null
                    ? Rootfs.empty(store, Platform.host())
                    : Rootfs.from(store, store.importImage(base, ImportOptions.DEFAULT));
            compose(rootfs, jar, System.out);
        }
    }

    static Image compose(Rootfs rootfs, Path jar, PrintStream out) throws IOException {
        Image image = rootfs.copy(jar, "/app/app.jar")
                .write("/etc/app.properties", "greeting=hello\n")
                .mkdir("/var/lib/app")
                .owner("/var/lib/app", 1000, 1000)
                .mode("/etc/app.properties", 0640)
                .env("APP_HOME", "/app")
                .workdir("/app")
                .user("1000:1000")
                .entrypoint("java", "-jar", "/app/app.jar")
                .label("org.opencontainers.image.title", "hello")
                .commit("app:1");
        out.println("app:1 is " + image.digest());
        for (Layer layer : image.layers()) {
            out.println("  " + layer.diffId());
        }
        return image;
    }

    /** A JAR that does nothing, the same every time. */
    static Path tinyJar(Path file) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        JarEntry entry = new JarEntry(java.util.jar.JarFile.MANIFEST_NAME);
        entry.setLastModifiedTime(FileTime.from(Instant.parse("2000-01-01T00:00:00Z")));
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out)) {
            jar.putNextEntry(entry);
            manifest.write(jar);
        }
        return file;
    }
}
