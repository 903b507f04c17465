package io.layerfs.budget;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import io.layerfs.ExportPolicy;
import io.layerfs.GcOptions;
import io.layerfs.History;
import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerLint;
import io.layerfs.LayerOptions;
import io.layerfs.LayerStore;
import io.layerfs.ProgressListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/**
 * A program that imports files, whose names come by its input, into a store, in whatever heap it was given; of each it says how
 * much memory and time that took, and what came of it. With a second argument it then does with each image what can be done.
 */
final class Imports {

    /** What was in the heap after that collection which left the most, since it was asked. */
    private static final AtomicLong FULLEST = new AtomicLong();

    private static final Pattern IS_HEAP = Pattern.compile("Eden|Survivor|Old|Tenured");

    private Imports() {}

    /** Something that is done with an image. */
    private interface Deed {
        void run() throws Exception;
    }

    public static void main(String[] args) throws IOException {
        watchCollections();
        try (LayerStore store = LayerStore.open(Path.of(args[0]))) {
            System.gc();
            long used =
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            System.out.println("idle with " + used + " bytes");
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                Path file = Path.of(line);
                measured("import", () -> store.importImage(file, ImportOptions.DEFAULT));
                for (Image image : args.length > 1 ? store.images() : List.<Image>of()) {
                    useAll(store, image);
                }
                try {
                    for (Image image : store.images()) {
                        store.remove(image);
                    }
                    store.gc(GcOptions.DEFAULT.withUntagged());
                    Files.delete(file);
                } catch (IOException e) {
                    System.out.println("FAILED to clean up: " + e);
                }
            }
        }
    }

    private static void useAll(LayerStore store, Image image) {
        measured("images", store::images);
        measured("usage", store::usage);
        measured("verify", () -> store.verify(ProgressListener.NONE));
        measured("lint", () -> {
            for (int i = 0; i < image.layers().size(); i++) {
                LayerLint.of(image.layers().subList(0, i), image.layers().get(i));
            }
        });
        measured("diff", () -> store.diff(image, image));
        measured("tar", () -> store.exportTar(store.view(image), OutputStream.nullOutputStream(), LayerOptions.EXACT));
        measured(
                "export",
                () -> store.export(
                        store.view(image),
                        Files.createTempDirectory(store.directory(), ".exported"),
                        ExportPolicy.SAFE));
        measured("squash", () -> store.squash(image, 0, History.of("squashed"), "squashed"));
        measured("rebase", () -> store.rebase(image, image, image, "rebased"));
    }

    private static void watchCollections() {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector)
                    .addNotificationListener(
                            (notification, to) -> {
                                long used = GarbageCollectionNotificationInfo.from(
                                                (CompositeData) notification.getUserData())
                                        .getGcInfo()
                                        .getMemoryUsageAfterGc()
                                        .entrySet()
                                        .stream()
                                        .filter(pool ->
                                                IS_HEAP.matcher(pool.getKey()).find())
                                        .mapToLong(pool -> pool.getValue().getUsed())
                                        .sum();
                                FULLEST.accumulateAndGet(used, Math::max);
                            },
                            null,
                            null);
        }
    }

    private static long processorTime() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static void measured(String what, Deed deed) {
        FULLEST.set(0);
        long processor = processorTime();
        long start = System.nanoTime();
        String result = result(deed);
        System.out.println(String.format(
                Locale.ROOT,
                "%s: %d ms, %d ms of processors, %d MiB, %s",
                what,
                (System.nanoTime() - start) / 1_000_000,
                (processorTime() - processor) / 1_000_000,
                FULLEST.get() >> 20,
                result));
    }

    private static String result(Deed deed) {
        try {
            deed.run();
            return "done";
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            return message.substring(0, Math.min(message.length(), 600)).replace('\n', ' ');
        } catch (Throwable e) {
            e.printStackTrace(System.err);
            return "FAILED " + e;
        }
    }
}
