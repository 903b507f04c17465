package io.layerfs.vfs;

import io.layerfs.View;
import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * The locks that this JVM holds on files of one view. As {@link FileLock} has it, they are the JVM's: who asks for a
 * region that a lock of this JVM overlaps is refused, and nobody waits, since no other process can hold one.
 */
final class FileLocks {

    /** A view may be shown by several file systems. */
    private static final Map<View, FileLocks> ALL = Collections.synchronizedMap(new WeakHashMap<>());

    private final Map<Long, List<Held>> held = new HashMap<>();

    /** The locks on files of a view. */
    static FileLocks of(View view) {
        return ALL.computeIfAbsent(view, v -> new FileLocks());
    }

    /**
     * Takes a lock on a region of a file; released with the channel at the latest. {@link #releaseAll} is called of a channel that
     * is closed already: so either this sees that it is, or that sees the lock.
     */
    FileLock take(FileChannel channel, long inode, long position, long size, boolean shared)
            throws ClosedChannelException {
        return take(channel, new Held(channel, inode, position, size, shared));
    }

    /** The same through an asynchronous channel. */
    FileLock take(AsynchronousFileChannel channel, long inode, long position, long size, boolean shared)
            throws ClosedChannelException {
        return take(channel, new Held(channel, inode, position, size, shared));
    }

    private synchronized FileLock take(Channel channel, Held lock) throws ClosedChannelException {
        if (!channel.isOpen()) {
            throw new ClosedChannelException();
        }
        List<Held> others = held.computeIfAbsent(lock.inode, i -> new ArrayList<>());
        for (Held other : others) {
            if (other.overlaps(lock.position(), lock.size())) {
                throw new OverlappingFileLockException();
            }
        }
        others.add(lock);
        return lock;
    }

    /** Releases all locks that were taken through a channel. */
    synchronized void releaseAll(Channel channel, long inode) {
        List<Held> locks = held.getOrDefault(inode, List.of());
        for (Held lock : List.copyOf(locks)) {
            if (lock.acquiredBy() == channel) {
                drop(lock);
            }
        }
    }

    private synchronized void drop(Held lock) {
        lock.released = true;
        List<Held> locks = held.get(lock.inode);
        if (locks != null && locks.remove(lock) && locks.isEmpty()) {
            held.remove(lock.inode);
        }
    }

    private final class Held extends FileLock {
        private final long inode;
        private volatile boolean released;

        Held(FileChannel channel, long inode, long position, long size, boolean shared) {
            super(channel, position, size, shared);
            this.inode = inode;
        }

        Held(AsynchronousFileChannel channel, long inode, long position, long size, boolean shared) {
            super(channel, position, size, shared);
            this.inode = inode;
        }

        @Override
        public boolean isValid() {
            return !released && acquiredBy().isOpen();
        }

        @Override
        public void release() throws IOException {
            if (!acquiredBy().isOpen()) {
                throw new ClosedChannelException();
            }
            drop(this);
        }
    }
}
