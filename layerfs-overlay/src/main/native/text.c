/* Texts, and how this program ends. */
#include "init.h"

/* The compiler may call these for what is written as a loop or an initial value. */
void *memset(void *target, int value, unsigned long size) {
    for (unsigned long i = 0; i < size; i++) {
        ((unsigned char *)target)[i] = (unsigned char)value;
    }
    return target;
}

void *memcpy(void *target, const void *source, unsigned long size) {
    for (unsigned long i = 0; i < size; i++) {
        ((unsigned char *)target)[i] = ((const unsigned char *)source)[i];
    }
    return target;
}

int length(const char *text) {
    int size = 0;
    while (text[size] != 0) {
        size++;
    }
    return size;
}

int equal(const char *a, const char *b) {
    while (*a != 0 && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

char *after(char *text, const char *prefix) {
    while (*prefix != 0) {
        if (*text++ != *prefix++) {
            return 0;
        }
    }
    return text;
}

void leave(int code) {
    for (;;) {
        CALL(SYS_exit, code, 0, 0, 0, 0);
    }
}

/* One line of a message. Bytes of an image are in it, and must not speak to a terminal. */
struct line {
    int size;
    char bytes[1024];
};

static void add(struct line *line, const char *text) {
    for (; *text != 0 && line->size < (int)sizeof line->bytes - 8; text++) {
        line->bytes[line->size++] = *text;
    }
}

static void add_foreign(struct line *line, const char *text) {
    for (; *text != 0; text++) {
        unsigned char byte = (unsigned char)*text;
        char hex[] = {'\\', 'x', "0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15], 0};
        char plain[] = {(char)byte, 0};
        add(line, byte >= 0x20 && byte < 0x7f ? plain : hex);
    }
}

static const struct {
    int number;
    const char *text;
} REASONS[] = {
    {1, "operation not permitted"}, {2, "no such file or directory"}, {7, "argument list too long"},
    {8, "the kernel does not know its format"}, {11, "no more processes are allowed"}, {12, "out of memory"},
    {13, "permission denied"}, {16, "device or resource busy"}, {20, "not a directory"}, {22, "invalid argument"},
    {26, "it is being written"}, {28, "no space left"}, {30, "read-only file system"}, {36, "file name too long"},
    {38, "the kernel has no such call"}, {40, "a symbolic link that is not followed"},
};

static void add_reason(struct line *line, int number) {
    for (unsigned i = 0; i < sizeof REASONS / sizeof REASONS[0]; i++) {
        if (REASONS[i].number == number) {
            add(line, REASONS[i].text);
            return;
        }
    }
    char digits[] = {(char)('0' + number / 100 % 10), (char)('0' + number / 10 % 10), (char)('0' + number % 10), 0};
    add(line, "error ");
    add(line, digits);
}

void fail_with(int code, const char *what, const char *name, long reason) {
    struct line line;
    line.size = 0;
    add(&line, "layerfs: ");
    add(&line, what);
    if (name != 0) {
        add(&line, " '");
        add_foreign(&line, name);
        add(&line, "'");
    }
    if (reason < 0) {
        add(&line, ": ");
        add_reason(&line, (int)-reason);
    }
    line.bytes[line.size++] = '\n';
    CALL(SYS_write, 2, line.bytes, line.size, 0, 0);
    leave(code);
}

void fail(const char *what, const char *name, long reason) {
    fail_with(OWN_FAILURE, what, name, reason);
}

long must(long result, const char *what, const char *name) {
    if (result < 0) {
        fail(what, name, result);
    }
    return result;
}
