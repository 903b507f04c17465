package io.layerfs.overlay.linux;

import io.layerfs.FileType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;

/**
 * What the kernel knows of a file (statx(2), whose form is the same on every architecture).
 *
 * @param inode an unsigned number
 * @param device of the file system, as {@code major << 32 | minor}
 * @param mode the permission bits: 0 to 07777
 * @param major of what a device file is
 * @param minor of what a device file is
 */
public record FileStat(
        FileType type,
        long inode,
        long device,
        int links,
        int mode,
        int uid,
        int gid,
        long size,
        Instant mtime,
        int major,
        int minor) {

    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int BASIC = 0x7ff;
    private static final int MOUNT_UNIQUE = 0x4000;
    private static final int SIZE = 256;

    static FileStat of(int fd, String name, String path) throws IOException {
        byte[] struct = new byte[SIZE];
        int flags = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH;
        Linux.check(Linux.c().statx(fd, CString.of(name), flags, BASIC, struct), "statx", path);
        ByteBuffer at = ByteBuffer.wrap(struct).order(ByteOrder.nativeOrder());
        int bits = at.getShort(28) & 0xffff;
        return new FileStat(
                FileType.ofMode(bits),
                at.getLong(32),
                ((long) at.getInt(136) << 32) | (at.getInt(140) & 0xffffffffL),
                at.getInt(16),
                bits & 07777,
                at.getInt(20),
                at.getInt(24),
                at.getLong(40),
                Instant.ofEpochSecond(at.getLong(112), at.getInt(120)),
                at.getInt(128),
                at.getInt(132));
    }

    /** The number of the mount that a path leads to, which no other ever had (since Linux 6.8). */
    static long mount(String path) throws IOException {
        byte[] struct = new byte[SIZE];
        Linux.check(
                Linux.c().statx(AT_FDCWD, CString.of(path), AT_SYMLINK_NOFOLLOW, MOUNT_UNIQUE, struct), "statx", path);
        return ByteBuffer.wrap(struct).order(ByteOrder.nativeOrder()).getLong(144);
    }

    /** Whether it is overlayfs' form of a whiteout. */
    public boolean isWhiteout() {
        return type == FileType.CHARACTER_DEVICE && major == 0 && minor == 0;
    }
}
