package io.layerfs.vfs;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Waits for threads, and where one of them does not get on, says where all of them are, and who has which lock. */
final class StormWatchdog {

    /** A thread that stands still for so long hangs: no operation here takes a hundredth of it, on the slowest machine. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(Long.getLong("layerfs.storm.patience", 120));

    /** Something that gets on. */
    interface Watched {
        /** Changes whenever it does. */
        long progress();

        /** What it is at. */
        String doing();
    }

    private StormWatchdog() {}

    /** Returns when all threads have ended; those that do not get on are an error. */
    static void await(List<Thread> threads, List<? extends Watched> watched) throws InterruptedException {
        long[] seen = new long[threads.size()];
        long[] since = new long[threads.size()];
        java.util.Arrays.fill(since, System.nanoTime());
        for (int i = 0; i < threads.size(); ) {
            threads.get(i).join(100);
            for (int k = i; k < threads.size(); k++) {
                long progress = watched.get(k).progress();
                if (progress != seen[k] || !threads.get(k).isAlive()) {
                    seen[k] = progress;
                    since[k] = System.nanoTime();
                } else if (System.nanoTime() - since[k] > PATIENCE) {
                    throw new AssertionError(threads.get(k).getName() + " does not get on with "
                            + watched.get(k).doing() + "\n" + allThreads());
                }
            }
            if (!threads.get(i).isAlive()) {
                i++;
            }
        }
    }

    /** Where all threads of this JVM are, what they wait for and from whom, and what they have. */
    static String allThreads() {
        ThreadMXBean bean = ManagementFactory.getThreadMXBean();
        long[] deadlocked = bean.findDeadlockedThreads();
        StringBuilder text = new StringBuilder("deadlocked: ")
                .append(deadlocked == null ? "none that the JVM knows of" : java.util.Arrays.toString(deadlocked));
        for (ThreadInfo thread : bean.dumpAllThreads(true, true)) {
            if (thread.getThreadId() == Thread.currentThread().getId()) {
                continue; // it asks
            }
            text.append("\n\n").append(thread.getThreadId()).append(' ').append(thread.getThreadName());
            text.append(' ').append(thread.getThreadState());
            if (thread.getLockName() != null) {
                text.append(" waits for ").append(thread.getLockName());
                text.append(" of ").append(thread.getLockOwnerName());
            }
            for (LockInfo lock : thread.getLockedSynchronizers()) {
                text.append("\n    has ").append(lock);
            }
            for (MonitorInfo monitor : thread.getLockedMonitors()) {
                text.append("\n    has ").append(monitor).append(" since ").append(monitor.getLockedStackFrame());
            }
            for (StackTraceElement frame : thread.getStackTrace()) {
                text.append("\n    at ").append(frame);
            }
        }
        return text.toString();
    }
}
