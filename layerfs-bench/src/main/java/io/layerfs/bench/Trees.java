package io.layerfs.bench;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.layerfs.Backend;
import io.layerfs.Backends;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.overlay.OverlayBackend;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/**
 * A sample in one of the places that are compared: {@code vfs} and {@code vfs-writable}; {@code overlay} (the kernel, with the
 * layers unpacked, as container engines have it) and {@code erofs} (the kernel, over the image's index), both writable; {@code
 * directory}, {@code jimfs}, {@code zipfs}. Closing removes it, but for the image.
 */
final class Trees implements Closeable {

    private final Deque<Closeable> open = new ArrayDeque<>();
    private final Path root;

    private Trees(String place, Sample sample) throws IOException {
        Path temporary = Workplace.newDirectory();
        open.push(() -> Workplace.delete(temporary));
        this.root = switch (place) {
            case "directory" -> write(temporary, sample.contents());
            case "jimfs" -> jimfs(sample);
            case "zipfs" -> zip(temporary, sample);
            default -> mount(place, sample);
        };
    }

    static Trees make(String place, Sample sample) throws IOException {
        return new Trees(place, sample);
    }

    Path root() {
        return root;
    }

    private static Path write(Path root, Map<String, byte[]> contents) throws IOException {
        for (Map.Entry<String, byte[]> file : contents.entrySet()) {
            Path path = root.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
        return root;
    }

    private Path jimfs(Sample sample) throws IOException {
        FileSystem files = Jimfs.newFileSystem(Configuration.unix());
        open.push(files);
        return write(files.getPath("/"), sample.contents());
    }

    private Path zip(Path temporary, Sample sample) throws IOException {
        URI uri = URI.create("jar:" + temporary.resolve("tree.zip").toUri());
        try (FileSystem files = FileSystems.newFileSystem(uri, Map.of("create", "true"))) {
            write(files.getPath("/"), sample.contents());
        }
        FileSystem files = FileSystems.newFileSystem(uri, Map.of());
        open.push(files);
        return files.getPath("/");
    }

    private Path mount(String place, Sample sample) throws IOException {
        LayerStore store = sample.store();
        open.push(store::close);
        MountOptions options = place.equals("vfs") ? MountOptions.READ_ONLY : MountOptions.DISPOSABLE;
        Mount mount = backend(place).mount(store, Sample.image(store), options);
        open.push(mount::close);
        return mount.root();
    }

    /** The backend of a place that has one. */
    static Backend backend(String place) throws IOException {
        return switch (place) {
            case "vfs", "vfs-writable" -> Backends.named("vfs");
            case "erofs" -> new OverlayBackend();
            case "overlay" -> OverlayBackend.unpacking();
            default -> throw new IllegalArgumentException("no place is called '" + place + "'");
        };
    }

    @Override
    public void close() throws IOException {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
