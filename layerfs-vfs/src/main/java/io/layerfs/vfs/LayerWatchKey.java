package io.layerfs.vfs;

import io.layerfs.Name;
import io.layerfs.View;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.Watchable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What a watch service knows of one directory: the changes since it was last asked. */
final class LayerWatchKey implements WatchKey {

    /** So many events are kept; of more, only that there were more. */
    static final int MAX_EVENTS = 512;

    private final LayerWatchService service;
    private final long inode;
    private final NioPath directory;
    private Set<WatchEvent.Kind<?>> kinds;
    private List<Event<?>> events = new ArrayList<>();
    private boolean signalled;
    private boolean valid = true;

    /** The event of the last change of each name, where that was a modification: further ones are counted there. */
    private final Map<Name, Event<?>> modified = new HashMap<>();

    private volatile long parent = View.ABSENT;

    private static final class Event<T> implements WatchEvent<T> {
        private final WatchEvent.Kind<T> kind;
        private final @Nullable T context;
        private final AtomicInteger count = new AtomicInteger(1);

        Event(WatchEvent.Kind<T> kind, @Nullable T context) {
            this.kind = kind;
            this.context = context;
        }

        @Override
        public WatchEvent.Kind<T> kind() {
            return kind;
        }

        @Override
        public @Nullable T context() {
            return context;
        }

        @Override
        public int count() {
            return count.get();
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

    /** The directory that the watched one was last seen in. */
    long parent() {
        return parent;
    }

    void parent(long directory) {
        parent = directory;
    }

    /** Something became of a name. What is kept of it, and what is only counted, is as with the default provider. */
    synchronized void signal(WatchEvent.Kind<Path> kind, Name name) {
        if (valid && kinds.contains(kind) && !isCounted(kind, name)) {
            if (events.size() >= MAX_EVENTS) {
                events = new ArrayList<>();
                modified.clear();
                events.add(new Event<>(StandardWatchEventKinds.OVERFLOW, null));
            } else {
                Event<Path> event = new Event<>(kind, new NioPath(directory.getFileSystem(), false, name));
                events.add(event);
                if (kind == StandardWatchEventKinds.ENTRY_MODIFY) {
                    modified.put(name, event);
                }
            }
            signal();
        }
    }

    /** Whether there is an event already that this is one more of. */
    private boolean isCounted(WatchEvent.Kind<Path> kind, Name name) {
        Event<?> last = events.isEmpty() ? null : events.get(events.size() - 1);
        Event<?> event = null;
        if (last != null && (last.kind == StandardWatchEventKinds.OVERFLOW || (last.kind == kind && is(last, name)))) {
            event = last;
        } else if (kind == StandardWatchEventKinds.ENTRY_MODIFY) {
            event = modified.get(name);
        } else {
            modified.remove(name);
        }
        if (event != null) {
            event.count.incrementAndGet();
        }
        return event != null;
    }

    private static boolean is(Event<?> event, Name name) {
        return event.context instanceof NioPath path && path.names()[0].equals(name);
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
        List<WatchEvent<?>> told = List.copyOf(events);
        events = new ArrayList<>();
        modified.clear();
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
