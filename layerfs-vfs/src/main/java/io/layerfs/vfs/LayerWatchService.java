package io.layerfs.vfs;

import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells of changes in directories. The view itself tells of each, so that nothing is polled and nothing missed; a key that is
 * not asked for {@value LayerWatchKey#MAX_EVENTS} events says that it overflowed.
 */
final class LayerWatchService implements WatchService {

    private static final Set<WatchEvent.Kind<?>> KINDS = Set.of(
            StandardWatchEventKinds.ENTRY_CREATE,
            StandardWatchEventKinds.ENTRY_DELETE,
            StandardWatchEventKinds.ENTRY_MODIFY);

    /** Says how often to look, where directories are looked at; the JDK's own, which the default provider ignores on Linux. */
    private static final String SENSITIVITY = "com.sun.nio.file.SensitivityWatchEventModifier";

    private final LayerFileSystem fileSystem;
    private final Map<Long, LayerWatchKey> keys = new ConcurrentHashMap<>();
    private final BlockingQueue<WatchKey> signalled = new LinkedBlockingQueue<>();
    private final LayerWatchKey end;
    private final Closeable watch;
    private volatile boolean closed;

    LayerWatchService(LayerFileSystem fileSystem, WritableView view) {
        this.fileSystem = fileSystem;
        this.end = new LayerWatchKey(this, View.ABSENT, new NioPath(fileSystem, true), KINDS);
        this.watch = view.watch(this::changed);
    }

    LayerFileSystem fileSystem() {
        return fileSystem;
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedWatchServiceException();
        }
    }

    /** Watches a directory; the same key for the same directory. */
    WatchKey register(NioPath path, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) throws IOException {
        Set<WatchEvent.Kind<?>> kinds = kinds(events);
        for (WatchEvent.Modifier modifier : modifiers) {
            if (!Objects.requireNonNull(modifier).getClass().getName().equals(SENSITIVITY)) {
                throw new UnsupportedOperationException("Modifier not supported");
            }
        }
        checkOpen();
        long inode = fileSystem.walk().inode(path, true);
        if (!fileSystem.isDirectory(inode)) {
            throw new NotDirectoryException(path.toString());
        }
        LayerWatchKey key = keys.computeIfAbsent(inode, i -> new LayerWatchKey(this, i, path, kinds));
        key.select(kinds);
        locate(key);
        if (closed) {
            key.cancel();
        }
        return key;
    }

    private static Set<WatchEvent.Kind<?>> kinds(WatchEvent.Kind<?>[] events) {
        Set<WatchEvent.Kind<?>> kinds = new java.util.HashSet<>();
        for (WatchEvent.Kind<?> kind : events) {
            if (KINDS.contains(Objects.requireNonNull(kind))) {
                kinds.add(kind);
            } else if (kind != StandardWatchEventKinds.OVERFLOW) {
                throw new UnsupportedOperationException(kind.name());
            }
        }
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("No events to register");
        }
        return Set.copyOf(kinds);
    }

    private void changed(WritableView.Listener.Kind kind, long directory, Name name) {
        LayerWatchKey key = keys.get(directory);
        if (key != null) {
            key.signal(
                    switch (kind) {
                        case CREATED -> StandardWatchEventKinds.ENTRY_CREATE;
                        case DELETED -> StandardWatchEventKinds.ENTRY_DELETE;
                        case MODIFIED -> StandardWatchEventKinds.ENTRY_MODIFY;
                    },
                    name);
        }
        if (kind != WritableView.Listener.Kind.MODIFIED) {
            for (LayerWatchKey watched : keys.values()) {
                if (watched.parent() == directory) {
                    locate(watched);
                }
            }
        }
    }

    /**
     * Finds out in which directory a watched one is by now, since what becomes of it is told of that one. The key of a
     * directory that was removed is of no use; who waits for it is told.
     */
    private void locate(LayerWatchKey key) {
        if (isRemoved(key.inode())) {
            key.cancel();
            key.signal();
            return;
        }
        try {
            // again where it was moved meanwhile, as whoever moved it may have told of it before the old one is noted
            while (key.parent() != fileSystem.view().parent(key.inode())) {
                key.parent(fileSystem.view().parent(key.inode()));
            }
        } catch (IOException e) {
            key.cancel();
            key.signal();
        }
    }

    private boolean isRemoved(long inode) {
        if (!fileSystem.isOpen()) {
            return true;
        }
        try {
            Stat stat = fileSystem.view().stat(inode);
            return stat.links() == 0;
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    void forget(LayerWatchKey key) {
        keys.remove(key.inode(), key);
    }

    void enqueue(LayerWatchKey key) {
        signalled.add(key);
    }

    /** Hands a key out; the end is left for the next who asks. */
    private @Nullable WatchKey taken(@Nullable WatchKey key) {
        if (key == end) {
            signalled.add(end);
        }
        checkOpen();
        return key;
    }

    @Override
    public @Nullable WatchKey poll() {
        checkOpen();
        return taken(signalled.poll());
    }

    @Override
    public @Nullable WatchKey poll(long timeout, TimeUnit unit) throws InterruptedException {
        checkOpen();
        return taken(signalled.poll(timeout, unit));
    }

    @Override
    public WatchKey take() throws InterruptedException {
        checkOpen();
        return Objects.requireNonNull(taken(signalled.take()));
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            watch.close();
            keys.values().forEach(LayerWatchKey::cancel);
            signalled.add(end);
            fileSystem.unregister(this);
        }
    }
}
