package io.layerfs.store;

import io.layerfs.Digest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Locks by name over a store, between threads and between processes; and what else a process has once of a store, however often
 * that is open in it: its directories, the files of its holds, and the indexes that are open.
 *
 * <p>A file lock belongs to the whole JVM, and goes when any channel of the file is closed (POSIX). So a JVM has one channel
 * for each store, however often that is open, and a semaphore for each region of the file in front of its lock. The locks
 * are regions of one file, so that locking leaves nothing behind in the store.
 *
 * <p>Who waits for another process asks again and again, and never blocks in the kernel: a thread that is interrupted there
 * closes the channel, and with it frees every lock of this JVM; and the kernel, to which all threads of a process are one
 * owner, sees a deadlock (EDEADLK) where two threads of two processes wait crosswise.
 */
final class StoreLocks implements AutoCloseable {

    private static final Map<Path, StoreLocks> OPEN = new HashMap<>();

    private static final long FIRST_WAIT = 50_000; // nanoseconds
    private static final long LONGEST_WAIT = 5_000_000;

    private final Path file;
    private final FileChannel channel;
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

    private StoreLocks(Path file) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** The locks kept in {@code file}, a path without links, which is created where absent; to be closed. */
    static StoreLocks open(Path file) throws IOException {
        synchronized (OPEN) {
            StoreLocks locks = OPEN.get(file);
            if (locks == null) {
                locks = new StoreLocks(file);
                OPEN.put(file, locks);
            }
            locks.users++;
            return locks;
        }
    }

    /** What a store needs before it is used. */
    interface Preparation {
        void run() throws IOException;
    }

    /** Has it done, unless it was since this process has a use of them; others wait until it is. */
    void once(Preparation preparation) throws IOException {
        synchronized (preparing) {
            if (!prepared) {
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
                area = ProcessArea.create(parent, this);
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
        try {
            return held(position, region, take(name, position));
        } catch (IOException | RuntimeException e) {
            region.semaphore.release();
            leave(position, region);
            throw e;
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
            return channel.tryLock(position, 1, false);
        } catch (ClosedChannelException e) {
            throw new FileSystemException(file.toString(), null, "the store of this lock was closed");
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
        FileLock lock = null;
        try {
            lock = tryTake(position);
            return lock == null ? null : held(position, region, lock);
        } finally {
            if (lock == null) {
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

    private Held held(long position, Region region, FileLock lock) {
        AtomicBoolean released = new AtomicBoolean();
        return () -> {
            if (released.getAndSet(true)) {
                return; // by now it may be another's
            }
            try {
                lock.release();
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
        } catch (IOException | RuntimeException e) {
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
                OPEN.remove(file);
                try (FileChannel last = channel;
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
