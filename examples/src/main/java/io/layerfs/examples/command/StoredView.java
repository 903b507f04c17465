package io.layerfs.examples.command;

import io.layerfs.Backends;
import io.layerfs.Changeset;
import io.layerfs.LayerStore;
import io.layerfs.Mount;
import io.layerfs.View;
import io.layerfs.ViewInfo;
import io.layerfs.WritableView;
import io.layerfs.upper.AppliedLayer;
import java.io.Closeable;
import java.io.IOException;

/** A writable view of a store, by whichever backend it was made: to read one that the kernel keeps, it is mounted meanwhile. */
final class StoredView implements Closeable {

    private static final String JAVA = "vfs";

    private final View view;
    private final Changing changing;
    private final Closeable end;

    private interface Changing {
        Changeset changes() throws IOException;
    }

    private StoredView(View view, Changing changing, Closeable end) {
        this.view = view;
        this.changing = changing;
        this.end = end;
    }

    static StoredView open(LayerStore store, String name) throws IOException, Failure {
        ViewInfo info = References.findView(store, name);
        if (info.backend().equals(JAVA)) {
            WritableView view = store.openView(name);
            return new StoredView(view, view::changes, view);
        }
        Mount mount = Backends.named(info.backend()).open(store, name);
        try {
            Changeset changes = mount.changes();
            View seen = AppliedLayer.on(store.view(store.image(info.image())), changes);
            return new StoredView(seen, () -> changes, mount::close);
        } catch (IOException | RuntimeException e) {
            mount.close();
            throw e;
        }
    }

    /** What is seen; it can be written where the view is kept by the pure-Java backend. */
    View view() {
        return view;
    }

    /** What was changed. */
    Changeset changes() throws IOException {
        return changing.changes();
    }

    @Override
    public void close() throws IOException {
        end.close();
    }
}
