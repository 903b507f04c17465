/* Namespaces that are made, and entered. */
#include "init.h"

static void write_to(const char *path, const char *text) {
    int file = (int)must(CALL(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0, 0), "cannot open", path);
    must(CALL(SYS_write, file, text, length(text), 0, 0), "no user namespace can be made: cannot write", path);
    CALL(SYS_close, file, 0, 0, 0, 0);
}

/* Maps root to the one who runs this. */
static void map(const char *path, unsigned id) {
    char text[] = "0 0000000000 1";
    for (int at = 11; at >= 2; at--) {
        text[at] = (char)('0' + id % 10);
        id /= 10;
    }
    write_to(path, text);
}

void make_user_namespace(void) {
    unsigned uid = (unsigned)CALL(SYS_geteuid, 0, 0, 0, 0, 0);
    unsigned gid = (unsigned)CALL(SYS_getegid, 0, 0, 0, 0, 0);
    must(CALL(SYS_unshare, CLONE_NEWUSER | CLONE_NEWNS, 0, 0, 0, 0), "no user namespace can be made", 0);
    write_to("/proc/self/setgroups", "deny");
    map("/proc/self/uid_map", uid);
    map("/proc/self/gid_map", gid);
}

void join_namespaces(int process) {
    int held = (int)must(CALL(SYS_pidfd_open, process, 0, 0, 0, 0), "the mount is gone", 0);
    must(CALL(SYS_setns, held, CLONE_NEWUSER | CLONE_NEWNS, 0, 0, 0), "cannot enter the namespaces of the mount", 0);
    CALL(SYS_close, held, 0, 0, 0, 0);
}
