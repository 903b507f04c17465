/*
 * The way into the root. The mount is opened by its path once, and must be the one that was meant; from then on all is done by
 * descriptors, and no path of the image is resolved but below them, as if they were the root.
 */
#include "init.h"

enum { MAX_SIZE = 1 << 20, BLOCK = 4096 };

static int open_root(const struct spec *spec) {
    int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int root = (int)must(CALL(SYS_openat, AT_FDCWD, spec->root, flags, 0, 0), "the mount is not there:", spec->root);
    struct file_stat stat;
    must(CALL(SYS_statx, root, "", AT_EMPTY_PATH, STATX_BASIC, &stat), "the mount is not there:", spec->root);
    if (stat.device_major != spec->device_major || stat.device_minor != spec->device_minor || stat.inode != spec->inode) {
        fail("what is there is not the mount:", spec->root, 0);
    }
    return root;
}

static void attach(int mount, int at, const char *what) {
    must(CALL(SYS_move_mount, mount, "", at, "", MOVE_F_EMPTY | MOVE_T_EMPTY), "cannot mount", what);
}

/* A copy of a file of the host, in a file system of its own; -1 where there is none. */
static int copy_file(const char *path, int scratch, const char *name) {
    int from = (int)CALL(SYS_openat, AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0, 0);
    if (from < 0) {
        return -1;
    }
    int to = (int)must(
            CALL(SYS_openat, scratch, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644, 0), "cannot copy", path);
    char block[BLOCK];
    long size;
    for (long total = 0; total < MAX_SIZE && (size = CALL(SYS_read, from, block, BLOCK, 0, 0)) > 0; total += size) {
        must(CALL(SYS_write, to, block, size, 0, 0), "cannot copy", path);
    }
    CALL(SYS_close, from, 0, 0, 0, 0);
    CALL(SYS_close, to, 0, 0, 0, 0);
    return 0;
}

/*
 * Shows the copy where the image has such a file, or a link, which is covered and not followed. Its directory is found in the
 * root. What the image has not, or has otherwise, stays as it is.
 */
static void show_file(int root, int scratch, const char *path) {
    char parent[256];
    int name = length(path);
    while (path[name - 1] != '/') {
        name--;
    }
    if (name >= (int)sizeof parent || copy_file(path, scratch, path + name) < 0) {
        return;
    }
    memcpy(parent, path, (unsigned long)name);
    parent[name] = 0;
    int directory = in_root(root, parent, O_DIRECTORY, RESOLVE_NO_XDEV);
    int target = directory < 0 ? directory : in_root(directory, path + name, O_NOFOLLOW, RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS);
    struct file_stat stat;
    if (target < 0 || CALL(SYS_statx, target, "", AT_EMPTY_PATH, STATX_BASIC, &stat) < 0 || (stat.mode & S_IFMT) == S_IFDIR) {
        return;
    }
    attach(clone_mount(scratch, path + name, 0, ATTR_RDONLY), target, path);
}

void enter_root(struct spec *spec) {
    must(CALL(SYS_mount, 0, "/", 0, MS_REC | MS_PRIVATE, 0), "cannot make mounts private", 0);
    int place = open_root(spec);
    static const char *const options[] = {"mode", "755", "size", "4m", 0};
    int scratch = new_file_system("tmpfs", options, ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC);
    must(scratch, "cannot make a file system of type", "tmpfs");
    int root = clone_mount(place, "", AT_EMPTY_PATH, ATTR_NODEV);
    struct mount_attr with_suid = {0, ATTR_NOSUID, 0, 0};
    CALL(SYS_mount_setattr, root, "", AT_EMPTY_PATH, &with_suid, sizeof with_suid); /* in a user namespace it has no meaning */
    attach(scratch, place, "tmpfs");
    attach(root, place, spec->root);
    for (int i = 0; i < spec->file_count; i++) {
        show_file(root, scratch, spec->files[i]);
    }
    must(CALL(SYS_mkdirat, scratch, "empty", 0555, 0, 0), "cannot make", "empty");
    int empty = (int)must(CALL(SYS_openat, scratch, "empty", O_PATH | O_CLOEXEC, 0, 0), "cannot open", "empty");
    mount_system(root, empty);
    /* The old root comes to lie on the new one, and is taken away with all that is in it. */
    must(CALL(SYS_fchdir, root, 0, 0, 0, 0), "cannot enter the root", 0);
    must(CALL(SYS_pivot_root, ".", ".", 0, 0, 0), "cannot make it the root", 0);
    must(CALL(SYS_umount2, ".", MNT_DETACH, 0, 0, 0), "cannot leave the host's root", 0);
    must(CALL(SYS_chdir, "/", 0, 0, 0, 0), "cannot enter the root", 0);
}
