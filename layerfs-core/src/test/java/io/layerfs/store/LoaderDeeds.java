package io.layerfs.store;

import io.layerfs.ChangesetBuilder;
import io.layerfs.GcOptions;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.WritableView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What another class loader, or another process, does with a store; what it takes and gives is of the JDK's types. */
public final class LoaderDeeds {

    private LoaderDeeds() {}

    private static Path lockFile(Object store) {
        return Path.of(store.toString()).resolve("layerfs/lock");
    }

    /** Opens the store. */
    public static AutoCloseable open(Object... of) throws IOException {
        LayerStore store = LayerStore.open(Path.of(of[0].toString()));
        return store;
    }

    /** Takes a lock. */
    public static AutoCloseable lock(Object... of) throws IOException {
        StoreLocks locks = StoreLocks.open(lockFile(of[0]).toRealPath());
        StoreLocks.Held held = locks.lock(of[1].toString());
        return () -> {
            held.close();
            locks.close();
        };
    }

    /** Takes a lock if it is free. */
    public static Object tryLock(Object... of) throws IOException {
        try (StoreLocks locks = StoreLocks.open(lockFile(of[0]).toRealPath())) {
            return locks.tryLock(of[1].toString());
        }
    }

    /** Adds one to a number in a file, so many times, under a lock. */
    public static Object count(Object... of) throws IOException {
        Path counter = Path.of(of[1].toString());
        for (int i = Integer.parseInt(of[2].toString()); i > 0; i--) {
            try (LayerStore store = LayerStore.open(Path.of(of[0].toString()));
                    StoreLocks locks = StoreLocks.open(store.directory().resolve("layerfs/lock"));
                    StoreLocks.Held held = locks.lock("counter")) {
                int number = Integer.parseInt(Files.readString(counter));
                Files.writeString(counter, "" + (number + 1));
            }
        }
        return "counted";
    }

    /** Adds a layer that is held until what is answered is closed. */
    public static AutoCloseable add(Object... of) throws IOException {
        LayerStore store = LayerStore.open(Path.of(of[0].toString()));
        store.add(new ChangesetBuilder().build());
        return store;
    }

    /** Collects; answers how much was removed. */
    public static Object collect(Object... of) throws IOException {
        try (LayerStore store = LayerStore.open(Path.of(of[0].toString()))) {
            return store.gc(GcOptions.DEFAULT).removed().size();
        }
    }

    /** Makes a view. */
    public static AutoCloseable view(Object... of) throws IOException {
        LayerStore store = LayerStore.open(Path.of(of[0].toString()));
        var image =
                store.createImage(List.of(store.add(new ChangesetBuilder().build())), Platform.parse("linux/amd64"));
        WritableView view = store.createView(of[1].toString(), image, Long.MAX_VALUE);
        return () -> {
            view.close();
            store.close();
        };
    }

    /** Opens a view, and closes it; answers what came of it. */
    public static Object openView(Object... of) throws IOException {
        try (LayerStore store = LayerStore.open(Path.of(of[0].toString()))) {
            store.openView(of[1].toString()).close();
            return "opened";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** In a process of its own. */
    public static void main(String[] arguments) throws Exception {
        Object[] of = List.of(arguments).subList(1, arguments.length).toArray();
        Object answer = switch (arguments[0]) {
            case "isFree" -> tryLock(of) != null;
            case "isFreeFile" -> {
                try (StoreLocks locks = StoreLocks.open(Path.of(arguments[1]).toRealPath())) {
                    yield locks.tryLock(arguments[2]) != null;
                }
            }
            case "count" -> count(of);
            case "collect" -> collect(of);
            default -> openView(of);
        };
        System.out.println(answer);
    }
}
