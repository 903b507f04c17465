package io.layerfs.bench;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.layerfs.Attributes;
import io.layerfs.Backend;
import io.layerfs.Backends;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Platform;
import io.layerfs.Xattrs;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One tree of files in each of the places that are compared: {@code vfs} and {@code vfs-writable}, {@code overlay} (the kernel,
 * with the layers unpacked, as container engines have it) and {@code erofs} (the kernel, over the image's index), {@code
 * directory}, {@code jimfs}, {@code zipfs}. Closing removes it.
 */
final class Trees implements Closeable {

    private static final Attributes PLAIN = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);

    private final Deque<Closeable> open = new ArrayDeque<>();
    private final Path temporary;
    private Path root;

    private Trees(Path temporary) {
        this.temporary = temporary;
        this.root = temporary;
    }

    /** Makes a tree of the files that {@code contents} names, spread over so many layers where there are layers. */
    static Trees make(String place, int layers, Map<String, byte[]> contents) throws IOException {
        Trees trees = new Trees(Files.createTempDirectory(directory(), "bench"));
        trees.root = trees.fill(place, layers, new TreeMap<>(contents));
        return trees;
    }

    Path root() {
        return root;
    }

    /** So many, or fewer where the property {@code layerfs.bench.shrink} divides it: to try a benchmark, not to measure. */
    static int files(int count) {
        return count / Integer.getInteger("layerfs.bench.shrink", 1);
    }

    /** Where trees are made: the property {@code layerfs.bench.dir}, else where temporary files are. */
    static Path directory() {
        return Path.of(System.getProperty("layerfs.bench.dir", System.getProperty("java.io.tmpdir")));
    }

    private Path fill(String place, int layers, Map<String, byte[]> contents) throws IOException {
        return switch (place) {
            case "directory" -> write(Files.createDirectory(temporary.resolve("plain")), contents);
            case "jimfs" -> {
                FileSystem files = Jimfs.newFileSystem(Configuration.unix());
                open.push(files);
                yield write(files.getPath("/"), contents);
            }
            case "zipfs" -> zip(contents);
            default -> mount(place, layers, contents);
        };
    }

    private static Path write(Path root, Map<String, byte[]> contents) throws IOException {
        for (Map.Entry<String, byte[]> file : contents.entrySet()) {
            Path path = root.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
        return root;
    }

    private Path zip(Map<String, byte[]> contents) throws IOException {
        URI uri = URI.create("jar:" + temporary.resolve("tree.zip").toUri());
        try (FileSystem files = FileSystems.newFileSystem(uri, Map.of("create", "true"))) {
            write(files.getPath("/"), contents);
        }
        FileSystem files = FileSystems.newFileSystem(uri, Map.of());
        open.push(files);
        return files.getPath("/");
    }

    private Path mount(String place, int layers, Map<String, byte[]> contents) throws IOException {
        LayerStore store = LayerStore.open(temporary.resolve("store"));
        open.push(store::close);
        Image image = image(store, layers, contents);
        Backend backend = place.startsWith("vfs") ? Backends.named("vfs") : KernelBackends.named(place);
        MountOptions options = place.equals("vfs") ? MountOptions.READ_ONLY : MountOptions.DISPOSABLE;
        Mount mount = backend.mount(store, image, options);
        open.push(mount::close);
        return mount.root();
    }

    static Image image(LayerStore store, int layers, Map<String, byte[]> contents) throws IOException {
        List<ChangesetBuilder> changes = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            changes.add(new ChangesetBuilder());
        }
        int next = 0;
        for (Map.Entry<String, byte[]> file : contents.entrySet()) {
            changes.get(next++ % layers).file(file.getKey(), PLAIN, file.getValue());
        }
        List<Layer> stack = new ArrayList<>();
        for (ChangesetBuilder layer : changes) {
            stack.add(store.add(layer.build()));
        }
        return store.createImage(stack, Platform.host());
    }

    @Override
    public void close() throws IOException {
        while (!open.isEmpty()) {
            open.pop().close();
        }
        delete(temporary);
    }

    static void delete(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
