package io.layerfs.overlay.linux;

import io.layerfs.FileType;
import java.io.IOException;
import java.nio.file.FileSystemException;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * Regular files among what others have made, and may change meanwhile: no link leads away from where one is looked for, and what
 * is another thing is looked at but not opened, since that may wait for ever, or do something (openat2(2), since Linux 5.6).
 * Names are in the string form of {@link io.layerfs.Name}.
 */
public final class RegularFile {

    private static final long OPENAT2 = 437;
    private static final int AT_FDCWD = -100;
    private static final int O_CLOEXEC = 02000000;
    private static final int O_PATH = 010000000;
    private static final int O_NONBLOCK = 04000;

    private static final long NO_MAGIC_LINKS = 0x2;
    private static final long NO_LINKS = 0x4;
    private static final long IN_ROOT = 0x10;

    private RegularFile() {}

    /** How a path is resolved: struct open_how, which the kernel only reads. */
    private static final class How {
        static final int SIZE = 24;
        static final Pointer WITHIN = of(IN_ROOT | NO_MAGIC_LINKS);
        static final Pointer WITHOUT_LINKS = of(NO_LINKS);

        private static Pointer of(long resolve) {
            Pointer how = Memory.allocateDirect(Linux.runtime(), SIZE, true);
            how.putLong(0, O_PATH | O_CLOEXEC);
            how.putLong(16, resolve);
            return how;
        }
    }

    /** Opens one to be read, as a process would whose root this directory is: links lead nowhere else. */
    public static Fd inRoot(Fd root, String below) throws IOException {
        return open(root.number(), below, How.WITHIN, root.child(below));
    }

    /** Opens one to be read, by a path on which there is no link. */
    public static Fd withoutLinks(String path) throws IOException {
        return open(AT_FDCWD, path, How.WITHOUT_LINKS, path);
    }

    private static Fd open(long at, String path, Pointer how, String shown) throws IOException {
        long fd = Linux.c().syscall(OPENAT2, at, CString.of(path), how, How.SIZE);
        try (Fd found = new Fd(Linux.check(fd, "openat2", shown), shown)) {
            if (found.stat("").type() != FileType.REGULAR) {
                throw new FileSystemException(shown, null, "it is no regular file");
            }
            return Fd.open(found.procPath(), O_NONBLOCK, shown);
        }
    }
}
