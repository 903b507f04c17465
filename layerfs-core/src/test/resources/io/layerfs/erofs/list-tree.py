"""Lists the tree at argv[1], a line for each entry, in the form of TreeLines; argv[2:] may hold 'brief': no links, no first names."""
import hashlib
import os
import stat
import sys

MAX_CONTENT = 8 << 20
brief = "brief" in sys.argv[2:]
first_names = {}


def printable(data):
    return "".join(chr(b) if 0x20 < b < 0x7F and b != 0x5C else "\\x%02x" % b for b in data)


def xattrs(path):
    names = sorted(os.listxattr(path, follow_symlinks=False))
    return "{" + ",".join(n + "=" + os.getxattr(path, n, follow_symlinks=False).hex() for n in names) + "}"


def special(path, st):
    if stat.S_ISLNK(st.st_mode):
        return printable(os.readlink(path))
    if not stat.S_ISREG(st.st_mode):
        return ""
    if st.st_size > MAX_CONTENT:
        return "large"
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()[:16]


def line(root, relative):
    path = os.path.join(root, relative)
    st = os.lstat(path)
    name = "/" + "/".join(printable(n) for n in relative.split(b"/"))
    is_directory = stat.S_ISDIR(st.st_mode)
    first = name if is_directory else first_names.setdefault(st.st_ino, name)
    is_device = stat.S_ISCHR(st.st_mode) or stat.S_ISBLK(st.st_mode)
    fields = [
        name,
        "%o" % st.st_mode,
        str(st.st_uid),
        str(st.st_gid),
        "%d+%d" % divmod(st.st_mtime_ns, 1000000000),
        "links=%d" % st.st_nlink,
        "-" if first == name else "as=" + first,
        "%d,%d" % (os.major(st.st_rdev), os.minor(st.st_rdev)) if is_device else "-",
        "-" if is_directory else str(st.st_size),
        xattrs(path),
        special(path, st),
    ]
    if brief:
        del fields[5:7]
    print(" ".join(fields))
    if is_directory:
        for child in sorted(os.listdir(path)):
            line(root, os.path.join(relative, child) if relative else child)


sys.setrecursionlimit(10000)
line(os.fsencode(sys.argv[1]) + b"/", b"")
