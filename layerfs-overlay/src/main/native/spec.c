/* What is to be done, as the arguments say it. */
#include "init.h"

static int digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static unsigned long number(const char *text) {
    unsigned long value = 0;
    if (*text == 0) {
        fail("a number is missing", 0, 0);
    }
    for (const char *c = text; *c != 0; c++) {
        if (*c < '0' || *c > '9' || value > (~0UL - 9) / 10) {
            fail("not a number:", text, 0);
        }
        value = value * 10 + (unsigned long)(*c - '0');
    }
    return value;
}

static unsigned id(const char *text) {
    unsigned long value = number(text);
    if (value >= 0xffffffffUL) {
        fail("not the number of a user or group:", text, 0);
    }
    return (unsigned)value;
}

/* Puts the bytes of "%XX" in place. */
static char *unescape(char *text) {
    char *to = text;
    for (char *from = text; *from != 0; from++) {
        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        int high = digit(from[1]);
        int low = high < 0 ? -1 : digit(from[2]);
        if (low < 0 || high + low == 0) {
            fail("not an escaped byte:", from, 0);
        }
        *to++ = (char)(high << 4 | low);
        from += 2;
    }
    *to = 0;
    return text;
}

/* A variable that is set unless the environment has it. There is room for it. */
static void add_default(char **environment, char *variable) {
    int name = 0;
    while (variable[name] != 0 && variable[name] != '=') {
        name++;
    }
    for (; *environment != 0; environment++) {
        int same = 0;
        while (same <= name && (*environment)[same] == variable[same] && variable[same] != 0) {
            same++;
        }
        if (same > name) {
            return;
        }
    }
    *environment = variable;
    environment[1] = 0;
}

static void read_argument(struct spec *spec, char *argument, int *escaped) {
    char *value;
    if ((value = after(argument, "watch=")) != 0) {
        spec->watch = (int)number(value);
    } else if ((value = after(argument, "join=")) != 0) {
        spec->join = (int)number(value);
    } else if ((value = after(argument, "root=")) != 0) {
        spec->root = unescape(value);
    } else if ((value = after(argument, "major=")) != 0) {
        spec->device_major = (unsigned)number(value);
    } else if ((value = after(argument, "minor=")) != 0) {
        spec->device_minor = (unsigned)number(value);
    } else if ((value = after(argument, "inode=")) != 0) {
        spec->inode = number(value);
    } else if ((value = after(argument, "file=")) != 0 && spec->file_count < MAX_FILES) {
        spec->files[spec->file_count++] = unescape(value);
    } else if ((value = after(argument, "uid=")) != 0) {
        spec->uid = id(value);
    } else if ((value = after(argument, "gid=")) != 0) {
        spec->gid = id(value);
    } else if ((value = after(argument, "group=")) != 0 && spec->group_count < MAX_GROUPS) {
        spec->groups[spec->group_count++] = id(value);
    } else if ((value = after(argument, "capabilities=")) != 0) {
        spec->capabilities = number(value);
    } else if ((value = after(argument, "directory=")) != 0) {
        spec->directory = unescape(value);
    } else if ((value = after(argument, "default=")) != 0) {
        add_default(spec->environment, unescape(value));
    } else if ((value = after(argument, "area=")) != 0) {
        spec->area = unescape(value);
    } else if ((value = after(argument, "options=")) != 0) {
        spec->options = unescape(value);
    } else if (equal(argument, "read-only")) {
        spec->read_only = 1;
    } else if (equal(argument, "escaped")) {
        *escaped = 1;
    } else {
        fail("not known:", argument, 0);
    }
}

void read_spec(struct spec *spec, char **argv) {
    int escaped = 0;
    for (; *argv != 0 && !equal(*argv, "--"); argv++) {
        read_argument(spec, *argv, &escaped);
    }
    spec->command = *argv == 0 ? argv : argv + 1;
    for (char **argument = spec->command; escaped && *argument != 0; argument++) {
        unescape(*argument);
    }
}
