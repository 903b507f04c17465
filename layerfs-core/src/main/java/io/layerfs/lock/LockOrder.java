package io.layerfs.lock;

import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;

/**
 * The order of locks: who holds one takes only such as come after it here, so that no two threads can wait for each other.
 * Every lock under which another may be taken is made by its constant; {@code synchronized} is for what calls nothing that
 * locks.
 *
 * <p>With the system property {@code layerfs.locks.recorded}, which the tests set, each thread notes what it holds: a lock
 * that is taken out of order is an {@link AssertionError} of that thread, whether or not anybody waited. Else the locks are
 * those of the JDK, and cost what those do.
 */
public enum LockOrder {
    /** The position of a channel or stream. It calls nothing of its user's. */
    CHANNEL,
    /** What a view's data is shared with: held for reading by who changes data, for writing by who is about to share it all. */
    SHARING,
    /** The bytes of a changed file; under it those of the data that it was made of, which is older. */
    FILE_DATA,
    /** A view's names and attributes: from one tree to the next. */
    TREE,
    /** The journal of a view. */
    JOURNAL,
    /** What is still to be done to a scratch file. */
    SCRATCH_FILE,
    /** The scratch files that are kept open. */
    OPEN_FILES;

    /** Whether locks of this kind are taken under each other: one made earlier under one made later. */
    boolean nests() {
        return this == FILE_DATA;
    }

    /** A lock of this kind. */
    public ReentrantLock newLock() {
        return LockRecord.ON ? new RecordedLocks.Mutex(this) : new ReentrantLock();
    }

    /** A lock of this kind for many readers or one writer. */
    public ReentrantReadWriteLock newReadWriteLock() {
        return LockRecord.ON ? new RecordedLocks.ReadWrite(this) : new ReentrantReadWriteLock();
    }

    /** A lock of this kind for many readers or one writer, which no thread may take again. */
    public StampedLock newStampedLock() {
        return LockRecord.ON ? new RecordedLocks.Stamped(this) : new StampedLock();
    }
}
