package io.layerfs.overlay.linux;

import io.layerfs.Attributes;
import io.layerfs.FileType;
import java.io.IOException;
import java.time.Instant;
import java.util.Objects;

/** Makes files in a directory that is open, and sets what they have. */
public final class Making {

    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_REMOVEDIR = 0x200;

    private Making() {}

    /** Makes a directory that only its owner can enter. */
    public static void directory(Fd in, String name) throws IOException {
        directory(in, name, 0700);
    }

    /** Makes a directory with these permissions, less those that this process' mask takes. */
    public static void directory(Fd in, String name, int mode) throws IOException {
        Linux.check(Linux.c().mkdirat(in.number(), CString.of(name), mode), "mkdirat", in.child(name));
    }

    /** Makes a symbolic link. */
    public static void symlink(Fd in, String name, String target) throws IOException {
        Linux.check(
                Linux.c().symlinkat(CString.of(target), in.number(), CString.of(name)), "symlinkat", in.child(name));
    }

    /** Makes a device, pipe or socket. */
    public static void special(Fd in, String name, FileType type, int major, int minor) throws IOException {
        int result = Linux.c().mknodat(in.number(), CString.of(name), type.bits() | 0600, device(major, minor));
        Linux.check(result, "mknodat", in.child(name));
    }

    /** As makedev(3) has it. */
    private static long device(int major, int minor) {
        return (major & 0xfffL) << 8 | (major & ~0xfffL) << 32 | (minor & 0xffL) | (minor & ~0xffL) << 12;
    }

    /** Deletes an empty directory, or what is none. */
    public static void remove(Fd in, String name, boolean directory) throws IOException {
        int flags = directory ? AT_REMOVEDIR : 0;
        Linux.check(Linux.c().unlinkat(in.number(), CString.of(name), flags), "unlinkat", in.child(name));
    }

    /** Gives a file a further name. */
    public static void link(Fd fromIn, String from, Fd in, String name) throws IOException {
        int result = Linux.c().linkat(fromIn.number(), CString.of(from), in.number(), CString.of(name), 0);
        Linux.check(result, "linkat", in.child(name));
    }

    /** Sets the owner, and then the mode, which a change of owner would change. */
    public static void ownerAndMode(Fd in, String name, FileType type, Attributes attributes) throws IOException {
        byte[] text = CString.of(name);
        int flags = AT_SYMLINK_NOFOLLOW;
        Linux.check(
                Linux.c().fchownat(in.number(), text, attributes.uid(), attributes.gid(), flags),
                "fchownat",
                in.child(name));
        mode(in, name, type, attributes.mode());
    }

    /** Sets the permissions of what is open, whatever its name means by now. */
    public static void mode(Fd open, int mode) throws IOException {
        Linux.check(Linux.c().fchmod(open.number(), mode), "fchmod", open.path());
    }

    /** Sets the permissions of what is no symbolic link, and nobody else can exchange for one: that would be followed. */
    public static void mode(Fd in, String name, FileType type, int mode) throws IOException {
        if (Objects.requireNonNull(type) != FileType.SYMLINK) {
            Linux.check(Linux.c().fchmodat(in.number(), CString.of(name), mode, 0), "fchmodat", in.child(name));
        }
    }

    /** Sets the times of access and modification to one. */
    public static void time(Fd in, String name, Instant time) throws IOException {
        long[] times = {time.getEpochSecond(), time.getNano(), time.getEpochSecond(), time.getNano()};
        Linux.check(
                Linux.c().utimensat(in.number(), CString.of(name), times, AT_SYMLINK_NOFOLLOW),
                "utimensat",
                in.child(name));
    }
}
