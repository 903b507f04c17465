package io.layerfs.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What locks each thread holds, and which were ever taken under which. Safe for many threads. */
final class LockRecord {

    static final boolean ON = Boolean.getBoolean("layerfs.locks.recorded");

    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final ThreadLocal<List<LockRecord>> HELD = ThreadLocal.withInitial(ArrayList::new);
    private static final Map<LockOrder, Set<LockOrder>> EDGES = new ConcurrentHashMap<>();

    private final LockOrder kind;
    private final boolean reentrant;
    private final long number = NUMBERS.incrementAndGet();

    /** Of one lock. */
    LockRecord(LockOrder kind, boolean reentrant) {
        this.kind = kind;
        this.reentrant = reentrant;
    }

    /** Before the thread waits for it. */
    void taking() {
        List<LockRecord> held = HELD.get();
        for (LockRecord other : held) {
            if (other == this) {
                require(reentrant, other);
                return;
            }
        }
        for (LockRecord other : held) {
            int order = other.kind.compareTo(kind);
            require(order < 0 || (order == 0 && kind.nests() && number < other.number), other);
            EDGES.computeIfAbsent(other.kind, k -> ConcurrentHashMap.newKeySet())
                    .add(kind);
        }
    }

    /** A lock for reading is held, and the same is wanted for writing: the thread would wait for itself. */
    void upgrading(boolean holdsForReading) {
        require(!holdsForReading, this);
    }

    private void require(boolean isInOrder, LockRecord other) {
        if (!isInOrder) {
            throw new AssertionError(
                    "the lock " + kind + " " + number + " is taken under " + other.kind + " " + other.number);
        }
    }

    /** The thread has it. */
    void taken() {
        HELD.get().add(this);
    }

    /** The thread gives it back. */
    void given() {
        List<LockRecord> held = HELD.get();
        held.remove(held.lastIndexOf(this));
    }

    /** What was ever taken under what, by any thread. */
    static Map<LockOrder, Set<LockOrder>> edges() {
        Map<LockOrder, Set<LockOrder>> copy = new java.util.EnumMap<>(LockOrder.class);
        EDGES.forEach((from, to) -> copy.put(from, new TreeSet<>(to)));
        return copy;
    }
}
