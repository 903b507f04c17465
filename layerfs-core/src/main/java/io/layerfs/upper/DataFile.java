package io.layerfs.upper;

import io.layerfs.blob.RandomFile;
import io.layerfs.blob.Uninterrupted;
import io.layerfs.lock.LockOrder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The scratch file of one large changed file: sparse, a block where the file has it. Where it need not survive, it is made when
 * there are more blocks than are held in memory, else at the first write. Safe for many threads that read, or one that writes.
 */
final class DataFile {

    private static final int TRANSFER = 256 << 10;

    private final DataArea area;
    private final long id;
    private final AtomicBoolean deleted = new AtomicBoolean();
    private final ReentrantLock lock = LockOrder.SCRATCH_FILE.newLock();
    private final Deque<Duty> duties = new ArrayDeque<>();
    private volatile boolean owing;
    private volatile @Nullable Path path;
    private volatile boolean dirty;
    private volatile boolean named;
    private volatile @Nullable HeldBlocks held;
    private volatile @Nullable IOException lost;

    /** {@code path} is where it is; null where it is not there yet. */
    DataFile(DataArea area, long id, @Nullable Path path) {
        this.area = area;
        this.id = id;
        this.path = path;
        this.named = path != null;
        this.held = area.isDurable() ? null : new HeldBlocks(area);
    }

    /** Opens it; a scratch file that somebody deleted is an error, and not an empty file. */
    RandomFile open() throws IOException {
        Path known = path;
        if (known != null && !Files.exists(known)) {
            throw new NoSuchFileException(known.toString(), null, "the scratch file of a changed file is gone");
        }
        Path place = known != null ? known : area.path(id);
        RandomFile file = RandomFile.open(place);
        path = place;
        return file;
    }

    /** Something that is to be done to the file: who reads the journal does it. */
    private interface Duty {
        void run(RandomFile file) throws IOException;
    }

    private void owe(Duty duty) {
        lock.lock();
        try {
            duties.add(duty);
            owing = true;
        } finally {
            lock.unlock();
        }
    }

    /** Does what could not be done before; until that succeeds, nothing else can be done with the file. */
    private void fulfil() throws IOException {
        if (!owing) {
            return;
        }
        lock.lock();
        try {
            OpenFiles.Handle handle = area.openFiles().borrow(this);
            try {
                for (Duty next = duties.peek(); next != null; next = duties.peek()) {
                    next.run(handle.open());
                    duties.remove();
                }
                owing = false;
            } finally {
                area.openFiles().giveBack(handle);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Writes over what counts already. Where that fails, it is done before anything else is done with the file. */
    void overwrite(long position, ByteBuffer source) throws IOException {
        int start = source.position();
        try {
            write(position, source);
        } catch (IOException e) {
            byte[] bytes = new byte[source.limit() - start];
            source.position(start).get(bytes);
            owe(file -> file.write(position, bytes, 0, bytes.length));
            throw e;
        }
    }

    /** Cuts off what does not count any more. Where that fails, it is done before anything else is done with the file. */
    void cut(long size) throws IOException {
        try {
            truncate(size);
        } catch (IOException e) {
            owe(file -> file.truncate(size));
            throw e;
        }
    }

    /** Writes the rest of {@code source} at {@code position}. */
    void write(long position, ByteBuffer source) throws IOException {
        HeldBlocks blocks = held;
        if (blocks != null && blocks.hasRoom(position, source.remaining())) {
            blocks.write(position, source);
        } else if (source.hasRemaining()) {
            writeToFile(position, source);
        }
    }

    private void writeToFile(long position, ByteBuffer source) throws IOException {
        fulfil();
        dirty = true;
        OpenFiles.Handle handle = area.openFiles().borrow(this);
        try {
            moveHeld(handle.open());
            if (source.hasArray()) {
                int offset = source.arrayOffset() + source.position();
                handle.open().write(position, source.array(), offset, source.remaining());
                source.position(source.limit());
            } else {
                byte[] buffer = new byte[Math.min(TRANSFER, source.remaining())];
                for (long at = position; source.hasRemaining(); ) {
                    int n = Math.min(buffer.length, source.remaining());
                    source.get(buffer, 0, n);
                    handle.open().write(at, buffer, 0, n);
                    at += n;
                }
            }
        } finally {
            area.openFiles().giveBack(handle);
        }
    }

    private void moveHeld(RandomFile file) throws IOException {
        HeldBlocks blocks = held;
        if (blocks != null) {
            blocks.writeTo(file);
            held = null;
            blocks.clear();
        }
    }

    /** Fills {@code target} from {@code position}; what is behind the file's end are zeros. */
    void read(long position, ByteBuffer target) throws IOException {
        HeldBlocks blocks = held;
        if (blocks != null) {
            blocks.read(position, target);
            return;
        }
        fulfil();
        OpenFiles.Handle handle = area.openFiles().borrow(this);
        try {
            byte[] buffer = target.hasArray() ? new byte[0] : new byte[Math.min(TRANSFER, target.remaining())];
            for (long at = position; target.hasRemaining(); ) {
                int n = read(handle.open(), at, target, buffer);
                if (n < 0) {
                    Zeros.put(target, target.remaining());
                }
                at += n;
            }
        } finally {
            area.openFiles().giveBack(handle);
        }
    }

    private static int read(RandomFile file, long position, ByteBuffer target, byte[] buffer) throws IOException {
        if (target.hasArray()) {
            int n = file.read(position, target.array(), target.arrayOffset() + target.position(), target.remaining());
            target.position(target.position() + Math.max(n, 0));
            return n;
        }
        int n = file.read(position, buffer, 0, Math.min(buffer.length, target.remaining()));
        target.put(buffer, 0, Math.max(n, 0));
        return n;
    }

    /** Maps a piece of it for reading; null where it has no file yet, or that ends before. */
    @Nullable
    MappedByteBuffer map(long position, long size) throws IOException {
        Path known = path;
        if (known == null || held != null) {
            return null;
        }
        fulfil();
        if (Files.size(known) < position + size) {
            return null;
        }
        return Uninterrupted.run(() -> {
            try (FileChannel channel = FileChannel.open(known, StandardOpenOption.READ)) {
                return channel.map(FileChannel.MapMode.READ_ONLY, position, size);
            }
        });
    }

    /** Cuts it to {@code size} bytes, if it is longer. */
    void truncate(long size) throws IOException {
        HeldBlocks blocks = held;
        if (blocks != null) {
            blocks.truncate(size);
        }
        if (path == null) {
            return;
        }
        fulfil();
        dirty = true;
        OpenFiles.Handle handle = area.openFiles().borrow(this);
        try {
            handle.open().truncate(size);
        } finally {
            area.openFiles().giveBack(handle);
        }
    }

    /** Neither its bytes nor its name need be on the disk. */
    void doubt() {
        dirty = true;
        named = false;
    }

    /** Its name is on the disk. */
    void named() {
        named = true;
    }

    /**
     * Returns when what was written survives a crash of the machine; answers whether its name may not yet. Where that fails once
     * it fails from then on: the kernel forgets what it could not write, and would say next time that all is well.
     */
    boolean force() throws IOException {
        lock.lock(); // who finds it forced by another waits until it is
        try {
            sync();
            return path != null && !named && !deleted.get();
        } finally {
            lock.unlock();
        }
    }

    private void sync() throws IOException {
        IOException before = lost;
        if (before != null) {
            throw new FileSystemException(
                    String.valueOf(path), null, "could not be written to the disk before: " + before.getMessage());
        }
        if (!dirty || deleted.get()) {
            return;
        }
        fulfil();
        dirty = false;
        OpenFiles.Handle handle = area.openFiles().borrow(this);
        try {
            handle.open().sync();
        } catch (IOException e) {
            lost = e;
            throw e;
        } finally {
            area.openFiles().giveBack(handle);
        }
    }

    /** Gives its space back; idempotent. */
    void delete() {
        if (deleted.compareAndSet(false, true)) {
            HeldBlocks blocks = held;
            if (blocks != null) {
                blocks.clear();
            }
            area.delete(this);
        }
    }

    boolean isDeleted() {
        return deleted.get();
    }

    /** Where it is; null where there is none. */
    @Nullable
    Path path() {
        return path;
    }
}
