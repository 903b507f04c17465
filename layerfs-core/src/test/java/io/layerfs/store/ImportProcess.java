package io.layerfs.store;

import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM of its own that imports, so that tests can kill it, bound its heap, and have several. */
final class ImportProcess {

    private ImportProcess() {}

    /** Imports the files named by all arguments but the first, which is the store. */
    public static void main(String[] arguments) throws IOException {
        try (LayerStore store = LayerStore.open(Path.of(arguments[0]))) {
            System.out.println("open");
            for (int i = 1; i < arguments.length; i++) {
                store.importImage(Path.of(arguments[i]), ImportOptions.DEFAULT.withTag("image" + i));
            }
        }
    }

    static Process start(List<String> jvmOptions, Path store, Path... images) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ImportProcess.class.getName()));
        command.add(store.toString());
        for (Path image : images) {
            command.add(image.toString());
        }
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    static String finish(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + output;
    }

    /** Writes a layer's tar of empty files, each with a name and a time of its own. */
    static Path tarOfEmptyFiles(Path file, int count, int perDirectory) throws IOException {
        try (OutputStream out = new java.io.BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
            byte[] header = new byte[512];
            for (int i = 0; i < count; i++) {
                java.util.Arrays.fill(header, (byte) 0);
                put(header, 0, String.format("dir%06d/file-%07d.txt", i / perDirectory, i));
                put(header, 100, "0000644\0");
                put(header, 108, "0001750\0");
                put(header, 116, "0001750\0");
                put(header, 124, "00000000000\0");
                put(header, 136, String.format("%011o\0", 1_600_000_000 + i));
                put(header, 148, "        ");
                header[156] = '0';
                put(header, 257, "ustar\00000");
                int sum = 0;
                for (byte b : header) {
                    sum += b & 0xff;
                }
                put(header, 148, String.format("%06o\0 ", sum));
                out.write(header);
            }
            out.write(new byte[1024]);
        }
        return file;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
