"""Lists tars as Python's tarfile reads them: each comes with its length in front, each answer ends with an empty line."""
import io
import struct
import sys
import tarfile

KINDS = {b"1": "HARD_LINK", b"2": "SYMLINK", b"3": "CHARACTER_DEVICE", b"4": "BLOCK_DEVICE", b"5": "DIRECTORY", b"6": "FIFO"}


def printable(text):
    data = text.encode("utf-8", "surrogateescape")
    return "".join(chr(b) if 0x20 < b < 0x7F and b != 0x5C else "\\x%02x" % b for b in data)


def lines(data):
    for m in tarfile.open(fileobj=io.BytesIO(data), encoding="utf-8", errors="surrogateescape"):
        kind = KINDS.get(m.type, "FILE")
        target = printable(m.linkname) if kind.endswith("LINK") else ""
        size = m.size if kind == "FILE" else 0
        yield "|".join((kind, printable(m.name).rstrip("/"), target, "%o" % (m.mode & 0o7777), "%d:%d" % (m.uid, m.gid),
                        "%d" % (m.mtime // 1), "%d" % size))


while True:
    length = sys.stdin.buffer.read(4)
    if len(length) < 4:
        break
    try:
        answer = list(lines(sys.stdin.buffer.read(struct.unpack(">i", length)[0])))
    except Exception as e:
        answer = ["refused: %s" % type(e).__name__]
    print("\n".join(answer + [""]) if answer else "", flush=True)
