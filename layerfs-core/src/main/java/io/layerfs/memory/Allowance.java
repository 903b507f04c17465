package io.layerfs.memory;

import io.layerfs.MalformedLayerException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How much memory may be taken for what an input says: counted where it is kept, at what it costs at the most while it is read and
 * indexed, so that few bytes of input never become many of heap.
 *
 * <p>Each part of an operation takes from one {@link Pool}, and gives all back when it is closed. Safe for use by many threads.
 */
public final class Allowance implements AutoCloseable {

    /** One that refuses nothing: for what passed another once. */
    public static final Allowance UNLIMITED = new Allowance(null);

    private final @Nullable Pool pool;
    private final AtomicLong taken = new AtomicLong();

    private Allowance(@Nullable Pool pool) {
        this.pool = pool;
    }

    /**
     * The memory of one operation: a fixed part, which a small input may use, and some for each byte that came in, since who sends
     * much may be given much.
     */
    public static final class Pool {
        private final Growth growth;
        private final long fixed;
        private final int forEachByte;
        private final AtomicLong came = new AtomicLong();
        private final AtomicLong used = new AtomicLong();

        /**
         * Of {@code fixed} bytes, and {@code forEachByte} more for each byte that comes.
         *
         * @param growth told of bytes that would be written
         */
        public Pool(long fixed, int forEachByte, Growth growth) {
            this.growth = growth;
            this.fixed = fixed;
            this.forEachByte = forEachByte;
        }

        /** Says that so many bytes came in: as they came, not what they were decompressed to. */
        public void came(long bytes) {
            came.addAndGet(bytes);
        }

        /** A part of it that is given back when it is closed. */
        public Allowance open() {
            return new Allowance(this);
        }

        private void take(long bytes) throws MalformedLayerException {
            long in = came.get();
            if (used.addAndGet(bytes) > fixed + forEachByte * in) {
                used.addAndGet(-bytes);
                throw new MalformedLayerException("too much for the bytes that it came as: it would take more than "
                        + (fixed + forEachByte * in) + " bytes of memory, which are " + fixed + " and " + forEachByte
                        + " for each of the " + in + " bytes that were read until here");
            }
        }
    }

    /** Refuses bytes that would be written, where they are too many. */
    public interface Growth {
        /** Counts so many more. */
        void grow(long bytes) throws MalformedLayerException;
    }

    /** Another part of the same memory, which is given back by itself. */
    public Allowance part() {
        return pool == null ? UNLIMITED : pool.open();
    }

    /**
     * Fails where so much could not be taken: for what is needed for a moment only.
     *
     * @throws MalformedLayerException where that is more than is left
     */
    public void require(long bytes) throws MalformedLayerException {
        if (pool != null) {
            pool.take(bytes);
            pool.used.addAndGet(-bytes);
        }
    }

    /** Says that what was read will be written as so many bytes by whoever writes it out: zeros that came as none. */
    public void grow(long bytes) throws MalformedLayerException {
        if (pool != null) {
            pool.growth.grow(bytes);
        }
    }

    /**
     * Takes memory.
     *
     * @throws MalformedLayerException where that is more than is left
     */
    public void take(long bytes) throws MalformedLayerException {
        if (pool != null) {
            pool.take(bytes);
            taken.addAndGet(bytes);
        }
    }

    /** Gives back all that was taken. */
    @Override
    public void close() {
        if (pool != null) {
            pool.used.addAndGet(-taken.getAndSet(0));
        }
    }
}
