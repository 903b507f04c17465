package io.layerfs.store;

import io.layerfs.Digest;
import io.layerfs.blob.NamedFiles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Locks by name over a store, between threads and between processes; and what else a process has once of a store, however often
 * that is open in it: its directories, the files of its holds, and the indexes that are open.
 *
 * <p>A file lock belongs to the whole JVM, and goes when any channel of the file is closed (POSIX). So a JVM has one channel
 * for each store, by {@link SharedLocks}, and a semaphore for each region of the file in front of its lock. Where another class
 * loader, or the same store by another path, has a region, it is asked for again and again, as where another process has it. The
 * locks are regions of one file, so that locking leaves nothing behind in the store.
 *
 * <p>Of a store that this process cannot write, on a file system that is read only, say, nobody here can hold or lock anything:
 * locks are given without a file, {@link #requireWritable} refuses what would change the store, and what is made for a time is
 * made in the directory for temporary files. What others collect meanwhile is found missing.
 *
 * <p>Who waits for another process asks again and again, and never blocks in the kernel: a thread that is interrupted there
 * closes the channel, and with it frees every lock of this JVM; and the kernel, to which all threads of a process are one
 * owner, sees a deadlock (EDEADLK) where two threads of two processes wait crosswise.
 */
final class StoreLocks implements AutoCloseable {

    private static final Map<List<Object>, StoreLocks> OPEN = new HashMap<>();

    private static final long FIRST_WAIT = 50_000; // nanoseconds
    private static final long LONGEST_WAIT = 5_000_000;

    private final List<Object> key;
    private final Path file;
    private final SharedLocks.@Nullable Use shared;
    private final @Nullable IOException unwritable;
    private final Map<Path, Path> madeElsewhere = new ConcurrentHashMap<>();
    private final Map<Long, Region> regions = new HashMap<>();
    private final Object preparing = new Object();
    private boolean prepared;
    private final Map<Path, ProcessArea> ownAreas = new HashMap<>();
    private final OpenIndexes openIndexes = new OpenIndexes();
    private final HoldFiles holdFiles = new HoldFiles();
    private int users;

    private static final class Region {
        final Semaphore semaphore = new Semaphore(1);
        int users;
    }

    private StoreLocks(
            List<Object> key, Path file, SharedLocks.@Nullable Use shared, @Nullable IOException unwritable) {
        this.key = key;
        this.file = file;
        this.shared = shared;
        this.unwritable = unwritable;
    }

    /** The locks kept in {@code file}, a path without links, which is created where absent and possible; to be closed. */
    static StoreLocks open(Path file) throws IOException {
        synchronized (OPEN) {
            StoreLocks locks = openNew(file);
            locks.users++;
            return locks;
        }
    }

    private static StoreLocks openNew(Path file) throws IOException {
        List<Object> key;
        StoreLocks locks;
        try {
            String shared = SharedLocks.key(file);
            key = List.of(file, shared);
            locks = OPEN.get(key);
            if (locks == null) {
                locks = new StoreLocks(key, file, SharedLocks.open(file, shared), null);
            }
        } catch (IOException e) {
            if (isWritable(file)) {
                throw e;
            }
            key = List.of(file);
            locks = OPEN.get(key);
            if (locks == null) {
                locks = new StoreLocks(key, file, null, e);
            }
        }
        OPEN.put(key, locks);
        return locks;
    }

    private static boolean isWritable(Path file) {
        Path there = file;
        for (Path above = file.getParent(); above != null && Files.notExists(there); above = above.getParent()) {
            there = above;
        }
        return Files.isWritable(there);
    }

    /** Whether this process cannot write the store. */
    boolean isReadOnly() {
        return unwritable != null;
    }

    /**
     * Refuses to go on where this process cannot write the store.
     *
     * @throws FileSystemException which says why it cannot
     */
    void requireWritable() throws IOException {
        if (unwritable != null) {
            Path layerfs = file.getParent();
            Path store = layerfs == null ? file : Objects.requireNonNullElse(layerfs.getParent(), layerfs);
            FileSystemException failure = new FileSystemException(
                    store.toString(),
                    null,
                    "the store is open for reading alone, since this process cannot write it: "
                            + NamedFiles.named(file, unwritable).getMessage());
            failure.initCause(unwritable);
            throw failure;
        }
    }

    /** What was made elsewhere, because the store cannot be written, by the paths that it would have there. */
    Map<Path, Path> madeElsewhere() {
        return madeElsewhere;
    }

    /** What a store needs before it is used. */
    interface Preparation {
        void run() throws IOException;
    }

    /** Has it done, unless it was since this process has a use of them; others wait until it is. */
    void once(Preparation preparation) throws IOException {
        synchronized (preparing) {
            if (!prepared && !isReadOnly()) {
                preparation.run();
                prepared = true;
            }
        }
    }

    /** One more use of them; to be closed. */
    StoreLocks retain() {
        synchronized (OPEN) {
            users++;
            return this;
        }
    }

    /** This process' directory in {@code parent}, always the same; made at first use, deleted with the last use of the locks. */
    ProcessArea ownArea(Path parent) throws IOException {
        synchronized (ownAreas) {
            ProcessArea area = ownAreas.get(parent);
            if (area == null) {
                area = isReadOnly() ? ProcessArea.elsewhere() : ProcessArea.create(parent, this);
                ownAreas.put(parent, area);
            }
            return area;
        }
    }

    /** Whether this process has its directory in {@code parent} already. */
    boolean hasOwnArea(Path parent) {
        synchronized (ownAreas) {
            return ownAreas.containsKey(parent);
        }
    }

    /** The indexes that this process has open; forgotten with the last use of the locks. */
    OpenIndexes openIndexes() {
        return openIndexes;
    }

    /** The files that say what this process holds; closed with the last use of the locks. */
    HoldFiles holdFiles() {
        return holdFiles;
    }

    /** Held until closed, by whatever thread; idempotent. */
    interface Held extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    /** Takes the lock of that name, waiting for other threads and processes. */
    Held lock(String name) throws IOException {
        long position = position(name);
        Region region = enter(position);
        try {
            region.semaphore.acquire();
        } catch (InterruptedException e) {
            leave(position, region);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the lock " + name);
        }
        Held taken = null;
        try {
            taken = held(position, region, isReadOnly() ? null : take(name, position));
            return taken;
        } finally {
            if (taken == null) {
                region.semaphore.release();
                leave(position, region);
            }
        }
    }

    private FileLock take(String name, long position) throws IOException {
        long wait = FIRST_WAIT;
        while (true) {
            FileLock lock = tryTake(position);
            if (lock != null) {
                return lock;
            }
            LockSupport.parkNanos(wait);
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while waiting for the lock " + name);
            }
            wait = Math.min(2 * wait, LONGEST_WAIT);
        }
    }

    private @Nullable FileLock tryTake(long position) throws IOException {
        try {
            return Objects.requireNonNull(shared).channel().tryLock(position, 1, false);
        } catch (OverlappingFileLockException e) {
            return null; // by another class loader, or another path
        } catch (ClosedChannelException e) {
            throw new FileSystemException(file.toString(), null, "the store of this lock was closed");
        } catch (IOException e) {
            throw SharedLocks.unlockable(file, e);
        }
    }

    /** Takes the lock of that name, if nobody has it; null where somebody does. */
    @Nullable
    Held tryLock(String name) throws IOException {
        long position = position(name);
        Region region = enter(position);
        if (!region.semaphore.tryAcquire()) {
            leave(position, region);
            return null;
        }
        boolean taken = false;
        try {
            FileLock lock = isReadOnly() ? null : tryTake(position);
            taken = lock != null || isReadOnly();
            return taken ? held(position, region, lock) : null;
        } finally {
            if (!taken) {
                region.semaphore.release();
                leave(position, region);
            }
        }
    }

    private Region enter(long position) {
        synchronized (regions) {
            Region region = regions.computeIfAbsent(position, p -> new Region());
            region.users++;
            return region;
        }
    }

    private Held held(long position, Region region, @Nullable FileLock lock) {
        AtomicBoolean released = new AtomicBoolean();
        return () -> {
            if (released.getAndSet(true)) {
                return; // by now it may be another's
            }
            try {
                if (lock != null) {
                    lock.release();
                }
            } catch (ClosedChannelException e) {
                // with the store, all its locks were released
            } finally {
                region.semaphore.release();
                leave(position, region);
            }
        };
    }

    /** Takes the locks of several names, in one order, so that two who want the same cannot wait for each other. */
    Held lockAll(Collection<String> names) throws IOException {
        TreeSet<Long> positions = new TreeSet<>();
        Map<Long, String> byPosition = new HashMap<>();
        for (String name : names) {
            positions.add(position(name));
            byPosition.put(position(name), name);
        }
        Deque<Held> held = new ArrayDeque<>();
        Held all = () -> closeAll(held);
        try {
            for (Long position : positions) {
                held.push(lock(Objects.requireNonNull(byPosition.get(position))));
            }
            return all;
        } catch (IOException | RuntimeException | Error e) {
            all.close();
            throw e;
        }
    }

    private void leave(long position, Region region) {
        synchronized (regions) {
            if (--region.users == 0) {
                regions.remove(position);
            }
        }
    }

    private static long position(String name) {
        String hex = Digest.sha256(name.getBytes(StandardCharsets.UTF_8)).encoded();
        return Long.parseLong(hex.substring(0, 15), 16);
    }

    @Override
    public void close() throws IOException {
        synchronized (OPEN) {
            if (--users == 0) {
                OPEN.remove(key);
                try (SharedLocks.Use last = shared;
                        Held areas = this::closeOwnAreas;
                        HoldFiles first = holdFiles) {
                    openIndexes.clear();
                }
            }
        }
    }

    private void closeOwnAreas() throws IOException {
        synchronized (ownAreas) {
            Deque<Held> areas = new ArrayDeque<>();
            ownAreas.values().forEach(area -> areas.push(area::close));
            ownAreas.clear();
            closeAll(areas);
        }
    }

    /** Closes all, whatever fails; the first failure is thrown. */
    private static void closeAll(Deque<Held> all) throws IOException {
        if (!all.isEmpty()) {
            try {
                all.pop().close();
            } finally {
                closeAll(all);
            }
        }
    }
}
