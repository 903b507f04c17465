package io.layerfs.overlay;

import io.layerfs.BackendUnavailableException;
import io.layerfs.overlay.linux.Linux;
import io.layerfs.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Mounts by a helper process that is root in a user namespace of its own, for a process that is not (since Linux 5.11). The
 * mount is in the helper's mount namespace, and is seen here through {@code /proc}; it goes with the helper, which goes when
 * this process goes, however it ends.
 *
 * <p>overlayfs in a user namespace follows no redirects and keeps no index: a directory of the image cannot be renamed (the
 * kernel says EXDEV), and a file with several names is copied up one name at a time.
 */
final class InUserNamespace implements Way {

    private static final Path PROC = Path.of("/proc");

    @Override
    public OverlayForm form() {
        return OverlayForm.USER;
    }

    @Override
    public Ownership ownership() {
        return new NotedOwnership();
    }

    /** Why no user namespace can be had; null where one can. */
    static @Nullable String unavailable() {
        if (!Linux.isHere()) {
            return "it needs Linux on x86-64 or aarch64";
        }
        try {
            return refusal();
        } catch (IOException e) {
            return "no user namespace can be made: " + e.getMessage();
        } catch (LinkageError e) {
            return "the native library cannot be loaded: " + e.getMessage();
        }
    }

    private static @Nullable String refusal() throws IOException {
        String init = InitProgram.inMemory();
        if (init != null) {
            return refusal(init);
        }
        Path directory = Files.createTempDirectory("layerfs");
        try {
            return refusal(InitProgram.inFile(directory));
        } finally {
            Files.deleteIfExists(directory.resolve(InitProgram.NAME));
            Files.delete(directory);
        }
    }

    private static @Nullable String refusal(String init) throws IOException {
        Process process = start(new InitArguments(init, "probe"));
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            return process.waitFor() == 0 ? null : said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "the check was interrupted";
        }
    }

    private static Process start(InitArguments arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(arguments.command()).redirectErrorStream(true);
        builder.environment().clear();
        return builder.start();
    }

    @Override
    public Seen mount(Store store, Wanted wanted) throws IOException {
        if (wanted.at() != null) {
            throw new UnsupportedOperationException(
                    "without privilege a mount is in a namespace of its own, and cannot be seen at " + wanted.at());
        }
        List<Path> layers = UnpackedLayers.of(store, wanted.diffIds(), form(), ownership());
        Files.createDirectory(wanted.area().resolve("root"));
        Process helper = hold(wanted, options(layers, wanted));
        Path root = PROC.resolve(helper.pid() + "/root")
                .resolve(PROC.getRoot().relativize(wanted.area()))
                .resolve("root");
        String description = layers.size() + " unpacked layers, in a user namespace";
        return new Seen(root, description, helper.pid(), lazily -> end(helper));
    }

    /** Names of few characters stand for the directories, since the options must fit into a page. */
    private static String options(List<Path> layers, Wanted wanted) throws IOException {
        Path links = Files.createDirectory(wanted.area().resolve("l"));
        StringBuilder lower = new StringBuilder();
        for (int i = 0; i < layers.size(); i++) {
            Files.createSymbolicLink(links.resolve("" + i), layers.get(i));
            lower.append(i == 0 ? "" : ":").append("l/").append(i);
        }
        UpperDirectory upper = wanted.upper();
        if (upper == null) {
            if (layers.size() == 1) {
                Files.createDirectory(links.resolve("empty"));
                lower.append(":l/empty");
            }
            return "userxattr,lowerdir=" + lower;
        }
        Files.createSymbolicLink(links.resolve("u"), upper.upper());
        Files.createSymbolicLink(links.resolve("w"), upper.work());
        return "userxattr," + (wanted.lasting() ? "" : "volatile,") + "upperdir=l/u,workdir=l/w,lowerdir=" + lower;
    }

    private static Process hold(Wanted wanted, String options) throws IOException {
        InitArguments arguments = new InitArguments(InitProgram.path(wanted.area()), "hold")
                .dyingWithThisProcess()
                .with("area", wanted.area().toString())
                .with("options", options);
        if (wanted.upper() == null) {
            arguments.flag("read-only");
        }
        Process helper = start(arguments);
        String said = helper.inputReader(StandardCharsets.UTF_8).readLine();
        if (!"mounted".equals(said)) {
            helper.destroyForcibly();
            throw new BackendUnavailableException("the kernel does not mount in a user namespace: " + said);
        }
        return helper;
    }

    private static void end(Process helper) throws IOException {
        helper.getOutputStream().close();
        try {
            helper.waitFor();
        } catch (InterruptedException e) {
            helper.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
