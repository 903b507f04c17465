/*
 * layerfs-init starts a program in the root of an image, or holds a mount in a user namespace.
 *
 * It is given data, not text that is expanded: arguments NAME=VALUE, in which every byte that is no printable ASCII
 * character, and '%', is "%XX"; then "--", and the program with its arguments, as they are. Its environment is the program's,
 * and means nothing to it but the PATH, which is searched inside of the root.
 */
#ifndef LAYERFS_INIT_H
#define LAYERFS_INIT_H

#include "syscalls.h"

enum { OWN_FAILURE = 125, CANNOT_EXECUTE = 126, NOT_FOUND = 127, MAX_FILES = 4, MAX_GROUPS = 65536 };

/* What is to be done. */
struct spec {
    /* The process that this one dies with: its parent. */
    int watch;
    /* The process whose user and mount namespaces are entered; 0 for none. */
    int join;
    /* The root directory: its path, and what must be found there. */
    const char *root;
    unsigned device_major, device_minor;
    unsigned long inode;
    /* Files of the host that a copy of is shown at their own path. */
    const char *files[MAX_FILES];
    int file_count;
    /* Who the program runs as, with which capabilities at most, and where. */
    unsigned uid, gid;
    unsigned groups[MAX_GROUPS];
    int group_count;
    unsigned long capabilities;
    const char *directory;
    /* The program; ends in NULL. */
    char **command;
    char **environment;
    /* The area of a mount that is held: options of overlayfs, which is mounted on "root" in it. */
    const char *area;
    const char *options;
    int read_only;
};

/* text.c */
void *memcpy(void *target, const void *source, unsigned long size);
int length(const char *text);
int equal(const char *a, const char *b);
/* What follows a prefix; NULL where it is another. */
char *after(char *text, const char *prefix);
/* Ends this process with 125 (or another code), saying why; reason is a negative error number, or 0. */
void fail(const char *what, const char *name, long reason) __attribute__((noreturn));
void fail_with(int code, const char *what, const char *name, long reason) __attribute__((noreturn));
void leave(int code) __attribute__((noreturn));
/* Fails if result is negative; else it is answered. */
long must(long result, const char *what, const char *name);

/* spec.c: reads argv, whose texts are changed in place. */
void read_spec(struct spec *spec, char **argv);

/* processes.c */
void prepare_process(void);
void hold_mount(struct spec *spec) __attribute__((noreturn));
void run(struct spec *spec) __attribute__((noreturn));

/* namespaces.c */
void make_user_namespace(void);
void join_namespaces(int process);

/* root.c: the whole way into the root, with all that is mounted there. */
void enter_root(struct spec *spec);

/* system.c: what is mounted in the root. */
int new_file_system(const char *type, const char *const *options, int attributes);
void mount_system(int root, int empty);
int clone_mount(int directory, const char *path, int flags, int attributes);
int in_root(int root, const char *path, int flags, int resolve);

/* program.c */
void limit_capabilities(unsigned long keep);
void become_program(struct spec *spec) __attribute__((noreturn));

#endif
