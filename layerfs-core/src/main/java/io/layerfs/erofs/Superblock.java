package io.layerfs.erofs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.zip.CRC32C;

/** The superblock of an index, with the device table behind it: what is written, and what is believed when read. */
final class Superblock {

    private static final int CHECKSUM = 0x04;
    private static final int COMPATIBLE = 0x08;
    private static final int BLOCK_BITS = 0x0C;
    private static final int ROOT = 0x0E;
    private static final int INODES = 0x10;
    private static final int EPOCH = 0x18;
    private static final int EPOCH_NANOS = 0x20;
    private static final int BLOCKS = 0x24;
    private static final int META_BLOCK = 0x28;
    private static final int INCOMPATIBLE = 0x50;
    private static final int DEVICES = 0x56;
    private static final int DEVICE_TABLE = 0x58;

    private static final int TABLE_SLOT = (Erofs.SUPERBLOCK + Erofs.SUPERBLOCK_SIZE) / Erofs.DEVICE_SLOT;

    private Superblock() {}

    /** How many bytes an index has before its first inode. */
    static long end(int devices) {
        return Erofs.SUPERBLOCK + Erofs.SUPERBLOCK_SIZE + (long) devices * Erofs.DEVICE_SLOT;
    }

    /** Writes both; all else must have been written, because the checksum covers what else lies in the block. */
    static void write(IndexOutput out, Devices devices, int root, long inodes, Instant epoch) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(Erofs.SUPERBLOCK_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        head.putInt(0, Erofs.MAGIC).putInt(COMPATIBLE, Erofs.COMPATIBLE).put(BLOCK_BITS, (byte) Erofs.BLOCK_BITS);
        head.putShort(ROOT, (short) root).putLong(INODES, inodes);
        head.putLong(EPOCH, epoch.getEpochSecond()).putInt(EPOCH_NANOS, epoch.getNano());
        head.putInt(BLOCKS, (int) (out.end() >>> Erofs.BLOCK_BITS));
        head.putInt(INCOMPATIBLE, Erofs.CHUNKED_FILE | (devices.count() == 0 ? 0 : Erofs.DEVICE_TABLE));
        head.putShort(DEVICES, (short) devices.count()).putShort(DEVICE_TABLE, (short) TABLE_SLOT);
        out.write(Erofs.SUPERBLOCK, head);
        out.write(Erofs.SUPERBLOCK + Erofs.SUPERBLOCK_SIZE, devices.table());
        ByteBuffer covered = ByteBuffer.allocate(Erofs.BLOCK);
        out.read(Erofs.SUPERBLOCK, covered);
        out.writeInt(Erofs.SUPERBLOCK + CHECKSUM, checksum(covered.flip()));
    }

    /** CRC32C without the inversion at its end. */
    private static int checksum(ByteBuffer covered) {
        CRC32C crc = new CRC32C();
        crc.update(covered);
        return ~(int) crc.getValue();
    }

    /** Checks that {@code bytes} is an index of the form that is written, for these devices, of {@code size} bytes. */
    static void check(ByteBuffer bytes, int size, Devices devices) throws DamagedIndexException {
        int at = Erofs.SUPERBLOCK;
        ByteBuffer covered = ByteBuffer.allocate(Erofs.BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        covered.put(0, bytes, at, Erofs.BLOCK).putInt(CHECKSUM, 0);
        require(bytes.getInt(at) == Erofs.MAGIC, "its magic is wrong");
        require(bytes.getInt(at + CHECKSUM) == checksum(covered), "the checksum of its superblock is wrong");
        require(
                bytes.get(at + BLOCK_BITS) == Erofs.BLOCK_BITS
                        && (bytes.getInt(at + INCOMPATIBLE) & ~(Erofs.CHUNKED_FILE | Erofs.DEVICE_TABLE)) == 0
                        && bytes.getInt(at + META_BLOCK) == 0,
                "it is not of the form that is written");
        int blocks = bytes.getInt(at + BLOCKS);
        require(
                (long) blocks << Erofs.BLOCK_BITS == size,
                "it has " + size + " bytes; its superblock says " + blocks + " blocks");
        int count = bytes.getShort(at + DEVICES) & 0xffff;
        require(count == devices.count(), "it is for " + count + " layers; there are " + devices.count());
        require(count == 0 || bytes.getShort(at + DEVICE_TABLE) == TABLE_SLOT, "its device table is elsewhere");
        ByteBuffer table = devices.table();
        int difference = table.mismatch(bytes.slice(at + Erofs.SUPERBLOCK_SIZE, table.capacity()));
        require(
                difference < 0,
                "layer " + difference / Erofs.DEVICE_SLOT
                        + " (base is 0) does not have the size that it was written for");
    }

    private static void require(boolean holds, String otherwise) throws DamagedIndexException {
        if (!holds) {
            throw new DamagedIndexException("index: " + otherwise);
        }
    }

    static long root(ByteBuffer bytes) {
        return bytes.getShort(Erofs.SUPERBLOCK + ROOT) & 0xffff;
    }

    /** Seconds since 1970 of the time that short inodes have. */
    static long epochSeconds(ByteBuffer bytes) {
        return bytes.getLong(Erofs.SUPERBLOCK + EPOCH);
    }

    /** Nanoseconds on top of it. */
    static int epochNanos(ByteBuffer bytes) {
        return bytes.getInt(Erofs.SUPERBLOCK + EPOCH_NANOS);
    }
}
