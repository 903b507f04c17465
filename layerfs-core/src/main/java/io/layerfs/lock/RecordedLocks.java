package io.layerfs.lock;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;

/** The locks of the JDK, each with a record of who takes it. Ways to take them that nobody uses are refused. */
@SuppressWarnings("serial") // nobody writes them
final class RecordedLocks {

    private RecordedLocks() {}

    private static UnsupportedOperationException unrecorded() {
        return new UnsupportedOperationException("this way to take a lock is not recorded");
    }

    static final class Mutex extends ReentrantLock {
        private final transient LockRecord record;

        Mutex(LockOrder kind) {
            record = new LockRecord(kind, true);
        }

        @Override
        public void lock() {
            record.taking();
            super.lock();
            record.taken();
        }

        @Override
        public boolean tryLock() {
            boolean taken = super.tryLock();
            if (taken) {
                record.taken();
            }
            return taken;
        }

        @Override
        public void lockInterruptibly() {
            throw unrecorded();
        }

        @Override
        public boolean tryLock(long timeout, TimeUnit unit) {
            throw unrecorded();
        }

        @Override
        public void unlock() {
            super.unlock();
            record.given();
        }
    }

    static final class ReadWrite extends ReentrantReadWriteLock {
        private final transient LockRecord record;
        private final transient ReadLock reading;
        private final transient WriteLock writing;

        ReadWrite(LockOrder kind) {
            record = new LockRecord(kind, true);
            reading = new Reading();
            writing = new Writing();
        }

        @Override
        public ReadLock readLock() {
            return reading == null ? super.readLock() : reading;
        }

        @Override
        public WriteLock writeLock() {
            return writing == null ? super.writeLock() : writing;
        }

        private final class Reading extends ReadLock {
            Reading() {
                super(ReadWrite.this);
            }

            @Override
            public void lock() {
                record.taking();
                super.lock();
                record.taken();
            }

            @Override
            public void unlock() {
                super.unlock();
                record.given();
            }
        }

        private final class Writing extends WriteLock {
            Writing() {
                super(ReadWrite.this);
            }

            @Override
            public void lock() {
                record.upgrading(getReadHoldCount() > 0 && !isWriteLockedByCurrentThread());
                record.taking();
                super.lock();
                record.taken();
            }

            @Override
            public void unlock() {
                super.unlock();
                record.given();
            }
        }
    }

    static final class Stamped extends StampedLock {
        private final transient LockRecord record;

        Stamped(LockOrder kind) {
            record = new LockRecord(kind, false);
        }

        @Override
        public long writeLock() {
            record.taking();
            long stamp = super.writeLock();
            record.taken();
            return stamp;
        }

        @Override
        public long readLock() {
            record.taking();
            long stamp = super.readLock();
            record.taken();
            return stamp;
        }

        @Override
        public void unlockWrite(long stamp) {
            super.unlockWrite(stamp);
            record.given();
        }

        @Override
        public void unlockRead(long stamp) {
            super.unlockRead(stamp);
            record.given();
        }
    }
}
