package io.layerfs.store;

import io.layerfs.Digest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
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
import org.jspecify.annotations.Nullable;

/**
 * Locks by name over a store, between threads and between processes.
 *
 * <p>A file lock belongs to the whole JVM, and goes when any channel of the file is closed (POSIX). So a JVM has one channel
 * for each store, however often that is open, and a semaphore for each region of the file in front of its lock. The locks
 * are regions of one file, so that locking leaves nothing behind in the store.
 */
final class StoreLocks implements AutoCloseable {

    private static final Map<Path, StoreLocks> OPEN = new HashMap<>();

    private final Path file;
    private final FileChannel channel;
    private final Map<Long, Region> regions = new HashMap<>();
    private int users;

    private static final class Region {
        final Semaphore semaphore = new Semaphore(1);
        int users;
    }

    private StoreLocks(Path file) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** The locks kept in {@code file}, which is created where absent; to be closed. */
    static StoreLocks open(Path file) throws IOException {
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a directory");
        Path real = directory.toRealPath().resolve(file.getFileName());
        synchronized (OPEN) {
            StoreLocks locks = OPEN.get(real);
            if (locks == null) {
                locks = new StoreLocks(real);
                OPEN.put(real, locks);
            }
            locks.users++;
            return locks;
        }
    }

    /** Held until closed. */
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
            return held(position, region, channel.lock(position, 1, false));
        } catch (IOException | RuntimeException e) {
            region.semaphore.release();
            leave(position, region);
            throw e;
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
            lock = channel.tryLock(position, 1, false);
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
        return () -> {
            try {
                lock.release();
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
        Held all = () -> {
            while (!held.isEmpty()) {
                held.pop().close();
            }
        };
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
                channel.close();
            }
        }
    }
}
