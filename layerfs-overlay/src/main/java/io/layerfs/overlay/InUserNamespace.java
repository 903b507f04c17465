package io.layerfs.overlay;

import io.layerfs.BackendUnavailableException;
import io.layerfs.overlay.linux.Linux;
import io.layerfs.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

    /** $1 mount, $2 options, $3 the area. It lives until its input ends. */
    private static final String SCRIPT = """
            cd -- "$3"
            "$1" -t overlay -o "$2" layerfs root
            echo mounted
            read -r line || :
            """;

    private static final Path PROC = Path.of("/proc");

    @Override
    public OverlayForm form() {
        return OverlayForm.USER;
    }

    @Override
    public Ownership ownership() {
        return new NotedOwnership();
    }

    private static List<String> enterNew() throws IOException {
        return List.of(
                RootCommand.tool("unshare"), "--user", "--map-root-user", "--mount", "--propagation", "private", "--");
    }

    /** Why no user namespace can be had; null where one can. */
    static @Nullable String unavailable() {
        if (!Linux.isHere()) {
            return "it needs Linux on x86-64 or aarch64";
        }
        try {
            List<String> command = new ArrayList<>(enterNew());
            command.add(RootCommand.tool("true"));
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = text(process.getInputStream()).strip();
            return process.waitFor() == 0 ? null : "no user namespace can be made: " + said;
        } catch (IOException e) {
            return "no user namespace can be made: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "the check was interrupted";
        }
    }

    @Override
    public Seen mount(Store store, Wanted wanted) throws IOException {
        if (wanted.at() != null) {
            throw new UnsupportedOperationException(
                    "without privilege a mount is in a namespace of its own, and cannot be seen at " + wanted.at());
        }
        List<Path> layers = UnpackedLayers.of(store, wanted.diffIds(), form(), ownership());
        Files.createDirectory(wanted.area().resolve("root"));
        Process helper = start(wanted.area(), options(layers, wanted));
        long pid = helper.pid();
        Path root = PROC.resolve(pid + "/root")
                .resolve(PROC.getRoot().relativize(wanted.area()))
                .resolve("root");
        List<String> enter = List.of(
                RootCommand.tool("nsenter"), "--target", "" + pid, "--user", "--mount", "--preserve-credentials", "--");
        String description = layers.size() + " unpacked layers, in a user namespace";
        return new Seen(root, description, enter, lazily -> end(helper));
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
            return "ro,userxattr,nosuid,nodev,noatime,lowerdir=" + lower;
        }
        Files.createSymbolicLink(links.resolve("u"), upper.upper());
        Files.createSymbolicLink(links.resolve("w"), upper.work());
        return "userxattr,nosuid,nodev,noatime," + (wanted.lasting() ? "" : "volatile,")
                + "upperdir=l/u,workdir=l/w,lowerdir=" + lower;
    }

    private static Process start(Path area, String options) throws IOException {
        List<String> command = new ArrayList<>(enterNew());
        command.addAll(List.of(RootCommand.tool("sh"), "-euc", SCRIPT, "layerfs-mount"));
        command.addAll(List.of(RootCommand.tool("mount"), options, area.toString()));
        Process helper = new ProcessBuilder(command).redirectErrorStream(true).start();
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

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
}
