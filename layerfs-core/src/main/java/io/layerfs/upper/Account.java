package io.layerfs.upper;

import java.nio.file.FileSystemException;
import java.util.concurrent.atomic.AtomicLong;

/** What the data of one view may take, and takes. Safe for many threads. */
final class Account {

    private final long quota;
    private final AtomicLong used;

    Account(long quota, long used) {
        this.quota = quota;
        this.used = new AtomicLong(used);
    }

    long quota() {
        return quota;
    }

    long used() {
        return used.get();
    }

    /** Takes so many bytes more, or fewer where negative. */
    void charge(long bytes) throws FileSystemException {
        long before;
        do {
            before = used.get();
            if (bytes > 0 && bytes > quota - before) {
                throw Errors.noSpace();
            }
        } while (!used.compareAndSet(before, Math.max(0, before + bytes)));
    }

    /** Refuses where there is no room for so many bytes. */
    void require(long bytes) throws FileSystemException {
        if (bytes > 0 && bytes > quota - used.get()) {
            throw Errors.noSpace();
        }
    }

    /** Gives back, or takes without asking what was given back before. */
    void add(long bytes) {
        used.addAndGet(bytes);
    }
}
