package io.layerfs.store;

import io.layerfs.GcOptions;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A JVM of its own that needs something of a store, and waits to be killed; or that is cut short in a collection. */
final class HoldingProcess {

    private HoldingProcess() {}

    static Process start(Path store, String what, Object argument) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HoldingProcess.class.getName(),
                        store.toString(),
                        what,
                        argument.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Gets the store, what is to be done, and with what; says a line when it is done. */
    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        LayerStore store = LayerStore.open(root);
        switch (arguments[1]) {
            case "add" -> say(store.add(new ByteArrayInputStream(Files.readAllBytes(Path.of(arguments[2])))));
            case "lease" -> say(store.lease(store.image(arguments[2])));
            case "write" -> say(store.writable(store.image(arguments[2]), Long.MAX_VALUE));
            case "import" -> say(imported(store, Path.of(arguments[2])));
            case "view" -> say(key(store, arguments[2]));
            case "halt" -> collect(root, Integer.parseInt(arguments[2]));
            default -> throw new IllegalArgumentException(arguments[1]);
        }
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void say(Object line) {
        System.out.println(line);
    }

    /** Answers how many blobs it had to read. */
    private static int imported(LayerStore store, Path layout) throws IOException {
        AtomicInteger read = new AtomicInteger();
        store.importImage(layout, ImportOptions.DEFAULT.withTag("same").withListener((what, done, total) -> {
            if (done == total) {
                read.incrementAndGet();
            }
        }));
        return read.get();
    }

    /** Answers which files the indexes of an image are after it was viewed. */
    private static String key(LayerStore store, String reference) throws IOException {
        Image image = store.image(reference);
        store.view(image);
        StorePaths paths = new StorePaths(store.directory());
        return Files.getAttribute(paths.chainIndex(image.diffIds()), "unix:ino") + " "
                + Files.getAttribute(paths.layerIndex(image.diffIds().get(0)), "unix:ino");
    }

    /** Collects all there is, and dies after so many steps. */
    private static void collect(Path root, int steps) throws IOException {
        StorePaths paths = new StorePaths(root.toRealPath());
        StoreLocks locks = StoreLocks.open(paths.lock());
        References references = new References(paths, locks);
        Views views = new Views(
                paths,
                diffIds -> {
                    throw new IOException("no view is asked for");
                },
                () -> {
                    throw new IllegalStateException("no view is opened");
                },
                () -> Hold.open(paths, locks));
        int[] left = {steps};
        new Collector(paths, locks, references, views, () -> {
                    if (--left[0] == 0) {
                        Runtime.getRuntime().halt(9);
                    }
                })
                .run(GcOptions.DEFAULT.withUntagged().withDerived());
        Runtime.getRuntime().halt(0);
    }

    /** Its first line. */
    static String line(Process process) throws IOException {
        return List.of(String.valueOf(process.inputReader().readLine())).get(0);
    }
}
