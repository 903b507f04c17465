package io.layerfs.overlay;

import io.layerfs.BackendUnavailableException;
import io.layerfs.oci.RunConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Puts together the command that runs a program in a root file system, of util-linux' tools: {@code unshare} makes the
 * namespaces; a shell, the first process in them, mounts what is needed, and waits; when it dies, all that is in them dies,
 * and it dies when the process dies that Java started.
 */
final class RootCommand {

    private static final List<String> PLACES = List.of("/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/");

    /** In the new mount namespace: $1 setpriv, $2 sh, $3 the inner script, the rest its own. */
    private static final String OUTER = """
            setpriv=$1 sh=$2 inner=$3
            shift 3
            "$setpriv" --pdeathsig KILL -- "$sh" -euc "$inner" layerfs-init "$@"
            """;

    /** As the first process of the new pid namespace: $1 mount, $2 unshare, $3 root, $4 owner, $5 directory, the rest the command. */
    private static final String INNER = """
            mount=$1 unshare=$2 root=$3 owner=$4 directory=$5
            shift 5
            cd -- "$root"
            for point in proc sys dev; do
                if [ -L "$point" ] || { [ -e "$point" ] && [ ! -d "$point" ]; }; then
                    echo "layerfs: /$point of the image is no directory" >&2
                    exit 125
                fi
                [ -d "$point" ] || mkdir -- "$point"
            done
            "$mount" -o remount,bind,suid,nodev,noatime "$root" 2>/dev/null || :
            "$mount" -t proc -o nosuid,nodev,noexec proc proc
            "$mount" -t sysfs -o ro,nosuid,nodev,noexec sysfs sys 2>/dev/null || "$mount" --rbind /sys sys
            "$mount" -t tmpfs -o nosuid,noexec,mode=755,size=64k tmpfs dev
            for device in null zero full random urandom tty; do
                : > "dev/$device"
                "$mount" --bind "/dev/$device" "dev/$device"
            done
            mkdir dev/pts dev/shm
            "$mount" -t devpts -o nosuid,noexec,newinstance,ptmxmode=0666,mode=0620 devpts dev/pts 2>/dev/null || :
            "$mount" -t tmpfs -o nosuid,nodev,noexec,mode=1777 tmpfs dev/shm
            ln -s pts/ptmx dev/ptmx
            ln -s /proc/self/fd dev/fd
            ln -s fd/0 dev/stdin
            ln -s fd/1 dev/stdout
            ln -s fd/2 dev/stderr
            set +e
            "$unshare" --root="$root" --wd="$directory" $owner -- "$@"
            exit $?
            """;

    /** What would change what the host's own tools do before the program runs: these reach it by a program of the image. */
    private static final Set<String> UNSAFE = Set.of(
            "GLIBC_TUNABLES",
            "GCONV_PATH",
            "LOCPATH",
            "NLSPATH",
            "SHELLOPTS",
            "BASHOPTS",
            "PS4",
            "ENV",
            "BASH_ENV",
            "IFS",
            "CDPATH");

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private RootCommand() {}

    /** A command in what is seen of a mount, as {@code config} has it. */
    static ProcessBuilder in(Way.Seen seen, RunConfig config, String... command) throws IOException {
        List<String> run = command.length == 0 ? config.command() : List.of(command);
        if (run.isEmpty()) {
            throw new IllegalArgumentException("no program is named, and the image's config names none");
        }
        Users user = Users.find(seen.root(), config.user());
        List<String> whole = new ArrayList<>(seen.enter());
        whole.addAll(List.of(
                tool("unshare"), "--mount", "--pid", "--propagation", "private", "--", tool("sh"), "-c", OUTER));
        whole.addAll(List.of("layerfs-run", tool("setpriv"), tool("sh"), INNER));
        whole.addAll(List.of(tool("mount"), tool("unshare"), inside(seen)));
        whole.addAll(List.of(owner(seen, user), config.workingDirectory()));
        ProcessBuilder builder = new ProcessBuilder();
        builder.environment().clear();
        builder.environment().put("HOME", user.home());
        List<String> unsafe = setSafe(config.environment(), builder.environment());
        if (!unsafe.isEmpty()) {
            whole.add("env"); // the image's own
            whole.addAll(unsafe);
        }
        whole.addAll(run);
        return builder.command(whole);
    }

    /** Sets the variables that mean nothing to the host's tools; answers the others, as assignments. */
    private static List<String> setSafe(Map<String, String> wanted, Map<String, String> environment) {
        List<String> unsafe = new ArrayList<>();
        wanted.forEach((name, value) -> {
            boolean safe = NAME.matcher(name).matches() && !name.startsWith("LD_") && !UNSAFE.contains(name);
            if (safe) {
                environment.put(name, value);
            } else {
                unsafe.add(name + "=" + value);
            }
        });
        return unsafe;
    }

    /** How unshare is told who the program runs as; nothing for root where there is no other user. */
    private static String owner(Way.Seen seen, Users user) {
        if (seen.enter().isEmpty()) {
            return "--setgid=" + Integer.toUnsignedString(user.gid()) + " --setuid="
                    + Integer.toUnsignedString(user.uid());
        }
        if (user.uid() != 0 || user.gid() != 0) {
            throw new UnsupportedOperationException("the image wants to be run by user number " + user.uid()
                    + ", and without privilege there is only root");
        }
        return "";
    }

    /** Where the mount is for those who are in its mount namespace: behind {@code /proc/PID/root}, where there is such a thing. */
    private static String inside(Way.Seen seen) {
        Path root = seen.root();
        return seen.enter().isEmpty() ? root.toString() : "/" + root.subpath(3, root.getNameCount());
    }

    /** The path of a tool of the host, wherever the environment says that others are. */
    static String tool(String name) throws IOException {
        for (String place : PLACES) {
            if (Files.isExecutable(Path.of(place + name))) {
                return place + name;
            }
        }
        throw new BackendUnavailableException("programs cannot be run: the host has no '" + name + "' (util-linux)");
    }
}
