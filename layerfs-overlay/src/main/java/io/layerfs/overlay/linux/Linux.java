package io.layerfs.overlay.linux;

import java.io.IOException;
import java.util.Locale;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/** The C library, once it was loaded, and what came of a call. */
public final class Linux {

    private Linux() {}

    private static final class Loaded {
        static final LibC C = LibraryLoader.create(LibC.class).load("c");
        static final Runtime RUNTIME = Runtime.getRuntime(C);
    }

    /** Whether this is Linux on a 64-bit machine: no other has these calls in this form. */
    public static boolean isHere() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "");
        return os.equals("linux") && (arch.equals("amd64") || arch.equals("aarch64"));
    }

    static LibC c() {
        return Loaded.C;
    }

    static Runtime runtime() {
        return Loaded.RUNTIME;
    }

    /** The number of the last failure in this thread; of no meaning after a success. */
    static int errno() {
        return LastError.getLastError(runtime());
    }

    static String strerror(int errno) {
        return c().strerror(errno);
    }

    /** The result of a call, which must not be negative. */
    static long check(long result, String call, String path) throws IOException {
        if (result < 0) {
            throw Errno.exception(errno(), call, path);
        }
        return result;
    }

    /** The user of this process, as its user namespace numbers it. */
    public static int uid() {
        return c().getuid();
    }

    /** The group of this process. */
    public static int gid() {
        return c().getgid();
    }
}
