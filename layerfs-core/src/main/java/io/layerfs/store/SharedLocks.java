package io.layerfs.store;

import io.layerfs.blob.FileOwner;
import io.layerfs.blob.NamedFiles;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The channels that a JVM has locked files by: one for each file, by whatever path and from whatever class loader it is asked for.
 * When a process closes any channel of a file, all its locks of that file are gone (POSIX, fcntl(2)); and a web server or a test
 * runner may have these classes twice.
 *
 * <p>What class loaders share is of the JDK's types alone, so that none keeps another: a {@code Map<String, Object>}, the value of
 * the system property {@value #PROPERTY}, there while there is something in it. {@code file KEY} is a {@code Map.Entry} of the
 * channel of a lock file, held weakly, and the number of its uses; {@code area NAME} is the channel, held weakly, that keeps the
 * lock of a directory in {@code tmp}, {@code holds} or {@code mounts}, which has the name of a UUID. Whoever has the monitor of
 * {@link FileLock}'s class may use it. Other versions must do the same, or have a property of another name: those that do
 * see regions that are locked by {@link java.nio.channels.OverlappingFileLockException}, and wait.
 */
final class SharedLocks {

    private static final String PROPERTY = "io.layerfs.locks.v1";

    /** One monitor for all class loaders. */
    private static final Object JVM = FileLock.class;

    private SharedLocks() {}

    /** A use of a lock file's channel; to be closed. */
    static final class Use implements AutoCloseable {
        private final String key;
        private final FileChannel channel;
        private final AtomicInteger users;

        private Use(String key, FileChannel channel, AtomicInteger users) {
            this.key = key;
            this.channel = channel;
            this.users = users;
        }

        FileChannel channel() {
            return channel;
        }

        /** Closes the channel, and frees all locks, with the last use. */
        @Override
        public void close() throws IOException {
            synchronized (JVM) {
                if (users.decrementAndGet() == 0) {
                    remove(key);
                    channel.close();
                }
            }
        }
    }

    /** What tells a lock file from others, whatever its path; the file is made where it is absent. */
    static String key(Path file) throws IOException {
        try {
            return keyOf(file);
        } catch (NoSuchFileException e) {
            makeNew(file);
            return keyOf(file);
        }
    }

    /** By no channel that another may have locked the file by. */
    private static void makeNew(Path file) throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            return; // another made it in this moment
        }
        FileOwner.asDirectory(file);
    }

    private static String keyOf(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        boolean known = key != null && file.getFileSystem().equals(FileSystems.getDefault());
        return "file " + (known ? key : System.identityHashCode(file.getFileSystem()) + " " + file.toRealPath());
    }

    /** The channel of a lock file that is there. */
    static Use open(Path file, String key) throws IOException {
        synchronized (JVM) {
            if (get(key) instanceof Map.Entry<?, ?> known
                    && known.getKey() instanceof WeakReference<?> reference
                    && reference.get() instanceof FileChannel channel
                    && known.getValue() instanceof AtomicInteger users
                    && channel.isOpen()) {
                users.incrementAndGet();
                return new Use(key, channel, users);
            }
            FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
            AtomicInteger users = new AtomicInteger(1);
            put(key, new SimpleImmutableEntry<>(new WeakReference<>(channel), users));
            return new Use(key, channel, users);
        }
    }

    /** Makes a new file, and locks it. Nobody in this JVM looks whether it is locked, as long as the channel is open. */
    static FileChannel lockNew(String area, Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        synchronized (JVM) {
            put(areaKey(area), new WeakReference<>(channel));
        }
        try {
            FileOwner.asDirectory(file);
            FileLock taken = channel.tryLock(); // an interrupted thread that waited would close the channel
            if (taken == null) {
                throw new IOException("the lock of a new file cannot be had");
            }
            return channel;
        } catch (IOException e) {
            free(area, channel);
            throw unlockable(file, e);
        }
    }

    /** Ends what {@link #lockNew} began. */
    static void free(String area, FileChannel channel) throws IOException {
        synchronized (JVM) {
            remove(areaKey(area));
            channel.close();
        }
    }

    /** Whether this JVM keeps the lock of a directory of that name. */
    static boolean isOwn(String area) {
        synchronized (JVM) {
            return get(areaKey(area)) instanceof WeakReference<?> reference
                    && reference.get() instanceof FileChannel channel
                    && channel.isOpen();
        }
    }

    private static String areaKey(String area) {
        return "area " + area;
    }

    /** The failure of locking a file, with what helps. */
    static IOException unlockable(Path file, IOException e) {
        IOException named = NamedFiles.named(file, e);
        if (e instanceof FileSystemException) {
            return named;
        }
        FileSystemException told = new FileSystemException(
                file.toString(),
                null,
                "cannot be locked (" + e.getMessage()
                        + "): a store must lie on a file system with locks; NFS needs its lock"
                        + " service running, or the mount option local_lock=posix");
        told.initCause(e);
        return told;
    }

    private static @Nullable Object get(String key) {
        return shared(false).get(key);
    }

    private static void put(String key, Object value) {
        shared(true).put(key, value);
    }

    private static void remove(String key) {
        Map<Object, Object> shared = shared(false);
        shared.remove(key);
        if (shared.isEmpty()) {
            try {
                System.getProperties().remove(PROPERTY, shared);
            } catch (SecurityException e) {
                return; // then there is nothing to remove either
            }
        }
    }

    /** Where a security manager forbids it, this class loader's own. */
    private static final Map<Object, Object> UNSHARED = new HashMap<>();

    @SuppressWarnings("unchecked")
    private static Map<Object, Object> shared(boolean made) {
        try {
            Object known = System.getProperties().get(PROPERTY);
            if (known instanceof Map) {
                return (Map<Object, Object>) known;
            }
            Map<Object, Object> shared = new HashMap<>();
            if (made) {
                System.getProperties().put(PROPERTY, shared);
            }
            return shared;
        } catch (SecurityException e) {
            return UNSHARED;
        }
    }
}
