package io.layerfs.upper;

import java.io.Closeable;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An inode that is open, kept from being forgotten while it has no names: until it is closed, and what is done with it by then
 * has ended. Safe for many threads.
 */
final class Hold implements Closeable {

    /** Told when the inode is not held by this any more. */
    interface End {
        void of(long inode);
    }

    private final long inode;
    private final End end;
    private final AtomicInteger users = new AtomicInteger(1);
    private final AtomicBoolean closed = new AtomicBoolean();

    Hold(long inode, End end) {
        this.inode = inode;
        this.end = end;
    }

    /** Begins to do something with it, until {@link #leave}. */
    void enter() throws ClosedChannelException {
        int before;
        do {
            before = users.get();
            if (before == 0 || closed.get()) {
                throw new ClosedChannelException();
            }
        } while (!users.compareAndSet(before, before + 1));
    }

    void leave() {
        if (users.decrementAndGet() == 0) {
            end.of(inode);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            leave();
        }
    }
}
