package io.layerfs.store;

import io.layerfs.blob.NamedFiles;
import io.layerfs.host.Durable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A directory for what a process has at one time, locked for as long as it lives: what a process that died left behind is known
 * by its lock being free. Closing deletes it. {@link StoreLocks#ownArea} has those of this process.
 */
final class ProcessArea implements AutoCloseable {

    private static final String LOCK = "lock";
    private static final String LOCK_NAME = "tmp";

    /** The names of this process' areas. */
    private static final Set<String> OWN = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel lock;
    private final AtomicInteger count = new AtomicInteger();
    private final Queue<Path> spare = new ConcurrentLinkedQueue<>();

    private ProcessArea(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /** A new one in {@code parent}. */
    static ProcessArea create(Path parent, StoreLocks locks) throws IOException {
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            Path directory =
                    Files.createDirectories(parent.resolve(UUID.randomUUID().toString()));
            OWN.add(directory.getFileName().toString());
            try {
                return new ProcessArea(directory, lockNew(directory.resolve(LOCK)));
            } catch (IOException | RuntimeException e) {
                OWN.remove(directory.getFileName().toString());
                throw e;
            }
        }
    }

    private static FileChannel lockNew(Path file) throws IOException {
        FileChannel lock = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            FileLock taken = lock.tryLock(); // an interrupted thread that waited would close the channel
            if (taken == null) {
                throw new IOException("the lock of a new file cannot be had");
            }
            return lock;
        } catch (IOException e) {
            lock.close();
            throw NamedFiles.named(file, e);
        }
    }

    /** Deletes what dead processes left in {@code parent}. */
    static void clean(Path parent, StoreLocks locks) throws IOException {
        clean(parent, locks, area -> {});
    }

    /** The same, with something to be done to each before it is deleted. */
    static void clean(Path parent, StoreLocks locks, MountArea.Ending ending) throws IOException {
        if (ofOthers(parent).isEmpty()) {
            return;
        }
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            for (Path area : ofOthers(parent)) {
                if (isDead(area)) {
                    ending.end(area);
                    Durable.deleteTree(area);
                }
            }
        }
    }

    /**
     * Whether {@code parent} has one area and no more, told without a look into it: most file systems count a directory's
     * entries that are directories as its links (stat(3), {@code st_nlink}). False where that cannot be told.
     */
    static boolean isOnlyOne(Path parent) throws IOException {
        try {
            return Files.getAttribute(parent, "unix:nlink").equals(2 + 1);
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    /** The areas in {@code parent} but for this process' own. */
    private static List<Path> ofOthers(Path parent) throws IOException {
        List<Path> others = new ArrayList<>();
        if (NamedFiles.exists(parent)) {
            try (DirectoryStream<Path> areas = Files.newDirectoryStream(parent, area -> !isOwn(area))) {
                areas.forEach(others::add);
            }
        }
        return others;
    }

    private static boolean isOwn(Path area) {
        return OWN.contains(area.getFileName().toString());
    }

    /** The areas in {@code parent} whose process lives. */
    static List<Path> living(Path parent, StoreLocks locks) throws IOException {
        List<Path> living = new ArrayList<>();
        if (NamedFiles.exists(parent)) {
            try (StoreLocks.Held held = locks.lock(LOCK_NAME);
                    DirectoryStream<Path> areas = Files.newDirectoryStream(parent)) {
                for (Path area : areas) {
                    if (!isDead(area)) {
                        living.add(area);
                    }
                }
            }
        }
        return living;
    }

    private static boolean isDead(Path area) throws IOException {
        // this process' own areas are not looked into: closing a second channel would free their locks (POSIX)
        if (isOwn(area)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(area.resolve(LOCK), StandardOpenOption.WRITE)) {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (NoSuchFileException e) {
            return true;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** A path in it at which nothing is. */
    Path newPath(String suffix) {
        return directory.resolve(count.incrementAndGet() + suffix);
    }

    /** An empty directory in it that {@link #keep} was given; null where none is left. */
    @Nullable
    Path takeSpare() {
        return spare.poll();
    }

    /** Keeps an empty directory to be used again, which is faster than to delete it and make another. */
    void keep(Path empty) {
        spare.add(empty);
    }

    @Override
    public void close() throws IOException {
        try {
            Durable.deleteTree(directory);
        } finally {
            lock.close();
            OWN.remove(directory.getFileName().toString());
        }
    }
}
