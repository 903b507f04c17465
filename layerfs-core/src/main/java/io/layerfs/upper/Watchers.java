package io.layerfs.upper;

import io.layerfs.Name;
import io.layerfs.WritableView;
import java.io.Closeable;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Who is told of changes. Safe for many threads. */
final class Watchers {

    private final List<WritableView.Listener> listeners = new CopyOnWriteArrayList<>();

    Closeable add(WritableView.Listener listener) {
        // removal is by identity, so that one listener can watch twice
        WritableView.Listener own = (kind, directory, name) -> listener.changed(kind, directory, name);
        listeners.add(own);
        return () -> listeners.remove(own);
    }

    void tell(WritableView.Listener.Kind kind, long directory, @Nullable Name name) {
        if (name != null) {
            for (WritableView.Listener listener : listeners) {
                listener.changed(kind, directory, name);
            }
        }
    }
}
