package io.layerfs.overlay.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What the kernel knows of the mount that a file lies on (statmount(2), since Linux 6.8), however many others there are. */
public final class MountStat {

    private static final long STATMOUNT = 457;
    private static final int REQUEST = 24;
    private static final int SIZE = 1024;
    private static final int MASK = 8;
    private static final long BASIC = 2;
    private static final int PROPAGATION = 72;
    private static final long SHARED = 1 << 20;

    private MountStat() {}

    /** Whether what is mounted below a path is seen in other namespaces, too; null where this kernel does not tell. */
    public static @Nullable Boolean isShared(Path path) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(REQUEST).order(ByteOrder.nativeOrder());
        request.putInt(0, REQUEST).putLong(8, FileStat.mount(path.toString())).putLong(16, BASIC);
        byte[] struct = new byte[SIZE];
        if (Linux.c().syscall(STATMOUNT, request.array(), struct, SIZE, 0) < 0) {
            return null;
        }
        ByteBuffer answer = ByteBuffer.wrap(struct).order(ByteOrder.nativeOrder());
        return (answer.getLong(MASK) & BASIC) == 0 ? null : (answer.getLong(PROPAGATION) & SHARED) != 0;
    }
}
