/*
 * The processes of a run: the one that Java started, which waits; below it the first process of a pid namespace, which makes
 * the root; below that one the program. Each dies with the one above it, and all that the program started with the second.
 */
#include "init.h"

void prepare_process(void) {
    unsigned long none[4] = {0, 0, 0, 0};
    for (int signal = 1; signal <= SIGNALS; signal++) {
        CALL(SYS_rt_sigaction, signal, none, 0, sizeof none[0], 0);
    }
    CALL(SYS_rt_sigprocmask, SIG_SETMASK, none, 0, sizeof none[0], 0);
    for (int stream = 0; stream < 3; stream++) {
        struct file_stat stat;
        must(CALL(SYS_statx, stream, "", AT_EMPTY_PATH, STATX_BASIC, &stat), "input or output is not open", 0);
        if ((stat.mode & S_IFMT) == S_IFDIR) {
            fail("input or output is a directory of the host", 0, 0); /* from which ".." leads on */
        }
    }
    must(CALL(SYS_close_range, 3, ~0U, 0, 0, 0), "cannot close what is open (Linux 5.9 can)", 0);
}

static int is_dead(int process) {
    long no_time[2] = {0, 0};
    struct polled polled = {process, POLLIN, 0};
    return CALL(SYS_ppoll, &polled, 1, no_time, 0, 8) != 0;
}

/* A parent that died before it was looked at is no parent any more: its number cannot be that of another. */
static int watch_parent(const struct spec *spec) {
    int watched = (int)CALL(SYS_pidfd_open, spec->watch, 0, 0, 0, 0);
    if (watched < 0 || CALL(SYS_getppid, 0, 0, 0, 0, 0) != spec->watch) {
        fail("the process that this is to die with is not its parent", 0, 0);
    }
    return watched;
}

/* Answers once one of two can be read or has ended: whether it is the first. */
static int first_of(int first, int second) {
    struct polled polled[2] = {{first, POLLIN, 0}, {second, POLLIN, 0}};
    while (CALL(SYS_ppoll, polled, 2, 0, 0, 8) <= 0) {
    }
    return polled[0].found != 0;
}

/* As fork(2) does. */
static int fork_child(void) {
    return (int)must(CALL(SYS_clone, SIGCHLD, 0, 0, 0, 0), "cannot make a process", 0);
}

static int open_process(int number) {
    return (int)must(CALL(SYS_pidfd_open, number, 0, 0, 0, 0), "cannot watch a process", 0);
}

/* As shells have it. */
static int exit_code(int status) {
    int signal = status & 0x7f;
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
}

/* Ends as the child does; all that it started is gone with it, as it is the first of its namespace. */
static void reap(int child) {
    for (;;) {
        int status = 0;
        if (CALL(SYS_wait4, -1, &status, 0, 0, 0) == child) {
            leave(exit_code(status));
        }
    }
}

static void first_process(struct spec *spec, int parent) {
    CALL(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (is_dead(parent)) {
        leave(OWN_FAILURE);
    }
    CALL(SYS_prctl, PR_SET_NAME, "layerfs-init", 0, 0, 0);
    CALL(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0); /* there may be no keys at all */
    must(CALL(SYS_unshare, CLONE_NEWNS | CLONE_NEWIPC, 0, 0, 0, 0), "cannot make namespaces", 0);
    enter_root(spec);
    limit_capabilities(spec->capabilities);
    /* What it runs is the host's, and nothing that the program could write to, or look into. */
    CALL(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
    CALL(SYS_close_range, 3, ~0U, 0, 0, 0);
    int program = fork_child();
    if (program == 0) {
        become_program(spec);
    }
    CALL(SYS_close_range, 0, ~0U, 0, 0, 0); /* who reads what the program writes sees the end when that closes it */
    reap(program);
}

void run(struct spec *spec) {
    int watched = watch_parent(spec);
    int self = open_process((int)CALL(SYS_getpid, 0, 0, 0, 0, 0));
    if (spec->join != 0) {
        join_namespaces(spec->join);
    }
    must(CALL(SYS_unshare, CLONE_NEWPID, 0, 0, 0, 0), "cannot make a pid namespace", 0);
    int child = fork_child();
    if (child == 0) {
        first_process(spec, self);
    }
    int process = open_process(child);
    CALL(SYS_close_range, 0, 2, 0, 0, 0);
    if (first_of(process, watched)) {
        reap(child);
    }
    leave(OWN_FAILURE); /* and the child is killed */
}

void hold_mount(struct spec *spec) {
    int watched = watch_parent(spec);
    make_user_namespace();
    must(CALL(SYS_mount, 0, "/", 0, MS_REC | MS_PRIVATE, 0), "cannot make mounts private", 0);
    must(CALL(SYS_chdir, spec->area, 0, 0, 0, 0), "cannot enter", spec->area);
    long flags = MS_NOSUID | MS_NODEV | MS_NOATIME | (spec->read_only ? MS_RDONLY : 0);
    must(CALL(SYS_mount, "layerfs", "root", "overlay", flags, spec->options), "mount", "overlay");
    CALL(SYS_write, 1, "mounted\n", 8, 0, 0);
    first_of(0, watched);
    leave(0);
}
