package io.layerfs.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerfs.Mount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a program is given as a process, and what it is not: descriptors, capabilities, groups, signals, a terminal. */
class ProgramProcessTest extends DebianPrograms {

    /** Runs a script of Python in the image, started by a process that has what {@code before}, of the shell, gives it. */
    private static Result python(String user, String before, String... lines) throws Exception {
        try (Mount mount = mount(image(nothing(), "\"User\": \"" + user + "\""))) {
            ProcessBuilder builder = mount.command("python3", "-c", String.join("\n", lines));
            List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", before + "exec \"$@\"", "sh"));
            command.addAll(builder.command());
            return run(builder.command(command));
        }
    }

    @Test
    void noDescriptorOfTheHostIsOpenInIt() throws Exception {
        Result result = python(
                "",
                "exec 3</etc 5</ 9</dev/null; ",
                "import os",
                "print(sorted(set(map(int, os.listdir('/proc/self/fd')))))",
                "print(os.readlink('/proc/self/cwd'), os.readlink('/proc/self/root'))");
        assertThat(result.output()).isEqualTo("[0, 1, 2, 3]\n/ /\n"); // the last is the listing's own
    }

    /** From a directory ".." leads on, whatever the root is. */
    @Test
    void aDirectoryOfTheHostIsNoInput() throws Exception {
        try (Mount mount = mount(debian)) {
            ProcessBuilder builder = mount.command("/bin/true");
            List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\" </etc", "sh"));
            command.addAll(builder.command());
            Result result = run(builder.command(command));
            assertThat(result.exitCode()).isEqualTo(125);
            assertThat(result.output()).contains("directory");
        }
    }

    @Test
    void signalsMaskAndSessionAreNew() throws Exception {
        Result result = python(
                "",
                "trap '' INT HUP QUIT PIPE USR1 TERM; umask 077; ",
                "import os",
                "print([l.split()[1] for l in open('/proc/self/status') if l[:6] in ('SigIgn', 'SigBlk')])",
                "print('%o' % os.umask(0))",
                "stat = open('/proc/self/stat').read().rsplit(')', 1)[1].split()",
                "print(os.getsid(0) == os.getpid() == os.getpgid(0), 'terminal', stat[4])");
        // python itself ignores SIGPIPE and SIGXFSZ
        assertThat(result.output()).isEqualTo("['0000000000000000', '0000000001001000']\n22\nTrue terminal 0\n");
    }

    @Test
    void rootHasTheCapabilitiesOfAContainerAndOthersHaveNone() throws Exception {
        Kernel.requireRoot();
        String[] script = {
            "print([l.split()[1].lstrip('0') for l in open('/proc/self/status') if l.startswith('Cap')])",
            "print([l.split()[1:] for l in open('/proc/self/status') if l.startswith('Groups')])"
        };
        assertThat(python("", "", script).output())
                .isEqualTo("['', 'a80405fb', 'a80405fb', 'a80405fb', '']\n[['0']]\n");
        assertThat(python("www-data", "", script).output()).isEqualTo("['', '', '', 'a80405fb', '']\n[['33']]\n");
        assertThat(python("33:44", "", script).output()).endsWith("[['44']]\n");
    }

    /** What of the kernel is the whole machine's cannot be written, nor be had by another mount, device or process. */
    @Test
    void rootInItDoesNotReachTheMachine() throws Exception {
        Kernel.requireRoot();
        Result result = python(
                "",
                "",
                "import os, ctypes",
                "c = ctypes.CDLL(None, use_errno=True)",
                "def tried(what, f):",
                "    try: r = f(); print(what, 'DONE' if r is None or r >= 0 else 'refused')",
                "    except OSError: print(what, 'refused')",
                "tried('core_pattern', lambda: os.open('/proc/sys/kernel/core_pattern', os.O_WRONLY))",
                "tried('sysrq', lambda: os.open('/proc/sysrq-trigger', os.O_WRONLY))",
                "tried('uevent', lambda: os.open('/sys/kernel/uevent_helper', os.O_WRONLY))",
                "tried('kcore', lambda: os.read(os.open('/proc/kcore', os.O_RDONLY), 1)[0])",
                "tried('mount', lambda: c.mount(b'x', b'/mnt', b'tmpfs', 0, None))",
                "tried('remount', lambda: c.mount(None, b'/proc/sys', None, 4096 | 32, None))",
                "tried('umount', lambda: c.umount2(b'/proc/sys', 2))",
                "tried('unshare', lambda: c.unshare(0x20000))",
                "os.mknod('/disk', 0o60600, os.makedev(254, 0)); os.mknod('/dev/disk', 0o60600, os.makedev(254, 0))",
                "tried('disk', lambda: os.open('/disk', os.O_RDONLY))",
                "tried('dev/disk', lambda: os.open('/dev/disk', os.O_RDONLY))",
                "tried('init', lambda: os.open('/proc/1/exe', os.O_RDONLY))",
                "tried('init root', lambda: os.open('/proc/1/root', os.O_RDONLY))",
                "tried('trace', lambda: c.ptrace(16, 1, 0, 0))",
                "os.mkdir('/jail'); os.chroot('/jail')",
                "for i in range(50): os.chdir('..')",
                "os.chroot('.')",
                "print(os.path.exists('/jail'), os.listdir('/dev/pts'))");
        assertThat(result.output()).doesNotContain("DONE").endsWith("True ['ptmx']\n");
        assertThat(result.output().lines().filter(line -> line.endsWith(" refused")))
                .hasSizeGreaterThanOrEqualTo(13);
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void whatIsShownOfTheMachineIsHidden() throws Exception {
        Result result = python(
                "",
                "",
                "import os",
                "print([p for p in ('keys', 'timer_list', 'kcore') if os.path.exists('/proc/' + p)"
                        + " and os.path.getsize('/proc/' + p) + len(open('/proc/' + p, 'rb').read(1))])",
                "print(os.listdir('/sys/firmware') if os.path.exists('/sys/firmware') else [])",
                "print({os.readlink('/proc/self/ns/' + n) for n in ('mnt', 'pid', 'ipc')} & set(" + namespaces()
                        + "))");
        assertThat(result.output()).isEqualTo("[]\n[]\nset()\n");
    }

    private static String namespaces() throws Exception {
        List<String> own = new ArrayList<>();
        for (String name : List.of("mnt", "pid", "ipc")) {
            own.add("'" + Files.readSymbolicLink(Path.of("/proc/self/ns/" + name)) + "'");
        }
        return own.toString();
    }

    @Test
    void theFirstProcessReapsOrphans() throws Exception {
        Result result = sh(
                debian,
                "(sh -c 'sleep 0.1 & sleep 0.1 & exit 0'); sleep 1; grep -l 'State:.Z' /proc/[0-9]*/status; cat /proc/1/comm");
        assertThat(result.output()).isEqualTo("layerfs-init\n");
    }

    @Test
    void exitCodesAreThoseOfShells() throws Exception {
        assertThat(sh(debian, "exit 200").exitCode()).isEqualTo(200);
        assertThat(sh(debian, "kill -9 $$").exitCode()).isEqualTo(137);
        assertThat(sh(debian, "kill -TERM $$").exitCode()).isEqualTo(143);
        try (Mount mount = mount(debian)) {
            for (String[] command : new String[][] {
                {"none"}, {"/none"}, {"./none"}, {"/etc/passwd/none"}, {""}, {"/"}, {"/etc/passwd"}, {"/etc"}
            }) {
                int expected = Arrays.asList("/", "/etc/passwd", "/etc").contains(command[0]) ? 126 : 127;
                Result result = run(mount.command(command));
                assertThat(result.exitCode()).as(command[0]).isEqualTo(expected);
                assertThat(result.output()).contains("'" + command[0] + "'");
            }
        }
    }

    /** The end of what it prints is seen when it closes that, though it runs on. */
    @Test
    void nobodyElseHasItsOutputOpen() throws Exception {
        try (Mount mount = mount(debian)) {
            Process process = mount.command("/bin/sh", "-c", "exec >&- 2>&- <&-; exec sleep 1000")
                    .start();
            assertThat(process.getInputStream().readAllBytes()).isEmpty();
            assertThat(process.getErrorStream().readAllBytes()).isEmpty();
            assertThat(process.isAlive()).isTrue();
            process.destroyForcibly().waitFor();
        }
    }

    /** Whatever charset the JVM gives programs their arguments in: names are bytes. */
    @Test
    void argumentsAndVariablesAreBytesInEveryLocale() throws Exception {
        Kernel.requireRoot();
        ProcessBuilder builder = ProgramAndWait.builder(directory.resolve("store"), debian, "print");
        builder.environment().put("LC_ALL", "C");
        Result result = run(builder);
        assertThat(result.output()).endsWith("\u00e4 50% \u20ac|v\u00e4lue|/w\u00f6rk\n");
    }
}
