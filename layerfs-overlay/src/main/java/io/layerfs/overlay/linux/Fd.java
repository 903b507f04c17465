package io.layerfs.overlay.linux;

import io.layerfs.Utf8;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open file or directory, until it is closed. What is below a directory is named relative to it, so that nobody can lead
 * the way elsewhere by changing a directory above. Names are in the string form of {@link io.layerfs.Name}.
 */
public final class Fd implements Closeable {

    // fcntl.h, as the kernel has them on every architecture that is supported (O_DIRECTORY and O_NOFOLLOW are not
    // alike)
    private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int ENXIO = 6;

    private static final int O_DIRECTORY = ARM ? 040000 : 0200000;
    private static final int O_NOFOLLOW = ARM ? 0100000 : 0400000;
    private static final int O_CLOEXEC = 02000000;
    private static final int O_PATH = 010000000;
    private static final int O_WRONLY = 1;
    private static final int O_CREAT = 0100;
    private static final int O_EXCL = 0200;

    private static final int DIRENTS = 32 << 10;
    private static final int DIRENT_NAME = 19;
    private static final int TRANSFER = 128 << 10;
    private static final int MAX_LINK = 4096;

    private final int number;
    private final String path;
    private final AtomicBoolean closed = new AtomicBoolean();

    Fd(long number, String path) {
        this.number = (int) number;
        this.path = path;
    }

    private static Fd open(String path, int flags) throws IOException {
        return open(path, flags, path);
    }

    /** Opens a path; messages call it {@code shown}. */
    static Fd open(String path, int flags, String shown) throws IOException {
        int fd = Linux.c().open(CString.of(path), flags | O_CLOEXEC, 0);
        return new Fd(Linux.check(fd, "open", shown), shown);
    }

    /** Opens a directory by its path; what the last name is must be one, and no link. */
    public static Fd directory(Path path) throws IOException {
        return open(path.toString(), O_DIRECTORY | O_NOFOLLOW);
    }

    /** The same by its path in the string form of names. */
    public static Fd directoryAt(String path) throws IOException {
        return open(path, O_DIRECTORY | O_NOFOLLOW);
    }

    /** Takes hold of a directory to which no link leads, from the root on, whatever others do to its path meanwhile. */
    public static Fd withoutLinks(Path absolute) throws IOException {
        Fd at = new Fd(Linux.check(Linux.c().open(CString.of("/"), O_PATH | O_CLOEXEC, 0), "open", "/"), "");
        for (Path name : absolute) {
            try (Fd above = at) {
                at = above.openAt(name.toString(), O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
            }
        }
        return at;
    }

    /** Takes hold of whatever is at a path, without opening it. */
    public static Fd path(Path path) throws IOException {
        return open(path.toString(), O_PATH | O_NOFOLLOW);
    }

    /** Opens a file to be read, by its path in the string form of names. */
    public static Fd readFile(String path) throws IOException {
        return open(path, O_NOFOLLOW);
    }

    /** Opens a file to be read and written. */
    public static Fd readWrite(Path path) throws IOException {
        return open(path.toString(), 2 | O_NOFOLLOW);
    }

    /** Opens again, to be read, what is open. */
    static Fd readOnly(Fd open) throws IOException {
        return open(open.procPath(), 0, open.path);
    }

    /** Opens a directory in this one. */
    public Fd directory(String name) throws IOException {
        return openAt(name, O_DIRECTORY | O_NOFOLLOW, 0);
    }

    /** Opens a file in this directory, to be read. */
    public Fd read(String name) throws IOException {
        return openAt(name, O_NOFOLLOW, 0);
    }

    /** Creates a file in this directory, to be written. */
    public Fd create(String name, int mode) throws IOException {
        return openAt(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    }

    private Fd openAt(String name, int flags, int mode) throws IOException {
        int fd = Linux.c().openat(number(), CString.of(name), flags | O_CLOEXEC, mode);
        return new Fd(Linux.check(fd, "openat", child(name)), child(name));
    }

    /** Its number in this process. */
    public int number() {
        if (closed.get()) {
            throw new IllegalStateException(path + " is closed");
        }
        return number;
    }

    /** What it is, for messages. */
    public String path() {
        return path;
    }

    /** How a name in this directory reads in messages. */
    public String child(String name) {
        return path + "/" + name;
    }

    /** A path that leads to it in this process, as long as it is open. */
    public String procPath() {
        return "/proc/self/fd/" + number();
    }

    /** The number of the mount that it was found on, as {@code /proc} tells. */
    public String mount() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + number()))) {
            if (line.startsWith("mnt_id:")) {
                return line.substring("mnt_id:".length()).strip();
            }
        }
        throw new FileSystemException(path, null, "the kernel does not tell on which mount it is");
    }

    /** The names in this directory, but for the dots, as they come. */
    public List<String> list() throws IOException {
        List<String> names = new ArrayList<>();
        byte[] buffer = new byte[DIRENTS];
        try (Fd again = openAt(".", O_DIRECTORY, 0)) {
            while (true) {
                int n = (int)
                        Linux.check(Linux.c().getdents64(again.number, buffer, buffer.length), "getdents64", path);
                if (n == 0) {
                    return names;
                }
                ByteBuffer entries = ByteBuffer.wrap(buffer).order(java.nio.ByteOrder.nativeOrder());
                for (int at = 0; at < n; at += entries.getShort(at + 16)) {
                    String name = CString.at(buffer, at + DIRENT_NAME);
                    if (!name.equals(".") && !name.equals("..")) {
                        names.add(name);
                    }
                }
            }
        }
    }

    /** What a name in this directory is; a link is not followed. An empty name is the directory itself. */
    public FileStat stat(String name) throws IOException {
        return FileStat.of(number(), name, child(name));
    }

    /** The text of a symbolic link. */
    public String readLink(String name) throws IOException {
        byte[] buffer = new byte[MAX_LINK];
        long size = Linux.check(
                Linux.c().readlinkat(number(), CString.of(name), buffer, MAX_LINK), "readlinkat", child(name));
        return Utf8.decode(Arrays.copyOf(buffer, (int) size));
    }

    /** Reads at a position; answers how many bytes, -1 at the end. */
    public int read(long position, ByteBuffer target) throws IOException {
        int total = 0;
        byte[] buffer = new byte[Math.min(TRANSFER, Math.max(1, target.remaining()))];
        while (target.hasRemaining()) {
            int wanted = Math.min(buffer.length, target.remaining());
            long n = Linux.check(Linux.c().pread(number(), buffer, wanted, position + total), "pread", path);
            if (n == 0) {
                return total == 0 ? -1 : total;
            }
            target.put(buffer, 0, (int) n);
            total += (int) n;
        }
        return total;
    }

    /** Where data begin, from a position on that is within the file; {@code none} where only a hole follows (lseek(2)). */
    public long nextData(long position, long none) throws IOException {
        long found = Linux.c().lseek(number(), position, SEEK_DATA);
        return found < 0 && Linux.errno() == ENXIO ? none : Linux.check(found, "lseek", path);
    }

    /** Where the next hole begins, or the file ends, from a position on that is within the file. */
    public long dataEnd(long position) throws IOException {
        return Linux.check(Linux.c().lseek(number(), position, SEEK_HOLE), "lseek", path);
    }

    /** Reads what is there, up to {@code size} bytes. */
    byte[] read(int size) throws IOException {
        byte[] buffer = new byte[size];
        long n = Linux.check(Linux.c().read(number(), buffer, size), "read", path);
        return Arrays.copyOf(buffer, (int) n);
    }

    /** Writes all at a position. */
    public void write(long position, byte[] bytes, int size) throws IOException {
        int done = 0;
        while (done < size) {
            byte[] rest = done == 0 ? bytes : Arrays.copyOfRange(bytes, done, size);
            done += (int) Linux.check(Linux.c().pwrite(number(), rest, size - done, position + done), "pwrite", path);
        }
    }

    /** Sets the size of a file. */
    public void truncate(long size) throws IOException {
        Linux.check(Linux.c().ftruncate(number(), size), "ftruncate", path);
    }

    /** Has the whole file system that it is on written to its device. */
    public void syncFileSystem() throws IOException {
        Linux.check(Linux.c().syncfs(number()), "syncfs", path);
    }

    @Override
    public void close() throws IOException {
        if (closed.compareAndSet(false, true)) {
            Linux.check(Linux.c().close(number), "close", path);
        }
    }

    @Override
    public String toString() {
        return path;
    }
}
