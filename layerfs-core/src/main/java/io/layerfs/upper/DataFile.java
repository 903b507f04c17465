package io.layerfs.upper;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The scratch file of one large changed file: sparse, a block where the file has it. Made at the first write. Safe for many
 * threads, each on blocks of its own.
 */
final class DataFile {

    private static final int TRANSFER = 256 << 10;

    private final DataArea area;
    private final Path path;
    private final AtomicBoolean deleted = new AtomicBoolean();
    private volatile boolean created;
    private volatile boolean dirty;

    DataFile(DataArea area, Path path, boolean created) {
        this.area = area;
        this.path = path;
        this.created = created;
    }

    /** Opens it; a scratch file that somebody deleted is an error, and not an empty file. */
    RandomAccessFile open() throws IOException {
        if (created && !Files.exists(path)) {
            throw new NoSuchFileException(path.toString(), null, "the scratch file of a changed file is gone");
        }
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        created = true;
        return file;
    }

    /** Writes the rest of {@code source} at {@code position}. */
    void write(long position, ByteBuffer source) throws IOException {
        if (!source.hasRemaining()) {
            return;
        }
        dirty = true;
        OpenFiles.Handle handle = area.openFiles().borrow(this);
        try {
            handle.open().seek(position);
            if (source.hasArray()) {
                handle.open().write(source.array(), source.arrayOffset() + source.position(), source.remaining());
                source.position(source.limit());
            } else {
                byte[] buffer = new byte[Math.min(TRANSFER, source.remaining())];
                while (source.hasRemaining()) {
                    int n = Math.min(buffer.length, source.remaining());
                    source.get(buffer, 0, n);
                    handle.open().write(buffer, 0, n);
                }
            }
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            throw failure(e);
        } finally {
            area.openFiles().giveBack(handle);
        }
    }

    /** Fills {@code target} from {@code position}; what is behind the file's end are zeros. */
    void read(long position, ByteBuffer target) throws IOException {
        OpenFiles.Handle handle = area.openFiles().borrow(this);
        try {
            handle.open().seek(position);
            byte[] buffer = target.hasArray() ? new byte[0] : new byte[Math.min(TRANSFER, target.remaining())];
            while (target.hasRemaining()) {
                int n = read(handle.open(), target, buffer);
                if (n < 0) {
                    Zeros.put(target, target.remaining());
                }
            }
        } finally {
            area.openFiles().giveBack(handle);
        }
    }

    private static int read(RandomAccessFile file, ByteBuffer target, byte[] buffer) throws IOException {
        if (target.hasArray()) {
            int n = file.read(target.array(), target.arrayOffset() + target.position(), target.remaining());
            target.position(target.position() + Math.max(n, 0));
            return n;
        }
        int n = file.read(buffer, 0, Math.min(buffer.length, target.remaining()));
        target.put(buffer, 0, Math.max(n, 0));
        return n;
    }

    /** Cuts it to {@code size} bytes, if it is longer. */
    void truncate(long size) throws IOException {
        if (!created) {
            return;
        }
        dirty = true;
        OpenFiles.Handle handle = area.openFiles().borrow(this);
        try {
            if (handle.open().length() > size) {
                handle.open().setLength(size);
            }
        } finally {
            area.openFiles().giveBack(handle);
        }
    }

    /** Returns when what was written survives a crash of the machine. */
    void force() throws IOException {
        if (!dirty || deleted.get()) {
            return;
        }
        dirty = false;
        OpenFiles.Handle handle = area.openFiles().borrow(this);
        try {
            handle.open().getFD().sync();
        } catch (IOException e) {
            dirty = true;
            throw failure(e);
        } finally {
            area.openFiles().giveBack(handle);
        }
    }

    private FileSystemException failure(IOException e) {
        String reason = e.getMessage();
        FileSystemException failure =
                new FileSystemException(path.toString(), null, reason == null ? "Input/output error" : reason);
        failure.initCause(e);
        return failure;
    }

    /** Gives its space back; idempotent. */
    void delete() {
        if (deleted.compareAndSet(false, true)) {
            area.delete(this);
        }
    }

    Path path() {
        return path;
    }

    boolean isCreated() {
        return created;
    }
}
