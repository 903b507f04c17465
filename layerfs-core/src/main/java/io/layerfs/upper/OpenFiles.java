package io.layerfs.upper;

import io.layerfs.blob.RandomFile;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** Handles of scratch files: each is used by one thread at a time, and some are kept open for the next. */
final class OpenFiles {

    private static final int IDLE = 64;

    private final Deque<Handle> idle = new ArrayDeque<>();

    /** A file that is open. */
    record Handle(DataFile file, RandomFile open) {}

    /** A handle that nobody else uses; to be given back. */
    Handle borrow(DataFile file) throws IOException {
        synchronized (this) {
            for (Iterator<Handle> i = idle.iterator(); i.hasNext(); ) {
                Handle handle = i.next();
                if (handle.file == file) {
                    i.remove();
                    return handle;
                }
            }
        }
        return new Handle(file, file.open());
    }

    void giveBack(Handle handle) throws IOException {
        Handle eldest = null;
        synchronized (this) {
            idle.addFirst(handle);
            if (idle.size() > IDLE) {
                eldest = idle.removeLast();
            }
        }
        if (eldest != null) {
            eldest.open.close();
        }
    }

    /** Closes the idle handles of a file, or of all files where it is null. */
    synchronized void close(@org.jspecify.annotations.Nullable DataFile file) throws IOException {
        for (Iterator<Handle> i = idle.iterator(); i.hasNext(); ) {
            Handle handle = i.next();
            if (file == null || handle.file == file) {
                i.remove();
                handle.open.close();
            }
        }
    }
}
