package io.layerfs.vfs;

import io.layerfs.Name;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.Watchable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a watch service knows of one directory: the changes since it was last asked. */
final class LayerWatchKey implements WatchKey {

    /** So many events are kept; of more, only that there were more. */
    static final int MAX_EVENTS = 512;

    private final LayerWatchService service;
    private final long inode;
    private final NioPath directory;
    private Set<WatchEvent.Kind<?>> kinds;
    private List<WatchEvent<?>> events = new ArrayList<>();
    private boolean signalled;
    private boolean valid = true;

    private record Event<T>(
            WatchEvent.Kind<T> kind, @Nullable T context, int count) implements WatchEvent<T> {
        Event<T> again() {
            return new Event<>(kind, context, count + 1);
        }
    }

    LayerWatchKey(LayerWatchService service, long inode, NioPath directory, Set<WatchEvent.Kind<?>> kinds) {
        this.service = service;
        this.inode = inode;
        this.directory = directory;
        this.kinds = kinds;
    }

    long inode() {
        return inode;
    }

    synchronized void select(Set<WatchEvent.Kind<?>> wanted) {
        kinds = wanted;
    }

    /** Something became of a name. */
    synchronized void signal(WatchEvent.Kind<Path> kind, Name name) {
        if (!valid || !kinds.contains(kind)) {
            return;
        }
        Path context = new NioPath(directory.getFileSystem(), false, name);
        if (events.size() >= MAX_EVENTS) {
            events = new ArrayList<>();
            add(StandardWatchEventKinds.OVERFLOW, null);
        } else if (!isOverflown()) {
            add(kind, context);
        }
        signal();
    }

    private boolean isOverflown() {
        return !events.isEmpty() && events.get(0).kind() == StandardWatchEventKinds.OVERFLOW;
    }

    /** Of changes of one kind to one name that follow each other, one event tells. */
    private <T> void add(WatchEvent.Kind<T> kind, @Nullable T context) {
        int last = events.size() - 1;
        if (last >= 0 && events.get(last) instanceof Event<?> event && event.kind() == kind) {
            boolean same = context == null ? event.context() == null : context.equals(event.context());
            if (same) {
                events.set(last, event.again());
                return;
            }
        }
        events.add(new Event<>(kind, context, 1));
    }

    synchronized void signal() {
        if (!signalled) {
            signalled = true;
            service.enqueue(this);
        }
    }

    @Override
    public synchronized boolean isValid() {
        return valid;
    }

    @Override
    public synchronized List<WatchEvent<?>> pollEvents() {
        List<WatchEvent<?>> told = events;
        events = new ArrayList<>();
        return told;
    }

    @Override
    public synchronized boolean reset() {
        if (signalled && valid) {
            if (events.isEmpty()) {
                signalled = false;
            } else {
                service.enqueue(this);
            }
        }
        return valid;
    }

    @Override
    public synchronized void cancel() {
        if (valid) {
            valid = false;
            service.forget(this);
        }
    }

    @Override
    public Watchable watchable() {
        return directory;
    }
}
