package io.layerfs.vfs;

import io.layerfs.lincheck.LincheckRuns;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * {@link FileLocks}: who locks regions of two files by three channels, while others give locks back and close the channels, is
 * refused what another has, and nothing else; a channel that was closed has no lock left. The threads just run, since Lincheck has no
 * model of channels.
 */
public class FileLocksLincheckTest {

    private static final int THREADS = 5;
    private static final int CHANNELS = 3;
    private static final int OTHERS = 200;

    /** What is done, to either. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    @Param(name = "channel", gen = IntGen.class, conf = "0:2")
    @Param(name = "at", gen = IntGen.class, conf = "0:2")
    public abstract static class Operations {

        /** Locks two bytes, if this thread has no lock yet. Channel 2 is of another file. */
        @Operation
        public abstract String lock(
                @Param(name = "thread") int thread, @Param(name = "channel") int channel, @Param(name = "at") int at)
                throws IOException;

        @Operation
        public abstract String release(@Param(name = "thread") int thread) throws IOException;

        @Operation
        public abstract void close(@Param(name = "channel") int channel) throws IOException;
    }

    /** The channel of a file, as far as its locks go: what is closed releases them. */
    private static final class Locked extends NoChannel {
        private final FileLocks locks;
        private final long inode;

        Locked(FileLocks locks, long inode) {
            this.locks = locks;
            this.inode = inode;
        }

        @Override
        public FileLock tryLock(long at, long size, boolean shared) throws IOException {
            return locks.take(this, inode, at, size, shared);
        }

        @Override
        protected void implCloseChannel() {
            locks.releaseAll(this, inode);
        }
    }

    /** What is judged. */
    public static final class Locks extends Operations {
        private final FileLocks locks = new FileLocks();
        private final FileChannel[] channels = {new Locked(locks, 1), new Locked(locks, 1), new Locked(locks, 2)};
        private final FileChannel[] elsewhere = {new Locked(locks, 1), new Locked(locks, 2)};
        private final FileLock[] held = new FileLock[THREADS];

        /** Others have many locks far away, which are looked through each time: so threads meet there. */
        public Locks() throws IOException {
            for (FileChannel others : elsewhere) {
                for (int i = 1; i <= OTHERS; i++) {
                    others.tryLock(10L * i, 1, true);
                }
            }
        }

        @Override
        public String lock(int thread, int channel, int at) throws IOException {
            if (held[thread] != null) {
                return "has one";
            }
            try {
                held[thread] = channels[channel].tryLock(at, 2, true);
                return "locked";
            } catch (OverlappingFileLockException e) {
                return "overlaps";
            } catch (ClosedChannelException e) {
                channels[channel].close(); // ends when what others close has ended, with its locks
                return "closed";
            }
        }

        @Override
        public String release(int thread) throws IOException {
            FileLock lock = held[thread];
            held[thread] = null;
            if (lock == null) {
                return "has none";
            }
            try {
                lock.release();
                return "released";
            } catch (ClosedChannelException e) {
                lock.acquiredBy().close();
                return "closed";
            }
        }

        @Override
        public void close(int channel) throws IOException {
            channels[channel].close();
        }

        /** When all is still: whoever comes next gets what nobody has any more. */
        @Validate
        public void allIsFree() throws IOException {
            for (FileChannel channel : channels) {
                channel.close();
            }
            for (FileChannel others : elsewhere) {
                others.close();
            }
            for (long inode = 1; inode <= 2; inode++) {
                try (FileChannel last = new Locked(locks, inode)) {
                    last.tryLock(0, Long.MAX_VALUE, false).release();
                }
            }
        }
    }

    /** The model. */
    public static final class Model extends Operations {
        private final Map<Integer, int[]> held = new HashMap<>();
        private final Set<Integer> closed = new HashSet<>();

        @Override
        public String lock(int thread, int channel, int at) {
            if (held.containsKey(thread)) {
                return "has one";
            }
            if (closed.contains(channel)) {
                return "closed";
            }
            for (int[] other : held.values()) {
                boolean sameFile = other[0] / 2 == channel / 2;
                if (sameFile && !closed.contains(other[0]) && Math.abs(other[1] - at) < 2) {
                    return "overlaps";
                }
            }
            held.put(thread, new int[] {channel, at});
            return "locked";
        }

        @Override
        public String release(int thread) {
            int[] lock = held.remove(thread);
            if (lock == null) {
                return "has none";
            }
            return closed.contains(lock[0]) ? "closed" : "released";
        }

        @Override
        public void close(int channel) {
            closed.add(channel % CHANNELS);
        }
    }

    @Test
    void locks() {
        LincheckRuns.stress(6).sequentialSpecification(Model.class).check(Locks.class);
    }
}
