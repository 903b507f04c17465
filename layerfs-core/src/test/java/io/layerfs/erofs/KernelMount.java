package io.layerfs.erofs;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.layerfs.blob.Blob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A mount by the kernel, listed by Python; needs root. Unmounted when closed. */
final class KernelMount implements AutoCloseable {

    private static final int UNABLE = 3;

    /** mount(2), read-only; the command would make loop devices of images, which cannot have files as their devices. */
    private static final String MOUNT = """
            import ctypes, errno, os, sys
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.mount(*(os.fsencode(a) for a in sys.argv[1:4]), 1, os.fsencode(sys.argv[4])):
                e = ctypes.get_errno()
                print(os.strerror(e))
                sys.exit(%d if e in (errno.EPERM, errno.ENODEV, errno.ENOTBLK) else 1)
            """.formatted(UNABLE);

    private final Path directory;

    private KernelMount(Path directory) {
        this.directory = directory;
    }

    /** Mounts an index; the test is skipped where this machine cannot, with what it says. */
    static KernelMount erofs(Path index, List<Blob> devices) throws IOException, InterruptedException {
        String options = devices.stream().map(d -> "device=" + d.file()).collect(Collectors.joining(","));
        return mount("erofs", index.toString(), options, index.resolveSibling(index.getFileName() + ".mnt"));
    }

    /** Stacks directories, top first. */
    static KernelMount overlay(Path at, List<KernelMount> topFirst) throws IOException, InterruptedException {
        String lower = topFirst.stream().map(m -> m.directory.toString()).collect(Collectors.joining(":"));
        return mount("overlay", "none", "lowerdir=" + lower, at);
    }

    private static KernelMount mount(String type, String source, String options, Path at)
            throws IOException, InterruptedException {
        assumeTrue(has("python3"), "no python3 here");
        Files.createDirectories(at);
        Output output = run("python3", "-c", MOUNT, source, at.toString(), type, options);
        // what the kernel refuses for its form must fail the test: only a lack of support or of privilege skips it
        assumeTrue(output.status() != UNABLE, "no mount of type " + type + " here: " + output.text());
        if (output.status() != 0) {
            throw new IOException("mount of type " + type + " with " + options + ": " + output.text());
        }
        return new KernelMount(at);
    }

    Path directory() {
        return directory;
    }

    /** What it shows, as {@link TreeLines} has it. */
    List<String> lines(String... options) throws IOException, InterruptedException {
        Path script = Files.createTempFile("list-tree", ".py");
        try (InputStream in = KernelMount.class.getResourceAsStream("list-tree.py")) {
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
            List<String> command = new ArrayList<>(List.of("python3", script.toString(), directory.toString()));
            command.addAll(Arrays.asList(options));
            Output output = run(command.toArray(new String[0]));
            if (output.status() != 0) {
                throw new IOException("list-tree.py: " + output.text());
            }
            return output.text().lines().toList();
        } finally {
            Files.delete(script);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Output output = run("umount", directory.toString());
            if (output.status() != 0) {
                throw new IOException("umount " + directory + ": " + output.text());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What a command printed, errors included. */
    record Output(int status, String text) {}

    static boolean has(String tool) throws IOException, InterruptedException {
        return run("sh", "-c", "command -v " + tool).status() == 0;
    }

    static Output run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            throw new IOException("still running: " + Arrays.toString(command));
        }
        return new Output(process.exitValue(), text);
    }
}
