/* What a program expects of a system: /proc, /sys and /dev, as containers have them. */
#include "init.h"

static const char *const NO_OPTIONS[] = {0};

/* Makes a file system that is nowhere yet, with options in pairs (a flag's value is ""); answers a failure. */
int new_file_system(const char *type, const char *const *options, int attributes) {
    int context = (int)CALL(SYS_fsopen, type, FS_CLOEXEC, 0, 0, 0);
    long result = context < 0 ? context : CALL(SYS_fsconfig, context, FSCONFIG_STRING, "source", type, 0);
    for (; result >= 0 && *options != 0; options += 2) {
        int is_flag = *options[1] == 0;
        result = CALL(
                SYS_fsconfig, context, is_flag ? FSCONFIG_FLAG : FSCONFIG_STRING, options[0], is_flag ? 0 : options[1], 0);
    }
    if (result >= 0) {
        result = CALL(SYS_fsconfig, context, FSCONFIG_CREATE, 0, 0, 0);
    }
    if (result >= 0) {
        result = CALL(SYS_fsmount, context, FS_CLOEXEC, attributes, 0, 0);
    }
    if (context >= 0) {
        CALL(SYS_close, context, 0, 0, 0, 0);
    }
    return (int)result;
}

/* A mount that is nowhere yet, of what is there already. */
int clone_mount(int directory, const char *path, int flags, int attributes) {
    int mount = (int)must(
            CALL(SYS_open_tree, directory, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags, 0, 0), "cannot bind", path);
    struct mount_attr set = {(unsigned long)attributes, 0, 0, 0};
    int recursive = flags & AT_RECURSIVE;
    must(CALL(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | recursive, &set, sizeof set), "cannot bind", path);
    return mount;
}

/* Takes hold of what is at a path of the image, whose links lead to nothing but what is in it. */
int in_root(int root, const char *path, int flags, int resolve) {
    struct open_how how = {
        (unsigned long)(O_PATH | O_CLOEXEC | flags), 0, (unsigned long)(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve)};
    return (int)CALL(SYS_openat2, root, path, &how, sizeof how, 0);
}

static void mount_on(int mount, int directory, const char *name) {
    must(CALL(SYS_move_mount, mount, "", directory, name, MOVE_F_EMPTY), "cannot mount", name);
}

/* Whether the image has the directory, which must be one. It has none where it could not be made in a mount that is not written. */
static int mount_point(int root, const char *name) {
    int found = in_root(root, name, O_DIRECTORY | O_NOFOLLOW, RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
    if (found < 0 && found != -ENOENT) {
        fail("what the image has at this place is no directory:", name, found);
    }
    return found;
}

static void attach(int mount, int at, const char *name) {
    must(CALL(SYS_move_mount, mount, "", at, "", MOVE_F_EMPTY | MOVE_T_EMPTY), "cannot mount", name);
}

/* Covers what is there by what shows nothing. */
static void hide(int directory, const char *name, int empty) {
    struct file_stat stat;
    if (CALL(SYS_statx, directory, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC, &stat) < 0) {
        return;
    }
    int is_directory = (stat.mode & S_IFMT) == S_IFDIR;
    int cover = is_directory ? clone_mount(empty, "", AT_EMPTY_PATH, ATTR_RDONLY)
                             : clone_mount(AT_FDCWD, "/dev/null", 0, ATTR_NOSUID | ATTR_NOEXEC);
    mount_on(cover, directory, name);
    CALL(SYS_close, cover, 0, 0, 0, 0);
}

static void make_read_only(int directory, const char *name) {
    struct file_stat stat;
    if (CALL(SYS_statx, directory, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC, &stat) == 0) {
        int mount = clone_mount(directory, name, 0, ATTR_RDONLY);
        mount_on(mount, directory, name);
        CALL(SYS_close, mount, 0, 0, 0, 0);
    }
}

/* What of it is the machine's, and not of the processes in it, is hidden or not to be written (as by runc's default). */
static void mount_proc(int at, int empty) {
    static const char *const hidden[] = {
        "acpi", "asound", "kcore", "keys", "latency_stats", "sched_debug", "scsi", "timer_list", 0};
    static const char *const constant[] = {"bus", "fs", "irq", "sys", "sysrq-trigger", 0};
    int proc = new_file_system("proc", NO_OPTIONS, ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC);
    must(proc, "cannot make a file system of type", "proc");
    attach(proc, at, "proc");
    for (int i = 0; hidden[i] != 0; i++) {
        hide(proc, hidden[i], empty);
    }
    for (int i = 0; constant[i] != 0; i++) {
        make_read_only(proc, constant[i]);
    }
}

/* A new one is refused to who does not own the network: it is the host's then. */
static void mount_sys(int at, int empty) {
    int attributes = ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC;
    int sys = new_file_system("sysfs", NO_OPTIONS, attributes);
    if (sys < 0) {
        sys = clone_mount(AT_FDCWD, "/sys", AT_RECURSIVE, attributes);
    }
    attach(sys, at, "sys");
    hide(sys, "firmware", empty);
    hide(sys, "devices/virtual/powercap", empty);
}

static void add_device(int dev, const char *path) {
    const char *name = path + 5;
    struct file_stat stat;
    if (CALL(SYS_statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC, &stat) < 0) {
        return;
    }
    int made = (int)must(CALL(SYS_openat, dev, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666, 0), "cannot make", path);
    CALL(SYS_close, made, 0, 0, 0, 0);
    int device = clone_mount(AT_FDCWD, path, 0, ATTR_NOSUID | ATTR_NOEXEC);
    mount_on(device, dev, name);
    CALL(SYS_close, device, 0, 0, 0, 0);
}

/* Devices that are made in it do not open: those that do are the host's own. */
static void mount_dev(int at) {
    static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", 0};
    static const char *const links[] = {"pts/ptmx", "ptmx", "/proc/self/fd", "fd", "fd/0", "stdin", "fd/1", "stdout",
                                        "fd/2", "stderr", 0};
    static const char *const dev_options[] = {"mode", "755", "size", "64k", 0};
    static const char *const pts_options[] = {"newinstance", "", "ptmxmode", "666", "mode", "620", 0};
    static const char *const shm_options[] = {"mode", "1777", 0};
    int dev = new_file_system("tmpfs", dev_options, ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC);
    must(dev, "cannot make a file system of type", "tmpfs");
    attach(dev, at, "dev");
    for (int i = 0; devices[i] != 0; i++) {
        add_device(dev, devices[i]);
    }
    for (int i = 0; links[i] != 0; i += 2) {
        must(CALL(SYS_symlinkat, links[i], dev, links[i + 1], 0, 0), "cannot make", links[i + 1]);
    }
    must(CALL(SYS_mkdirat, dev, "pts", 0755, 0, 0), "cannot make", "dev/pts");
    must(CALL(SYS_mkdirat, dev, "shm", 0755, 0, 0), "cannot make", "dev/shm");
    int pts = new_file_system("devpts", pts_options, ATTR_NOSUID | ATTR_NOEXEC);
    if (pts >= 0) { /* a kernel may have none */
        mount_on(pts, dev, "pts");
    }
    int shm = new_file_system("tmpfs", shm_options, ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC);
    mount_on((int)must(shm, "cannot make a file system of type", "tmpfs"), dev, "shm");
}

void mount_system(int root, int empty) {
    int proc = mount_point(root, "proc");
    int sys = mount_point(root, "sys");
    int dev = mount_point(root, "dev");
    if (proc >= 0) {
        mount_proc(proc, empty);
    }
    if (sys >= 0) {
        mount_sys(sys, empty);
    }
    if (dev >= 0) {
        mount_dev(dev);
    }
}
