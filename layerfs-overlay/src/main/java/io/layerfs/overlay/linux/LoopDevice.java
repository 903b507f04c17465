package io.layerfs.overlay.linux;

import java.io.Closeable;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Path;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * A file as a read-only block device (loop(4)). The kernel frees the device when nobody has it open any more: close this when
 * it is mounted. What a dead process had goes with its mounts.
 */
public final class LoopDevice implements Closeable {

    private static final long CTL_GET_FREE = 0x4C82;
    private static final long CONFIGURE = 0x4C0A;
    private static final int CONFIG_SIZE = 304;
    private static final int BLOCK_SIZE = 4;
    private static final int FLAGS = 8 + 52;
    private static final int FILE_NAME = 8 + 56;
    private static final int NAME_SIZE = 63;
    private static final int READ_ONLY = 1;
    private static final int AUTOCLEAR = 4;
    private static final int SECTOR = 512;
    private static final int ATTEMPTS = 50;

    private final Fd device;
    private final String path;

    private LoopDevice(Fd device, String path) {
        this.device = device;
        this.path = path;
    }

    /** A device that shows {@code file}. */
    public static LoopDevice of(Path file) throws IOException {
        try (Fd control = Fd.readWrite(Path.of("/dev/loop-control"));
                Fd backing = Fd.readFile(file.toString())) {
            for (int attempt = 1; ; attempt++) {
                long free = Linux.check(
                        Linux.c().ioctl(control.number(), CTL_GET_FREE, 0L), "ioctl LOOP_CTL_GET_FREE", "/dev/loop");
                String path = "/dev/loop" + free;
                Fd device = Fd.readFile(path);
                if (configure(device, backing, file)) {
                    return new LoopDevice(device, path);
                }
                int errno = Linux.errno();
                device.close();
                if (errno != Errno.EBUSY || attempt == ATTEMPTS) { // busy: another process was quicker
                    throw Errno.exception(errno, "ioctl LOOP_CONFIGURE", path);
                }
            }
        }
    }

    private static boolean configure(Fd device, Fd backing, Path file) {
        Pointer config = Memory.allocateDirect(Linux.runtime(), CONFIG_SIZE, true);
        try {
            config.putInt(0, backing.number());
            config.putInt(BLOCK_SIZE, SECTOR);
            config.putInt(FLAGS, READ_ONLY | AUTOCLEAR);
            byte[] name = CString.of(file.toString());
            config.put(FILE_NAME, name, 0, Math.min(name.length, NAME_SIZE));
            return Linux.c().ioctl(device.number(), CONFIGURE, config) >= 0;
        } finally {
            Reference.reachabilityFence(config);
        }
    }

    /** Its path among the devices. */
    public String path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        device.close();
    }
}
