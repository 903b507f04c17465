package io.layerfs.upper;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The time between two moments at which a view was shared, by a fork or a snapshot: data that was made in it may be changed in
 * place in it, and never afterwards. Counts what of the memory for small files it uses; that is given back when nothing of
 * the time can be reached any more.
 */
final class Epoch {

    static final Cleaner CLEANER = Cleaner.create();

    private final Memory memory;
    private final AtomicBoolean registered = new AtomicBoolean();

    /** What is to be given back; must not reach the epoch. */
    private record Memory(AtomicLong total, AtomicLong own) implements Runnable {
        @Override
        public void run() {
            total.addAndGet(-own.getAndSet(0));
        }
    }

    Epoch(DataArea area) {
        this.memory = new Memory(area.memory(), new AtomicLong());
    }

    /** Takes so many bytes of memory more, or fewer where negative. */
    void charge(long bytes) {
        if (bytes > 0 && !registered.get() && registered.compareAndSet(false, true)) {
            CLEANER.register(this, memory);
        }
        memory.own.addAndGet(bytes);
        memory.total.addAndGet(bytes);
    }
}
