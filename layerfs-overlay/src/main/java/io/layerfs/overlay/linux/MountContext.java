package io.layerfs.overlay.linux;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;

/**
 * A mount in the making: a file system is opened by its type, told its options one by one, and becomes a mount that is
 * nowhere yet (fsopen(2), fsconfig(2), fsmount(2); since Linux 5.2). Failures carry what the kernel says of them. For one
 * thread.
 */
public final class MountContext implements Closeable {

    /** Cannot be written. */
    public static final int READ_ONLY = 0x1;
    /** Setuid bits and file capabilities have no effect. */
    public static final int NO_SUID = 0x2;
    /** Device files cannot be opened. */
    public static final int NO_DEV = 0x4;
    /** Reading does not change times of access. */
    public static final int NO_ATIME = 0x10;

    private static final long FSOPEN = 430;
    private static final long FSCONFIG = 431;
    private static final long FSMOUNT = 432;
    private static final long CLOEXEC = 1;
    private static final long SET_FLAG = 0;
    private static final long SET_STRING = 1;
    private static final long SET_FD = 5;
    private static final long CREATE = 6;

    private static final int LOG_LINE = 4096;

    private final String type;
    private final Fd context;

    private MountContext(String type, Fd context) {
        this.type = type;
        this.context = context;
    }

    /** A file system of this type. */
    public static MountContext of(String type) throws IOException {
        long fd = Linux.c().syscall(FSOPEN, CString.of(type), CLOEXEC);
        return new MountContext(type, new Fd(Linux.check(fd, "fsopen", type), type));
    }

    /** Sets an option that has no value. */
    public MountContext flag(String option) throws IOException {
        return check(Linux.c().syscall(FSCONFIG, context.number(), SET_FLAG, CString.of(option), null, 0), option);
    }

    /** Sets an option. */
    public MountContext option(String option, String value) throws IOException {
        byte[] key = CString.of(option);
        return check(
                Linux.c().syscall(FSCONFIG, context.number(), SET_STRING, key, CString.of(value), 0),
                option + "=" + value);
    }

    /** Sets an option to what is open (since Linux 6.13 for overlayfs), or, where the kernel does not know that, to its path. */
    public MountContext option(String option, Fd value) throws IOException {
        byte[] key = CString.of(option);
        long result = Linux.c().syscall(FSCONFIG, context.number(), SET_FD, key, null, value.number());
        return result >= 0 ? this : option(option, value.procPath());
    }

    /** Makes the mount, which is nowhere, with the flags of mount attributes; the caller closes it. */
    public Fd mount(int attributes) throws IOException {
        check(Linux.c().syscall(FSCONFIG, context.number(), CREATE, null, null, 0), "create");
        long fd = Linux.c().syscall(FSMOUNT, context.number(), CLOEXEC, attributes);
        Linux.check(fd, "fsmount", type);
        return new Fd(fd, type);
    }

    private MountContext check(long result, String what) throws IOException {
        if (result < 0) {
            int errno = Linux.errno();
            String said = log();
            throw new FileSystemException(
                    type, null, what + ": " + Linux.strerror(errno) + (said.isEmpty() ? "" : " (" + said + ")"));
        }
        return this;
    }

    /** What the kernel said of the last failure. */
    private String log() {
        StringBuilder text = new StringBuilder();
        try {
            while (true) {
                String line = new String(context.read(LOG_LINE), StandardCharsets.UTF_8);
                // a letter for how bad it is, and a space
                text.append(text.length() == 0 ? "" : "; ")
                        .append(line.length() > 2 ? line.substring(2).strip() : line);
            }
        } catch (IOException e) {
            return text.toString(); // there is no more
        }
    }

    @Override
    public void close() throws IOException {
        context.close();
    }

    /** Whether a file system of this type has an option, as far as can be told by setting it. */
    public static boolean knows(String type, String option, String value) throws IOException {
        try (MountContext context = of(type)) {
            byte[] key = CString.of(option);
            return Linux.c().syscall(FSCONFIG, context.context.number(), SET_STRING, key, CString.of(value), 0) >= 0;
        }
    }

    /** Whether the kernel has these calls at all. */
    public static boolean isKnown() {
        long fd = Linux.c().syscall(FSOPEN, CString.of("tmpfs"), CLOEXEC);
        boolean known = fd >= 0 || Linux.errno() != Errno.ENOSYS;
        if (fd >= 0) {
            Linux.c().close((int) fd);
        }
        return known;
    }

    @Override
    public String toString() {
        return type;
    }
}
