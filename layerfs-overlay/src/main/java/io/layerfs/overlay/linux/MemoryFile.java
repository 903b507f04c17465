package io.layerfs.overlay.linux;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** Files that are executed: in memory, sealed, so that nobody can change them (memfd_create(2)). */
public final class MemoryFile {

    private static final int CLOEXEC = 1;
    private static final int ALLOW_SEALING = 2;
    /** Since Linux 6.3; else it can be executed anyway. */
    private static final int EXEC = 0x10;

    private static final int F_SETLEASE = 1024;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_RDLCK = 0;
    private static final int F_UNLCK = 2;
    private static final int SEAL_ALL = 0xf;

    private static final int ATTEMPTS = 10_000;

    private MemoryFile() {}

    /** A file with this content, open to be read and executed. */
    public static Fd executable(String name, byte[] content) throws IOException {
        try (Fd writable = create(name)) {
            writable.write(0, content, content.length);
            Linux.check(Linux.c().fcntl(writable.number(), F_ADD_SEALS, SEAL_ALL), "fcntl F_ADD_SEALS", name);
            return Fd.readOnly(writable);
        }
    }

    private static Fd create(String name) throws IOException {
        int fd = Linux.c().memfd_create(CString.of(name), CLOEXEC | ALLOW_SEALING | EXEC);
        if (fd < 0 && Linux.errno() == Errno.EINVAL) {
            fd = Linux.c().memfd_create(CString.of(name), CLOEXEC | ALLOW_SEALING);
        }
        return new Fd(Linux.check(fd, "memfd_create", name), name);
    }

    /**
     * Waits until nobody can write to a file: a process that another thread makes in the meantime has what is open here until it
     * executes its program, and a file that is open to be written cannot be executed. A lease is given under the same condition.
     */
    public static void awaitNoWriter(Fd file) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (Linux.c().fcntl(file.number(), F_SETLEASE, F_RDLCK) >= 0) {
                Linux.check(Linux.c().fcntl(file.number(), F_SETLEASE, F_UNLCK), "fcntl F_SETLEASE", file.path());
                return;
            }
            if (Linux.errno() != Errno.EAGAIN) {
                return; // there are no leases here
            }
            LockSupport.parkNanos(100_000);
        }
    }
}
