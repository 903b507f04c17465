package io.layerfs.overlay.linux;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** Puts mounts where they are seen, and takes them away (move_mount(2), open_tree(2), mount_setattr(2), umount2(2)). */
public final class Mounts {

    private static final long OPEN_TREE = 428;
    private static final long MOVE_MOUNT = 429;
    private static final long MOUNT_SETATTR = 442;

    private static final long AT_EMPTY_PATH = 0x1000;
    private static final long MOVE_FROM_EMPTY = 0x4;
    private static final long MOVE_TO_EMPTY = 0x40;
    private static final long CLONE = 1;
    private static final long CLOEXEC = 02000000;
    private static final long PRIVATE = 1 << 18;
    private static final int MOUNT_ATTR = 32;

    private static final int MAX_OPTIONS = 4096;
    private static final long MS_NOATIME = 1024;

    private static final int DETACH = 2;
    private static final int UMOUNT_NOFOLLOW = 8;

    private Mounts() {}

    /** Shows a mount at what {@code target} is, a directory that was reached without following a link. */
    public static void attach(Fd mount, Fd target) throws IOException {
        byte[] empty = CString.of("");
        long flags = MOVE_FROM_EMPTY | MOVE_TO_EMPTY;
        Linux.check(
                Linux.c().syscall(MOVE_MOUNT, mount.number(), empty, target.number(), empty, flags),
                "move_mount",
                target.path());
    }

    /**
     * Mounts at a directory in one step (mount(2)): for what the kernel does not know to do in several.
     *
     * @param options separated by commas; no more than a page of memory, 4096 bytes, holds
     * @param attributes those of {@link MountContext}
     */
    public static void mount(String type, String options, int attributes, Fd target) throws IOException {
        if (options.length() >= MAX_OPTIONS) {
            throw new FileSystemException(
                    target.path(), null, "mount: " + options.length() + " bytes of options, and the kernel takes 4095");
        }
        byte[] data = CString.of(options);
        byte[] name = CString.of(type);
        byte[] path = CString.of(target.procPath());
        // MS_RDONLY, MS_NOSUID and MS_NODEV have the numbers of the attributes
        long flags = (attributes & 7) | ((attributes & MountContext.NO_ATIME) != 0 ? MS_NOATIME : 0);
        Linux.check(Linux.c().mount(CString.of("layerfs"), path, name, flags, data), "mount", target.path());
    }

    /** A mount, which is nowhere yet, of what a directory shows; the caller closes it. */
    public static Fd bind(Fd directory) throws IOException {
        long fd = Linux.c().syscall(OPEN_TREE, directory.number(), CString.of(""), CLONE | CLOEXEC | AT_EMPTY_PATH);
        return new Fd(Linux.check(fd, "open_tree", directory.path()), directory.path());
    }

    /** Has what is mounted below a mount be seen in this mount namespace alone. */
    public static void makePrivate(Fd mount) throws IOException {
        Pointer attributes = Memory.allocateDirect(Linux.runtime(), MOUNT_ATTR, true);
        attributes.putLong(16, PRIVATE);
        try {
            long result = Linux.c()
                    .syscall(MOUNT_SETATTR, mount.number(), CString.of(""), AT_EMPTY_PATH, attributes, MOUNT_ATTR);
            Linux.check(result, "mount_setattr", mount.path());
        } finally {
            Reference.reachabilityFence(attributes);
        }
    }

    /** Has a mount be read-only from now on, or with other attributes: those of {@link MountContext}. */
    public static void setAttributes(Fd mount, int attributes) throws IOException {
        Pointer struct = Memory.allocateDirect(Linux.runtime(), MOUNT_ATTR, true);
        struct.putLong(0, attributes);
        try {
            long result =
                    Linux.c().syscall(MOUNT_SETATTR, mount.number(), CString.of(""), AT_EMPTY_PATH, struct, MOUNT_ATTR);
            Linux.check(result, "mount_setattr", mount.path());
        } finally {
            Reference.reachabilityFence(struct);
        }
    }

    /** Takes the topmost mount at a path away; fails where it is in use. */
    public static void unmount(Path path) throws IOException {
        Linux.check(Linux.c().umount2(CString.of(path.toString()), UMOUNT_NOFOLLOW), "umount2", path.toString());
    }

    /** Takes the topmost mount at a path away; what still uses it goes on doing so. */
    public static void detach(Path path) throws IOException {
        int flags = UMOUNT_NOFOLLOW | DETACH;
        Linux.check(Linux.c().umount2(CString.of(path.toString()), flags), "umount2", path.toString());
    }

    /**
     * Takes away what is mounted on a directory that is known by what it is, and not by a path that may lead elsewhere by now.
     *
     * @param lazily whether what still uses it goes on doing so; else it fails where it is in use
     */
    public static void uncover(Fd covered, boolean lazily) throws IOException {
        // such a link is no name: the kernel goes to the directory itself, and from there to what is mounted on it
        int flags = lazily ? DETACH : 0;
        Linux.check(Linux.c().umount2(CString.of(covered.procPath()), flags), "umount2", covered.path());
    }
}
