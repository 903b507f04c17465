package io.layerfs.store;

import io.layerfs.blob.NamedFiles;
import io.layerfs.host.Durable;
import io.layerfs.host.Syncs;
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
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A directory for one operation's unfinished files, locked for as long as its process lives: what a process that died left
 * behind is known by its lock being free. Closing deletes it.
 */
final class TempArea implements AutoCloseable {

    private static final String LOCK = "lock";
    private static final String LOCK_NAME = "tmp";

    /** The names of this process' areas. */
    private static final Set<String> OWN = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel lock;
    private final AtomicInteger count = new AtomicInteger();
    private final Syncs syncs = new Syncs();

    private TempArea(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /** A new one in {@code parent}. */
    static TempArea create(Path parent, StoreLocks locks) throws IOException {
        try (StoreLocks.Held held = locks.lock(LOCK_NAME)) {
            Path directory =
                    Files.createDirectories(parent.resolve(UUID.randomUUID().toString()));
            OWN.add(directory.getFileName().toString());
            try {
                return new TempArea(directory, lockNew(directory.resolve(LOCK)));
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
        if (!Files.isDirectory(parent)) {
            return;
        }
        try (StoreLocks.Held held = locks.lock(LOCK_NAME);
                DirectoryStream<Path> areas = Files.newDirectoryStream(parent)) {
            for (Path area : areas) {
                if (isDead(area)) {
                    ending.end(area);
                    Durable.deleteTree(area);
                }
            }
        }
    }

    /** The areas in {@code parent} whose process lives. */
    static List<Path> living(Path parent, StoreLocks locks) throws IOException {
        List<Path> living = new ArrayList<>();
        if (Files.isDirectory(parent)) {
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
        if (OWN.contains(area.getFileName().toString())) {
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

    Path directory() {
        return directory;
    }

    /** A path in it at which nothing is. */
    Path newPath(String suffix) {
        return directory.resolve(count.incrementAndGet() + suffix);
    }

    /** Those of its files that are on their way to the disk, to be awaited before they are published. */
    Syncs syncs() {
        return syncs;
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
