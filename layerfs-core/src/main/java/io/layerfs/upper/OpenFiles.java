package io.layerfs.upper;

import io.layerfs.blob.RandomFile;
import io.layerfs.lock.LockOrder;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Handles of scratch files: each is used by one thread at a time, and some are kept open for the next; none of a file that was
 * deleted, since its space is the host's again only when the last is closed. Safe for many threads.
 */
final class OpenFiles {

    private static final int IDLE = 64;

    private final ReentrantLock lock = LockOrder.OPEN_FILES.newLock();
    private final Deque<Handle> idle = new ArrayDeque<>();
    private boolean closed;

    /** A file that is open. */
    record Handle(DataFile file, RandomFile open) {}

    /** A handle that nobody else uses; to be given back. */
    Handle borrow(DataFile file) throws IOException {
        lock.lock();
        try {
            for (Iterator<Handle> i = idle.iterator(); i.hasNext(); ) {
                Handle handle = i.next();
                if (handle.file == file) {
                    i.remove();
                    return handle;
                }
            }
        } finally {
            lock.unlock();
        }
        return new Handle(file, file.open());
    }

    void giveBack(Handle handle) throws IOException {
        Handle surplus = handle;
        lock.lock();
        try {
            // looked at under the lock: who deletes the file says so, and closes what is idle after that
            if (!closed && !handle.file.isDeleted()) {
                idle.addFirst(handle);
                surplus = idle.size() > IDLE ? idle.removeLast() : null;
            }
        } finally {
            lock.unlock();
            if (surplus != null) {
                surplus.open.close();
            }
        }
    }

    /** Closes the idle handles of a file. */
    void close(DataFile file) throws IOException {
        closeIdle(file);
    }

    /** Closes all that are idle, and from now on each that is given back. */
    void close() throws IOException {
        closeIdle(null);
    }

    private void closeIdle(@Nullable DataFile file) throws IOException {
        List<Handle> closing = new ArrayList<>();
        lock.lock();
        try {
            closed |= file == null;
            idle.removeIf(handle -> (file == null || handle.file == file) && closing.add(handle));
        } finally {
            lock.unlock();
        }
        IOException failure = null;
        for (Handle handle : closing) {
            try {
                handle.open.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
