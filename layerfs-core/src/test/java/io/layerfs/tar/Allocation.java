package io.layerfs.tar;

/** How many bytes of memory this thread has allocated so far. By reflection: core's module does not read java.management. */
public final class Allocation {

    private Allocation() {}

    /** Since the thread began. */
    public static long ofThisThread() {
        try {
            Object threads = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getThreadMXBean")
                    .invoke(null);
            return (long) Class.forName("com.sun.management.ThreadMXBean")
                    .getMethod("getCurrentThreadAllocatedBytes")
                    .invoke(threads);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
