/* The kernel's calls, as it numbers them on the two machines that layerfs knows; there is no C library below this program. */
#ifndef LAYERFS_SYSCALLS_H
#define LAYERFS_SYSCALLS_H

#if defined(__x86_64__)

enum number {
    SYS_read = 0, SYS_write = 1, SYS_close = 3, SYS_mkdirat = 258, SYS_symlinkat = 266, SYS_openat = 257,
    SYS_rt_sigaction = 13, SYS_rt_sigprocmask = 14, SYS_getpid = 39, SYS_clone = 56, SYS_execve = 59, SYS_exit = 231,
    SYS_wait4 = 61, SYS_getcwd = 79, SYS_chdir = 80, SYS_fchdir = 81, SYS_umask = 95,
    SYS_getppid = 110, SYS_setsid = 112, SYS_setgroups = 116, SYS_setresuid = 117, SYS_setresgid = 119,
    SYS_geteuid = 107, SYS_getegid = 108, SYS_capget = 125, SYS_capset = 126, SYS_pivot_root = 155, SYS_prctl = 157,
    SYS_mount = 165, SYS_umount2 = 166, SYS_keyctl = 250, SYS_ppoll = 271, SYS_unshare = 272, SYS_setns = 308,
    SYS_statx = 332,
};

static inline long call(long n, long a, long b, long c, long d, long e, long f) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

enum { O_DIRECTORY = 0200000, O_NOFOLLOW = 0400000 };

#elif defined(__aarch64__)

enum number {
    SYS_read = 63, SYS_write = 64, SYS_close = 57, SYS_mkdirat = 34, SYS_symlinkat = 36, SYS_openat = 56,
    SYS_rt_sigaction = 134, SYS_rt_sigprocmask = 135, SYS_getpid = 172, SYS_clone = 220, SYS_execve = 221, SYS_exit = 94,
    SYS_wait4 = 260, SYS_getcwd = 17, SYS_chdir = 49, SYS_fchdir = 50, SYS_umask = 166,
    SYS_getppid = 173, SYS_setsid = 157, SYS_setgroups = 159, SYS_setresuid = 147, SYS_setresgid = 149,
    SYS_geteuid = 175, SYS_getegid = 177, SYS_capget = 90, SYS_capset = 91, SYS_pivot_root = 41, SYS_prctl = 167,
    SYS_mount = 40, SYS_umount2 = 39, SYS_keyctl = 219, SYS_ppoll = 73, SYS_unshare = 97, SYS_setns = 268,
    SYS_statx = 291,
};

static inline long call(long n, long a, long b, long c, long d, long e, long f) {
    register long x8 __asm__("x8") = n;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
}

enum { O_DIRECTORY = 040000, O_NOFOLLOW = 0100000 };

#else
#error "layerfs-init knows x86_64 and aarch64"
#endif

/* Numbers that are the same everywhere. */
enum {
    SYS_open_tree = 428, SYS_move_mount = 429, SYS_fsopen = 430, SYS_fsconfig = 431, SYS_fsmount = 432,
    SYS_pidfd_open = 434, SYS_close_range = 436, SYS_openat2 = 437, SYS_mount_setattr = 442,
};

#define CALL(n, a, b, c, d, e) call(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)

/* errno(3): calls answer them negative. */
enum {
    ENOENT = 2, EACCES = 13, ENOTDIR = 20,
};

enum {
    AT_FDCWD = -100, AT_RECURSIVE = 0x8000, AT_EMPTY_PATH = 0x1000, AT_SYMLINK_NOFOLLOW = 0x100,
    O_RDONLY = 0, O_WRONLY = 1, O_CREAT = 0100, O_EXCL = 0200, O_CLOEXEC = 02000000, O_NONBLOCK = 04000,
    O_PATH = 010000000,
    S_IFMT = 0170000, S_IFDIR = 0040000, STATX_BASIC = 0x7ff,

    CLONE_NEWNS = 0x20000, CLONE_NEWIPC = 0x8000000, CLONE_NEWUSER = 0x10000000, CLONE_NEWPID = 0x20000000,
    SIGKILL = 9, SIGCHLD = 17, SIGNALS = 64, SIG_SETMASK = 2, POLLIN = 1,

    MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOATIME = 1024, MS_REC = 0x4000, MS_PRIVATE = 1 << 18, MNT_DETACH = 2,
    OPEN_TREE_CLONE = 1, OPEN_TREE_CLOEXEC = O_CLOEXEC, MOVE_F_EMPTY = 4, MOVE_T_EMPTY = 0x40,
    FSCONFIG_FLAG = 0, FSCONFIG_STRING = 1, FSCONFIG_CREATE = 6, FS_CLOEXEC = 1,
    ATTR_RDONLY = 1, ATTR_NOSUID = 2, ATTR_NODEV = 4, ATTR_NOEXEC = 8,
    RESOLVE_NO_XDEV = 1, RESOLVE_NO_MAGICLINKS = 2, RESOLVE_NO_SYMLINKS = 4, RESOLVE_IN_ROOT = 16,

    PR_SET_PDEATHSIG = 1, PR_SET_DUMPABLE = 4, PR_SET_NAME = 15, PR_CAPBSET_READ = 23, PR_CAPBSET_DROP = 24,
    PR_CAP_AMBIENT = 47, PR_CAP_AMBIENT_CLEAR_ALL = 4, CAPABILITIES_V3 = 0x20080522, KEYCTL_JOIN_SESSION_KEYRING = 1,
};

struct open_how {
    unsigned long flags, mode, resolve;
};

struct mount_attr {
    unsigned long set, clear, propagation, userns;
};

/* statx(2), as far as it is used. */
struct file_stat {
    unsigned mask, block_size;
    unsigned long attributes;
    unsigned links, uid, gid;
    unsigned short mode, spare;
    unsigned long inode;
    unsigned char unused[136 - 40];
    unsigned device_major, device_minor;
    unsigned char rest[256 - 144];
};

struct polled {
    int fd;
    short events, found;
};

#endif
