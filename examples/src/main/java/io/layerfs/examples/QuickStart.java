package io.layerfs.examples;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import io.layerfs.vfs.LayerFileSystems;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The first steps: two layers become an image in a store, and the image is read through {@code java.nio.file}.
 *
 * <p>Run by {@code examples/layerfs quickstart}. Needs no privilege, no daemon, no network; leaves nothing behind.
 */
public final class QuickStart {

    private static final Attributes FILE = attributes(0644);
    private static final Attributes DIRECTORY = attributes(0755);

    private QuickStart() {}

    /** Runs it and tells of it on standard output. */
    public static void main(String[] arguments) throws IOException {
        run(System.out);
    }

    static void run(PrintStream out) throws IOException {
        Path directory = Files.createTempDirectory("layerfs-quickstart-");
        try {
            run(directory.resolve("store"), out);
        } finally {
            delete(directory);
        }
    }

    private static void run(Path directory, PrintStream out) throws IOException {
        try (LayerStore store = LayerStore.open(directory)) {
            out.println("A store is a directory, and an OCI image layout: " + directory);

            Layer base = store.add(base());
            Layer changes = store.add(changes());
            out.println("A layer is named by the digest of its tar:");
            out.println("  " + base.diffId());
            out.println("  " + changes.diffId());

            Image image = store.createImage(List.of(base, changes), Platform.host());
            store.tag(image, "hello:1");
            out.println("An image is a stack of layers, the base first: " + image.digest());

            try (FileSystem files = LayerFileSystems.open(store.view(image))) {
                read(files, out);
            }
        }
    }

    private static Changeset base() throws IOException {
        return new ChangesetBuilder()
                .directory("etc", DIRECTORY)
                .file("etc/motd", FILE, bytes("Hello from the base.\n"))
                .file("etc/obsolete.conf", FILE, bytes("the next layer removes this\n"))
                .symlink("motd", attributes(0777), "/etc/motd")
                .build();
    }

    private static Changeset changes() throws IOException {
        return new ChangesetBuilder()
                .file("etc/motd", FILE, bytes("Hello from a layer on top.\n"))
                .whiteout("etc/obsolete.conf")
                .build();
    }

    private static void read(FileSystem files, PrintStream out) throws IOException {
        out.println("Seen through java.nio.file.Files, it is one tree:");
        try (Stream<Path> tree = Files.walk(files.getPath("/"))) {
            tree.forEach(path -> out.println("  " + path));
        }
        Path link = files.getPath("/motd");
        out.println("Files.readString(" + link + "), through the link to " + Files.readSymbolicLink(link) + ":");
        out.print("  " + Files.readString(link));
        out.println("Files.exists(/etc/obsolete.conf): " + Files.exists(files.getPath("/etc/obsolete.conf")));
    }

    private static Attributes attributes(int mode) {
        return new Attributes(mode, 0, 0, Instant.EPOCH, Xattrs.NONE);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
