package io.layerfs.budget;

import io.layerfs.GcOptions;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A program that imports files, whose names come by its input, into a store, in whatever heap it was given; of each it says how
 * long that took, and what came of it.
 */
final class Imports {

    private Imports() {}

    public static void main(String[] args) throws IOException {
        try (LayerStore store = LayerStore.open(Path.of(args[0]))) {
            System.gc();
            long used =
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
            System.out.println("idle with " + used + " bytes");
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                long start = System.nanoTime();
                String result = result(store, Path.of(line));
                System.out.println((System.nanoTime() - start) / 1_000_000 + " ms, " + result);
            }
        }
    }

    private static String result(LayerStore store, Path file) {
        try {
            store.importImage(file, ImportOptions.DEFAULT);
            return "imported";
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            return message.substring(0, Math.min(message.length(), 600)).replace('\n', ' ');
        } catch (Throwable e) {
            return "FAILED " + e;
        } finally {
            try {
                store.gc(GcOptions.DEFAULT.withUntagged());
                Files.delete(file);
            } catch (IOException e) {
                System.out.println("FAILED to clean up: " + e);
            }
        }
    }
}
