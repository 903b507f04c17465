package io.layerfs.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same composition at once, by threads and by processes. */
class ParallelTest {

    private static final int THREADS = 8;

    private static Image compose(LayerStore store) throws IOException {
        Rootfs rootfs =
                Rootfs.empty(store, new Platform("linux", "amd64", null)).time(Instant.EPOCH);
        for (int i = 0; i < 10; i++) {
            rootfs.write("/files/" + i, Integer.toString(i)).remove("/files/" + i);
        }
        return rootfs.write("/end", "x").commit("app:1");
    }

    private static Set<Image> composeByThreads(Path directory) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try (LayerStore store = LayerStore.open(directory)) {
            List<Future<Image>> images = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                images.add(executor.submit(() -> compose(store)));
            }
            Set<Image> distinct = new HashSet<>();
            for (Future<Image> image : images) {
                distinct.add(image.get());
            }
            return distinct;
        } finally {
            executor.shutdownNow();
        }
    }

    /** Composes in the store of the first argument, and prints the image's digest. */
    public static void main(String[] arguments) throws Exception {
        composeByThreads(Path.of(arguments[0])).forEach(image -> System.out.println(image.digest()));
    }

    @Test
    void allGetTheSameImage(@TempDir Path directory) throws Exception {
        Path store = directory.resolve("store");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ParallelTest.class.getName(),
                store.toString());
        Process one = new ProcessBuilder(command).redirectErrorStream(true).start();
        Process two = new ProcessBuilder(command).redirectErrorStream(true).start();
        Set<Image> own = composeByThreads(store);
        assertThat(own).hasSize(1);
        String digest = own.iterator().next().digest() + System.lineSeparator();
        for (Process process : List.of(one, two)) {
            process.getOutputStream().close();
            assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(digest);
            assertThat(process.waitFor()).isZero();
        }
        try (Stream<Path> left = Files.list(store.resolve("layerfs/tmp"))) {
            assertThat(left).isEmpty();
        }
        try (LayerStore opened = LayerStore.open(store)) {
            assertThat(opened.images()).containsExactlyElementsOf(own);
        }
    }
}
