package io.layerfs.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.host.Durable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small file system of its own kind, mounted; whoever is not root has none, and skips the test. */
final class SmallDisk implements AutoCloseable {

    private final Path place;
    private int files;

    private SmallDisk(Path place) {
        this.place = place;
    }

    /** An ext4 in a file, with no blocks that are root's alone. */
    static SmallDisk ext4(Path directory, int mebibytes, int inodes) throws Exception {
        Path image = directory.resolve("disk.img");
        try (var file = new java.io.RandomAccessFile(image.toFile(), "rw")) {
            file.setLength((long) mebibytes << 20);
        }
        assumeTrue(
                run("mkfs.ext4", "-q", "-m", "0", "-N", "" + inodes, image.toString()) == 0, "there is no mkfs.ext4");
        Path place = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(run("mount", "-o", "loop", image.toString(), place.toString()) == 0, "loop mounts need root");
        return new SmallDisk(place);
    }

    static SmallDisk tmpfs(Path directory, int mebibytes, int inodes) throws Exception {
        Path place = Files.createDirectory(directory.resolve("disk"));
        String options = "size=" + mebibytes + "m,nr_inodes=" + inodes;
        assumeTrue(run("mount", "-t", "tmpfs", "-o", options, "none", place.toString()) == 0, "mounting needs root");
        return new SmallDisk(place);
    }

    Path place() {
        return place;
    }

    /** Takes all blocks, to the last byte, and then all inodes. */
    void fill() throws IOException {
        Path ballast = Files.createDirectories(place.resolve("ballast"));
        for (int size = 1 << 20; size > 0; size /= 4) {
            fill(ballast.resolve("file" + files++), new byte[size]);
        }
        try {
            while (true) {
                Files.createFile(ballast.resolve("empty" + files++));
            }
        } catch (IOException e) {
            return; // none is left
        }
    }

    private static void fill(Path file, byte[] piece) {
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(piece);
            }
        } catch (IOException e) {
            return; // no room for as many
        }
    }

    /** Gives back what was taken. */
    void empty() throws IOException {
        Durable.deleteTree(place.resolve("ballast"));
    }

    static int run(String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return 127; // there is no such program
        }
    }

    @Override
    public void close() throws IOException {
        try {
            run("umount", "-l", place.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
