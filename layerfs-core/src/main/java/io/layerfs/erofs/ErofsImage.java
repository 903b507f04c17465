package io.layerfs.erofs;

import io.layerfs.Changeset;
import io.layerfs.View;
import io.layerfs.blob.Blob;
import io.layerfs.blob.Uninterrupted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * An index that is open: mapped, not parsed, so that opening takes no time that depends on its size.
 *
 * <p>Nothing in it is believed before it was checked: each page against its checksum, each number against what it may be.
 * Every failure is a {@link DamagedIndexException}. Safe for use by many threads; holds nothing that must be closed, the
 * mapping goes with the object.
 */
public final class ErofsImage {

    private final Inodes inodes;
    private final Directories directories;
    private final Devices devices;
    private final long size;

    private ErofsImage(Inodes inodes, Directories directories, Devices devices, long size) {
        this.size = size;
        this.inodes = inodes;
        this.directories = directories;
        this.devices = devices;
    }

    /**
     * Opens an index.
     *
     * @param devices what it points into, in the order in which it was written
     * @throws DamagedIndexException where it is not what was written for these devices
     * @throws java.nio.file.NoSuchFileException where it is not there
     */
    public static ErofsImage open(Path file, List<Blob> devices) throws IOException {
        ByteBuffer bytes = Uninterrupted.run(() -> map(file));
        PageChecksums checksums = PageChecksums.of(file.toString(), bytes);
        Devices known = Devices.of(devices);
        checksums.check(0, Math.max(Superblock.end(known.count()), Erofs.SUPERBLOCK + Erofs.BLOCK));
        Superblock.check(bytes, checksums.size(), known);
        Inodes inodes = new Inodes(bytes, checksums, known);
        Directories directories = new Directories(bytes, checksums, inodes, Superblock.root(bytes));
        try {
            if (directories.parent(directories.root()) != directories.root()) {
                throw new DamagedIndexException("index: the parent of its root is not the root");
            }
        } catch (NotDirectoryException e) {
            throw new DamagedIndexException("index: its root is not a directory");
        }
        return new ErofsImage(inodes, directories, known, checksums.size());
    }

    /** How many bytes it has, without the checksums behind it. */
    public long size() {
        return size;
    }

    private static ByteBuffer map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < Erofs.SUPERBLOCK + Erofs.BLOCK || size > Integer.MAX_VALUE) {
                throw new DamagedIndexException(file + ": " + size + " bytes");
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, size).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /** What it points into. */
    public List<Blob> devices() {
        return devices.blobs();
    }

    /** What it says, as the index of a layer: whiteouts and all. */
    public Changeset changeset() throws IOException {
        return new Changeset(ErofsDirectory.root(inodes, directories));
    }

    /** What it shows, as the index of a union. */
    public View view() {
        return new ErofsView(inodes, directories);
    }
}
