"""Lists a tar as Python's tarfile reads it, one line an entry, in the form of TarLine.java."""
import decimal
import hashlib
import sys
import tarfile

KINDS = {b"1": "HARD_LINK", b"2": "SYMLINK", b"3": "CHARACTER_DEVICE", b"4": "BLOCK_DEVICE", b"5": "DIRECTORY", b"6": "FIFO"}


def raw(text):
    return text.encode("utf-8", "surrogateescape")


def printable(data):
    return "".join(chr(b) if 0x20 < b < 0x7F and b != 0x5C else "\\x%02x" % b for b in data)


decimal.getcontext().prec = 60
archive = tarfile.open(sys.argv[1], encoding="utf-8", errors="surrogateescape")
for m in archive:
    kind = KINDS.get(m.type, "FILE")
    content = archive.extractfile(m).read() if kind == "FILE" else b""
    seconds, nanos = divmod(int((decimal.Decimal(m.pax_headers.get("mtime", m.mtime)) * 10**9).to_integral(decimal.ROUND_FLOOR)), 10**9)
    prefix = "SCHILY.xattr."
    xattrs = sorted((k[len(prefix):], raw(v).hex()) for k, v in m.pax_headers.items() if k.startswith(prefix))
    device = "%d:%d" % (m.devmajor, m.devminor) if kind.endswith("DEVICE") else "0:0"
    print(
        kind, printable(raw(m.name).rstrip(b"/")), printable(raw(m.linkname)) if kind.endswith("LINK") else "", "%o" % (m.mode & 0o7777),
        "%d:%d" % (m.uid, m.gid), "%d.%09d" % (seconds, nanos), len(content), device, hashlib.sha256(content).hexdigest(),
        ",".join("=".join(x) for x in xattrs), sep="|")
