package io.layerfs.overlay;

import io.layerfs.oci.RunConfig;
import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.FileStat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Puts together the command that runs a program in a root file system, by {@link InitProgram}. What an image says is data in it,
 * and is used in the root alone.
 */
final class RootCommand {

    /** Of the host, shown in the root: names are resolved as they are outside, since the network is the same. */
    private static final List<String> FILES = List.of("/etc/resolv.conf", "/etc/hosts");

    /**
     * What root can do in it (capabilities(7)): CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP,
     * NET_BIND_SERVICE, SYS_CHROOT, MKNOD, AUDIT_WRITE and SETFCAP. That is what container engines give, but for NET_RAW: the
     * network is the host's, and it would read what others send.
     */
    private static final long CAPABILITIES = capabilities(0, 1, 3, 4, 5, 6, 7, 8, 10, 18, 27, 29, 31);

    private RootCommand() {}

    private static long capabilities(int... numbers) {
        long all = 0;
        for (int number : numbers) {
            all |= 1L << number;
        }
        return all;
    }

    /**
     * A command in what is seen of a mount, as {@code config} has it.
     *
     * @param init where {@code layerfs-init} is
     */
    static ProcessBuilder in(Way.Seen seen, String init, RunConfig config, String... command) throws IOException {
        List<String> run = command.length == 0 ? config.command() : List.of(command);
        if (run.isEmpty()) {
            throw new IllegalArgumentException("no program is named, and the image's config names none");
        }
        InitArguments arguments = new InitArguments(init, "run").dyingWithThisProcess();
        ProcessBuilder builder = new ProcessBuilder();
        builder.environment().clear();
        try (Fd root = Fd.directory(seen.root())) {
            Users user = Users.find(root, config.user());
            FileStat stat = root.stat("");
            arguments.with("root", inside(seen)).with("inode", stat.inode());
            arguments.with("major", stat.device() >>> 32).with("minor", stat.device() & 0xffffffffL);
            FILES.forEach(file -> arguments.with("file", file));
            addUser(arguments, seen, user);
            set(builder.environment(), "HOME", user.home(), arguments);
        }
        arguments.with("capabilities", CAPABILITIES).with("directory", config.workingDirectory());
        config.environment().forEach((name, value) -> set(builder.environment(), name, value, arguments));
        return builder.command(arguments.command(run));
    }

    private static void set(Map<String, String> environment, String name, String value, InitArguments arguments) {
        if (InitArguments.arrivesAsItIs(name + value)) {
            environment.put(name, value);
        } else {
            environment.remove(name);
            arguments.with("default", name + "=" + value);
        }
    }

    private static void addUser(InitArguments arguments, Way.Seen seen, Users user) {
        if (seen.helper() == 0) {
            arguments.with("uid", user.uid()).with("gid", user.gid());
            user.groups().forEach(group -> arguments.with("group", group));
        } else if (user.uid() == 0 && user.gid() == 0) {
            arguments.with("join", seen.helper());
        } else {
            throw new UnsupportedOperationException("the image wants to be run by user number " + user.uid()
                    + ", and without privilege there is only root");
        }
    }

    /** Where the mount is for those who are in its mount namespace: behind {@code /proc/PID/root}, where there is such a thing. */
    private static String inside(Way.Seen seen) {
        Path root = seen.root();
        return seen.helper() == 0 ? root.toAbsolutePath().toString() : "/" + root.subpath(3, root.getNameCount());
    }
}
