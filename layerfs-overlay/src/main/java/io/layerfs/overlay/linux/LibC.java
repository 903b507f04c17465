package io.layerfs.overlay.linux;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.annotations.Variadic;
import org.jspecify.annotations.Nullable;

/**
 * The functions of the C library that the backend calls: all native code there is. Texts are bytes that end in a NUL, since
 * names are bytes. Memory that is passed by its {@link Pointer} must be kept reachable by the caller until the call is over.
 *
 * <p>The calls of the mount API have numbers that are the same on every architecture, and wrappers in new libraries only:
 * they go through {@link #syscall}.
 */
public interface LibC {

    // the mount API: fsopen(2), fsconfig(2), fsmount(2), move_mount(2), open_tree(2), mount_setattr(2), statmount(2);
    // openat2(2)

    @Variadic(fixedCount = 1)
    long syscall(long number, @In byte[] text, long flags);

    @Variadic(fixedCount = 1)
    long syscall(long number, long fd, long command, @In byte @Nullable [] key, @In byte @Nullable [] value, long aux);

    @Variadic(fixedCount = 1)
    long syscall(long number, long fd, long flags, long attributes);

    @Variadic(fixedCount = 1)
    long syscall(long number, long fromFd, @In byte[] from, long toFd, @In byte[] to, long flags);

    @Variadic(fixedCount = 1)
    long syscall(long number, long fd, @In byte[] path, long flags);

    @Variadic(fixedCount = 1)
    long syscall(long number, long fd, @In byte[] path, long flags, Pointer struct, long size);

    @Variadic(fixedCount = 1)
    long syscall(long number, long fd, @In byte[] path, Pointer struct, long size);

    @Variadic(fixedCount = 1)
    long syscall(long number, @In byte[] request, @Out byte[] struct, long size, long flags);

    int mount(
            @In byte @Nullable [] source,
            @In byte[] target,
            @In byte @Nullable [] type,
            long flags,
            @In byte @Nullable [] data);

    int umount2(@In byte[] target, int flags);

    // files

    @Variadic(fixedCount = 2)
    int open(@In byte[] path, int flags, int mode);

    @Variadic(fixedCount = 3)
    int openat(int fd, @In byte[] path, int flags, int mode);

    int close(int fd);

    long read(int fd, @Out byte[] buffer, long size);

    long pread(int fd, @Out byte[] buffer, long size, long position);

    long lseek(int fd, long offset, int whence);

    long pwrite(int fd, @In byte[] buffer, long size, long position);

    int ftruncate(int fd, long size);

    int memfd_create(@In byte[] name, int flags);

    @Variadic(fixedCount = 2)
    int fcntl(int fd, int command, long argument);

    int syncfs(int fd);

    int statx(int fd, @In byte[] path, int flags, int mask, @Out byte[] struct);

    long getdents64(int fd, @Out byte[] buffer, long size);

    long readlinkat(int fd, @In byte[] path, @Out byte[] buffer, long size);

    int mkdirat(int fd, @In byte[] path, int mode);

    int mknodat(int fd, @In byte[] path, int mode, long device);

    int symlinkat(@In byte[] target, int fd, @In byte[] path);

    int linkat(int fromFd, @In byte[] from, int toFd, @In byte[] to, int flags);

    int unlinkat(int fd, @In byte[] path, int flags);

    int fchownat(int fd, @In byte[] path, int uid, int gid, int flags);

    int fchmodat(int fd, @In byte[] path, int mode, int flags);

    int fchmod(int fd, int mode);

    int utimensat(int fd, @In byte[] path, @In long[] times, int flags);

    long llistxattr(@In byte[] path, @Out byte @Nullable [] buffer, long size);

    long lgetxattr(@In byte[] path, @In byte[] name, @Out byte @Nullable [] buffer, long size);

    int lremovexattr(@In byte[] path, @In byte[] name);

    int lsetxattr(@In byte[] path, @In byte[] name, @In byte[] value, long size, int flags);

    // loop devices: loop(4)

    @Variadic(fixedCount = 2)
    int ioctl(int fd, long request, long argument);

    @Variadic(fixedCount = 2)
    int ioctl(int fd, long request, Pointer struct);

    int getuid();

    int getgid();

    String strerror(int errno);
}
