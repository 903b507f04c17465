/* The last steps, inside of the root: who the program runs as, where, and which file it is. */
#include "init.h"

enum { PATH_MAX = 4096 };

/* That of programs that have none. */
static const char DEFAULT_PATH[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct capability_header {
    unsigned version;
    int process;
};

struct capability_words {
    unsigned effective, permitted, inheritable;
};

/* No program that it becomes or starts will have others. */
void limit_capabilities(unsigned long keep) {
    CALL(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    long has;
    for (int capability = 0; (has = CALL(SYS_prctl, PR_CAPBSET_READ, capability, 0, 0, 0)) >= 0; capability++) {
        if (has > 0 && (capability >= 64 || (keep >> capability & 1) == 0)) {
            must(CALL(SYS_prctl, PR_CAPBSET_DROP, capability, 0, 0, 0), "cannot give up capabilities", 0);
        }
    }
    struct capability_header header = {CAPABILITIES_V3, 0};
    struct capability_words words[2];
    must(CALL(SYS_capget, &header, words, 0, 0, 0), "cannot give up capabilities", 0);
    for (int i = 0; i < 2; i++) {
        words[i].permitted &= (unsigned)(keep >> (32 * i));
        words[i].effective = words[i].permitted;
        words[i].inheritable = 0;
    }
    must(CALL(SYS_capset, &header, words, 0, 0, 0), "cannot give up capabilities", 0);
}

static int find_directory(const char *path) {
    int flags = O_DIRECTORY;
    return in_root(AT_FDCWD, path, flags, 0);
}

/* As engines do, a directory that the image has not is made. */
static void make_directories(const char *path) {
    char prefix[PATH_MAX];
    int size = length(path);
    if (size >= PATH_MAX) {
        fail("the working directory has a path that is too long:", path, 0);
    }
    for (int i = 0; i <= size; i++) {
        prefix[i] = 0;
        if (i > 0 && (path[i] == '/' || path[i] == 0)) {
            CALL(SYS_mkdirat, AT_FDCWD, prefix, 0755, 0, 0);
        }
        prefix[i] = path[i];
    }
}

static void enter_directory(const char *path) {
    int directory = find_directory(path);
    if (directory == -ENOENT) {
        make_directories(path);
        directory = find_directory(path);
    }
    must(directory, "cannot use the working directory", path);
    must(CALL(SYS_fchdir, directory, 0, 0, 0, 0), "cannot enter the working directory", path);
    CALL(SYS_close, directory, 0, 0, 0, 0);
    char found[PATH_MAX];
    if (CALL(SYS_getcwd, found, PATH_MAX, 0, 0, 0) < 0 || found[0] != '/') {
        fail("the working directory is not in the root:", path, 0);
    }
}

static void become_user(const struct spec *spec) {
    if (spec->join == 0) { /* in a user namespace of one user there is nobody else to become */
        must(CALL(SYS_setgroups, spec->group_count, spec->groups, 0, 0, 0), "cannot set the groups", 0);
        must(CALL(SYS_setresgid, spec->gid, spec->gid, spec->gid, 0, 0), "cannot set the group", 0);
        must(CALL(SYS_setresuid, spec->uid, spec->uid, spec->uid, 0, 0), "cannot set the user", 0);
    }
}

static const char *search_path(char **environment) {
    for (; *environment != 0; environment++) {
        const char *value = after(*environment, "PATH=");
        if (value != 0) {
            return value;
        }
    }
    return DEFAULT_PATH;
}

static void execute(const char *file, struct spec *spec, long *refused) {
    long result = CALL(SYS_execve, file, spec->command, spec->environment, 0, 0);
    if (result != -ENOENT && result != -ENOTDIR) {
        *refused = result;
        if (result != -EACCES) {
            fail_with(CANNOT_EXECUTE, "cannot execute", file, result);
        }
    }
}

/* As execvp(3) does: a name with a slash is the file, another one is searched for; what may not be executed is passed over. */
static void execute_command(struct spec *spec) {
    const char *name = spec->command[0];
    long refused = 0;
    int size = length(name);
    int has_slash = 0;
    for (int i = 0; i < size; i++) {
        has_slash |= name[i] == '/';
    }
    if (has_slash) {
        execute(name, spec, &refused);
    }
    for (const char *path = has_slash || size == 0 ? "" : search_path(spec->environment); *path != 0;) {
        char file[2 * PATH_MAX];
        int end = 0;
        while (path[end] != 0 && path[end] != ':') {
            end++;
        }
        if (end + size + 2 < (int)sizeof file) {
            memcpy(file, path, (unsigned long)end);
            file[end] = '/';
            memcpy(file + end + (end > 0), name, (unsigned long)size + 1);
            execute(file, spec, &refused);
        }
        path += end + (path[end] == ':');
    }
    if (refused < 0) {
        fail_with(CANNOT_EXECUTE, "cannot execute", name, refused);
    }
    fail_with(NOT_FOUND, has_slash ? "the image has no program" : "the PATH leads to no program", name, 0);
}

void become_program(struct spec *spec) {
    CALL(SYS_umask, 022, 0, 0, 0, 0);
    /* It can use the terminal that it may have as input, and can put nothing into it as if it was typed. */
    CALL(SYS_setsid, 0, 0, 0, 0, 0);
    enter_directory(spec->directory);
    become_user(spec);
    execute_command(spec);
    leave(OWN_FAILURE);
}
