package io.layerfs.overlay;

import io.layerfs.Attributes;
import io.layerfs.ChangesetBuilder;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.MountOptions;
import io.layerfs.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds out what the kernel does for this process on the file system of a directory: by doing it. */
public final class Examination {

    private Examination() {}

    /**
     * A way to mount an image.
     *
     * @param way what it is, for people
     * @param problem why it does not work; null where it does
     */
    public record Finding(String way, @Nullable String problem) {}

    /** Mounts a small image in each way, the best first, in a directory that is made in {@code directory} and deleted again. */
    public static List<Finding> of(Path directory) throws IOException {
        Map<String, Supplier> ways = new LinkedHashMap<>();
        ways.put("EROFS of files", () -> new Direct(List.of(Lowers.Kind.FILES)));
        ways.put("EROFS of loop devices", () -> new Direct(List.of(Lowers.Kind.LOOPS)));
        ways.put("unpacked layers", () -> new Direct(List.of(Lowers.Kind.UNPACKED)));
        ways.put("unpacked layers in a user namespace", InUserNamespace::new);
        List<Finding> findings = new ArrayList<>();
        examine(
                directory,
                (store, image) ->
                        ways.forEach((name, way) -> findings.add(new Finding(name, problem(store, image, way)))));
        return findings;
    }

    /** Why an image of a store in {@code directory} cannot be mounted in this way; null where it can. */
    static @Nullable String problem(Path directory, Way way) throws IOException {
        List<String> problems = new ArrayList<>();
        examine(directory, (store, image) -> {
            String problem = problem(store, image, () -> way);
            if (problem != null) {
                problems.add(problem);
            }
        });
        return problems.isEmpty() ? null : problems.get(0);
    }

    private interface Trying {
        void with(LayerStore store, Image image);
    }

    private static void examine(Path directory, Trying trying) throws IOException {
        Path place = Files.createTempDirectory(directory, "examination");
        try (LayerStore store = LayerStore.open(place)) {
            ChangesetBuilder layer = new ChangesetBuilder()
                    .directory("", Attributes.IMPLICIT_DIRECTORY)
                    .file(
                            "file",
                            new Attributes(0644, 0, 0, java.time.Instant.EPOCH, io.layerfs.Xattrs.NONE),
                            new byte[1]);
            Image image = store.createImage(List.of(store.add(layer.build())), new Platform("linux", "amd64", null));
            trying.with(store, image);
        } finally {
            delete(place);
        }
    }

    /** Makes what can be made where it is possible at all. */
    private interface Supplier {
        Way get() throws IOException;
    }

    private static @Nullable String problem(LayerStore store, Image image, Supplier way) {
        try (Mount mount = new OverlayBackend(way.get()).mount(store, image, MountOptions.DISPOSABLE)) {
            Files.write(mount.root().resolve("file"), new byte[2]);
            return null;
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    private static void delete(Path tree) throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(tree)) {
            all = new ArrayList<>(found.toList());
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            Files.delete(all.get(i));
        }
    }
}
