"""Writes a random tar with Python's tarfile: make.py FILE FORMAT SEED."""
import io
import random
import sys
import tarfile

FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
TYPES = [tarfile.REGTYPE] * 4 + [
    tarfile.AREGTYPE, tarfile.CONTTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
rng = random.Random(int(sys.argv[3]))
pax = sys.argv[2] == "pax"
SMALL = [0, 1000, 0o7777777]
IDS = SMALL if sys.argv[2] == "ustar" else SMALL + [0o10000000, 0xFFFFFFFF]
TIMES = [0, 1700000000, 0o77777777777]


def name():
    letters = rng.choice(["abc", "a \\:\"'=", "\u00e4\u4e16\U0001f600", "\udcff\udc80x"])
    parts = ["".join(rng.choice(letters) for _ in range(rng.choice([1, 5, 50, 99]))) for _ in range(rng.choice([1, 1, 2, 5]))]
    return "/".join(parts)


with tarfile.open(sys.argv[1], "w", format=FORMATS[sys.argv[2]], encoding="utf-8", errors="surrogateescape") as out:
    for _ in range(150):
        m = tarfile.TarInfo(name())
        m.type = rng.choice(TYPES)
        # tarfile looks for the slash of an old directory in the cut-off name of the header (CVE-2025-13462).
        if m.type == tarfile.AREGTYPE and len(m.name.encode("utf-8", "surrogateescape")) > 99:
            m.type = tarfile.REGTYPE
        m.mode = rng.randrange(0o10000)
        m.uid = rng.choice(IDS)
        m.gid = rng.choice(IDS)
        m.mtime = rng.choice(TIMES if sys.argv[2] == "ustar" else TIMES + [-1, -86400 * 365 * 60, 2**40])
        if m.type in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            m.linkname = name()
        if m.type in (tarfile.CHRTYPE, tarfile.BLKTYPE):
            m.devmajor, m.devminor = rng.randrange(4096), rng.randrange(2**20)
        data = b""
        if m.isreg():
            data = rng.randbytes(rng.choice([0, 1, 511, 512, 513, 5000]))
            m.size = len(data)
        if pax and rng.random() < 0.5:
            m.mtime = 0
            m.pax_headers["mtime"] = rng.choice(["1.5", "-1.25", "1700000000.123456789", "-0.000000001", "99999999999.1"])
        if pax and rng.random() < 0.5:
            m.pax_headers["SCHILY.xattr.user.k%d" % rng.randrange(9)] = rng.randbytes(rng.choice([1, 20, 3000])).decode("utf-8", "surrogateescape")
        if pax and rng.random() < 0.2:
            m.pax_headers["comment"] = "x" * rng.choice([1, 90, 91, 92, 990, 991])
        try:
            out.addfile(m, io.BytesIO(data))
        except ValueError:
            pass  # what this format cannot hold
