package io.layerfs.store;

import io.layerfs.blob.FileOwner;
import io.layerfs.blob.NamedFiles;
import io.layerfs.host.Durable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
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
            if (!Files.isDirectory(parent)) {
                Files.createDirectories(parent);
                FileOwner.asDirectory(parent);
            }
            return locked(parent.resolve(UUID.randomUUID().toString()));
        }
    }

    /** A new one where the system has temporary files: of a store that cannot be written. */
    static ProcessArea elsewhere() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        return locked(temporary.resolve("layerfs-" + UUID.randomUUID()));
    }

    /** Makes a directory, its maker's alone, and locks it. Its name must be nobody else's. */
    static ProcessArea locked(Path directory) throws IOException {
        Durable.createOwnDirectory(directory);
        FileChannel lock = null;
        try {
            FileOwner.asDirectory(directory);
            lock = SharedLocks.lockNew(name(directory), directory.resolve(LOCK));
            return new ProcessArea(directory, lock);
        } finally {
            if (lock == null) {
                delete(directory, new ArrayList<>());
            }
        }
    }

    private static String name(Path area) {
        return area.getFileName().toString();
    }

    /**
     * Deletes what dead processes left in {@code parent}; answers the failures, of which none concerns who has others' things
     * cleaned up: what stays is in nobody's way.
     */
    static List<IOException> clean(Path parent, StoreLocks locks) throws IOException {
        return clean(parent, locks, area -> {});
    }

    /** The same, with something to be done to each before it is deleted. */
    static List<IOException> clean(Path parent, StoreLocks locks, MountArea.Ending ending) throws IOException {
        List<IOException> failures = new ArrayList<>();
        if (locks.isReadOnly() || ofOthers(parent).isEmpty()) {
            return failures;
        }
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            for (Path area : ofOthers(parent)) {
                if (isDead(area)) {
                    try {
                        ending.end(area);
                        delete(area, failures);
                    } catch (IOException e) {
                        failures.add(e);
                    }
                }
            }
        }
        return failures;
    }

    /** Deletes one if its process has ended, and if it can be. */
    static void deleteDead(Path area) throws IOException {
        if (isDead(area)) {
            delete(area, new ArrayList<>());
        }
    }

    private static void delete(Path area, List<IOException> failures) {
        try {
            Durable.deleteTree(area);
        } catch (IOException e) {
            failures.add(e);
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
        return SharedLocks.isOwn(name(area));
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

    /** Whether its process has ended. One whose lock this process may not even read is taken for alive. */
    private static boolean isDead(Path area) throws IOException {
        // this process' own areas are not looked into: closing a second channel would free their locks (POSIX)
        Path file = area.resolve(LOCK);
        if (isOwn(area)) {
            return false;
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        try {
            return isFree(file, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            return true;
        } catch (FileSystemException e) {
            return isReadableAndFree(file);
        }
    }

    /** A lock that others share can be asked for by who may only read the file (fcntl(2)). */
    private static boolean isReadableAndFree(Path file) throws IOException {
        try {
            return isFree(file, StandardOpenOption.READ);
        } catch (FileSystemException e) {
            return false;
        }
    }

    private static boolean isFree(Path file, StandardOpenOption access) throws IOException {
        try (FileChannel channel = FileChannel.open(file, access)) {
            return channel.tryLock(0, Long.MAX_VALUE, access == StandardOpenOption.READ) != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            throw SharedLocks.unlockable(file, e);
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

    /** What cannot be deleted now is when somebody finds it. */
    @Override
    public void close() throws IOException {
        delete(directory, new ArrayList<>());
        SharedLocks.free(name(directory), lock);
    }
}
