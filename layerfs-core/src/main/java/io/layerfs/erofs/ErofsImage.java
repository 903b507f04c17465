package io.layerfs.erofs;

import io.layerfs.Changeset;
import io.layerfs.View;
import io.layerfs.blob.Blob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * An index that is open: mapped, not parsed, so that opening takes no time that depends on its size.
 *
 * <p>Nothing in it is believed before it was checked: each page against its checksum, each number against what it may be.
 * Every failure is a {@link DamagedIndexException}. Safe for use by many threads; holds nothing that must be closed, the
 * mapping goes with the object.
 */
public final class ErofsImage {

    private final Inodes inodes;
    private final List<Blob> devices;
    private final long root;

    private ErofsImage(Inodes inodes, List<Blob> devices, long root) {
        this.inodes = inodes;
        this.devices = devices;
        this.root = root;
    }

    /**
     * Opens an index.
     *
     * @param devices what it points into, in the order in which it was written
     * @throws DamagedIndexException where it is not what was written for these devices
     * @throws java.nio.file.NoSuchFileException where it is not there
     */
    public static ErofsImage open(Path file, List<Blob> devices) throws IOException {
        ByteBuffer bytes;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < Erofs.SUPERBLOCK + Erofs.BLOCK || size > Integer.MAX_VALUE) {
                throw new DamagedIndexException(file + ": " + size + " bytes");
            }
            bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, size).order(ByteOrder.LITTLE_ENDIAN);
        }
        PageChecksums checksums = PageChecksums.of(file.toString(), bytes);
        int tableEnd = Erofs.SUPERBLOCK + Erofs.SUPERBLOCK_SIZE + devices.size() * Erofs.DEVICE_SLOT;
        checksums.check(0, tableEnd);
        checkSuperblock(file, bytes, checksums.size(), devices);
        long root = bytes.getShort(Erofs.SUPERBLOCK + 0x0E) & 0xffff;
        Inodes inodes = new Inodes(bytes, checksums, devices);
        inodes.requireDirectory(root);
        return new ErofsImage(inodes, List.copyOf(devices), root);
    }

    private static void checkSuperblock(Path file, ByteBuffer bytes, int size, List<Blob> devices) throws IOException {
        int at = Erofs.SUPERBLOCK;
        boolean known = bytes.getInt(at) == Erofs.MAGIC
                && bytes.get(at + 0x0C) == Erofs.BLOCK_BITS
                && (bytes.getInt(at + 0x50) & ~(Erofs.CHUNKED_FILE | Erofs.DEVICE_TABLE)) == 0
                && bytes.getInt(at + 0x28) == 0;
        if (!known) {
            throw new DamagedIndexException(file + ": not an index of the form that is written");
        }
        ByteBuffer block = ByteBuffer.allocate(Erofs.BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        block.put(0, bytes, at, Erofs.BLOCK).putInt(4, 0);
        CRC32C crc = new CRC32C();
        crc.update(block);
        if (bytes.getInt(at + 4) != ~(int) crc.getValue()) {
            throw new DamagedIndexException(file + ": the checksum of its superblock is wrong");
        }
        int count = bytes.getShort(at + 0x56) & 0xffff;
        if (count != devices.size() || size % Erofs.BLOCK != 0) {
            throw new DamagedIndexException(file + ": written for " + count + " layers, not " + devices.size());
        }
        long start = Erofs.FIRST_DEVICE_BLOCK;
        for (int i = 0; i < count; i++) {
            int slot = at + Erofs.SUPERBLOCK_SIZE + i * Erofs.DEVICE_SLOT;
            long blocks = (devices.get(i).size() + Erofs.BLOCK - 1) >>> Erofs.BLOCK_BITS;
            if ((bytes.getInt(slot + 64) & 0xFFFFFFFFL) != blocks || (bytes.getInt(slot + 68) & 0xFFFFFFFFL) != start) {
                throw new DamagedIndexException(file + ": layer " + i + " is not of the size that it was written for");
            }
            start += blocks;
        }
    }

    /** What it points into. */
    public List<Blob> devices() {
        return devices;
    }

    /** What it says, as the index of a layer: whiteouts and all. */
    public Changeset changeset() throws IOException {
        return new Changeset(ErofsDirectory.of(inodes, root));
    }

    /** What it shows, as the index of a union. */
    public View view() {
        return new ErofsView(inodes, root);
    }
}
