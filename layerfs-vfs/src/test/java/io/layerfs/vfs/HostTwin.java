package io.layerfs.vfs;

import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/** A directory of the host, and the same as an image: what the default provider says of one, this one must say of the other. */
final class HostTwin implements AutoCloseable {

    final Path host;
    final FileSystem files;
    private final LayerStore store;

    HostTwin(Path directory) throws IOException {
        host = Files.createDirectory(directory.resolve("host"));
        fill();
        store = LayerStore.open(directory.resolve("store"));
        Image image = store.importImage(host, ImportOptions.DEFAULT.withTag("twin"));
        files = LayerFileSystems.open(store.view(image));
    }

    private void fill() throws IOException {
        Files.writeString(host.resolve("f"), "content");
        Files.writeString(host.resolve("empty"), "");
        Files.write(host.resolve("big"), new byte[300_000]);
        Files.createDirectories(host.resolve("d/e/g"));
        Files.writeString(host.resolve("d/e/x"), "deep");
        Files.writeString(host.resolve("d/.hidden"), "h");
        Files.writeString(host.resolve("ümläut-€-\uD83D\uDE00"), "unicode");
        Files.createLink(host.resolve("hard"), host.resolve("f"));
        Files.createSymbolicLink(host.resolve("rel"), Path.of("d/e/x"));
        Files.createSymbolicLink(host.resolve("dir"), Path.of("d/e"));
        Files.createSymbolicLink(host.resolve("d/e/up"), Path.of("../.."));
        Files.createSymbolicLink(host.resolve("dangling"), Path.of("nowhere/at/all"));
        Files.createSymbolicLink(host.resolve("loop"), Path.of("loop2"));
        Files.createSymbolicLink(host.resolve("loop2"), Path.of("loop"));
        Files.createSymbolicLink(host.resolve("below-file"), Path.of("f/x"));
        Files.createSymbolicLink(host.resolve("dot"), Path.of("."));
        for (int i = 0; i < 45; i++) {
            Files.createSymbolicLink(host.resolve("chain" + i), Path.of(i == 0 ? "f" : "chain" + (i - 1)));
        }
        for (int i = 0; i < 300; i++) {
            Files.writeString(Files.createDirectories(host.resolve("many")).resolve("n" + i), "" + i);
        }
        Files.setPosixFilePermissions(host.resolve("d"), PosixFilePermissions.fromString("rwxr-x---"));
        Files.setPosixFilePermissions(host.resolve("d/e/x"), PosixFilePermissions.fromString("rwx--x--x"));
        try (Stream<Path> all = Files.walk(host)) {
            for (Path path : all.filter(p -> !Files.isSymbolicLink(p)).toList()) {
                Files.setLastModifiedTime(
                        path,
                        FileTime.fromMillis(1_600_000_000_123L + path.toString().length()));
            }
        }
    }

    /** The path of the image that is spelt as {@code relative} is below the host's directory. */
    Path inImage(String relative) {
        return files.getPath("/" + relative);
    }

    Path onHost(String relative) {
        return Path.of(host + "/" + relative);
    }

    @Override
    public void close() throws IOException {
        files.close();
        store.close();
    }
}
