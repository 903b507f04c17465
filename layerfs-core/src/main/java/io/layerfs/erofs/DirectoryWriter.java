package io.layerfs.erofs;

import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes one directory, all in it being written: its names in blocks in front of its inode, or behind it in the same
 * block, where that wastes less.
 */
final class DirectoryWriter {

    private static final byte[] NO_VALUE = {};
    private static final byte[] YES = {'y'};

    private final IndexOutput out;
    private final InodeWriter inodes;

    DirectoryWriter(IndexOutput out, InodeWriter inodes) {
        this.out = out;
        this.inodes = inodes;
    }

    /** Where a directory lies: the positions of its inode, which has {@code header} bytes, and of its names. */
    private record Place(long inode, int header, long names) {

        boolean isInline() {
            return names == inode + header;
        }
    }

    /** Takes the place of the root's inode; answers its position. */
    long reserveRoot(Entry.Directory root) throws IOException {
        // whether it holds whiteouts is not known yet, so there is room for what says so
        ByteBuffer xattrs = xattrs(root, true);
        long position = out.allocate(inodes.headerSize(root.attributes(), 0, xattrs), Erofs.COMPACT);
        if (InodeWriter.nid(position) > 0xffff) {
            throw new MalformedLayerException("more layers than an index has room for before its root");
        }
        return position;
    }

    /** Writes the root where its place is; answers its number. */
    int writeRoot(OpenDirectory root, long position) throws IOException {
        ByteBuffer xattrs = xattrs(root.directory(), root.hasWhiteouts());
        int header = inodes.headerSize(root.directory().attributes(), 0, xattrs);
        int size = root.data().size();
        int nid = InodeWriter.nid(position);
        root.data().set(root.data().dotsSlot(), nid);
        write(root, new Place(position, header, allocateBlocks(size)), xattrs);
        return nid;
    }

    /** Writes a directory other than the root. */
    void write(OpenDirectory directory) throws IOException {
        ByteBuffer xattrs = xattrs(directory.directory(), directory.hasWhiteouts());
        write(directory, place(directory, xattrs), xattrs);
    }

    private Place place(OpenDirectory directory, @Nullable ByteBuffer xattrs) throws MalformedLayerException {
        int size = directory.data().size();
        int header = inodes.headerSize(directory.directory().attributes(), size, xattrs);
        long start = Erofs.align(out.end(), Erofs.COMPACT);
        if (InodeWriter.fitsInline(header, size)) {
            long inode = InodeWriter.inlinePosition(start, header, size);
            if (inode - start <= Erofs.align(start, Erofs.BLOCK) - start) {
                out.allocate(inode + header + size - out.end(), 1);
                return new Place(inode, header, inode + header);
            }
        }
        long names = allocateBlocks(size);
        return new Place(out.allocate(header, Erofs.COMPACT), header, names);
    }

    /**
     * Takes blocks. What is left of the last one is given to what comes next, but for a byte of NUL: the kernel looks for
     * that behind the last name, whatever the directory's size says.
     */
    private long allocateBlocks(int size) throws MalformedLayerException {
        return out.allocate(size % Erofs.BLOCK == 0 ? size : size + 1, Erofs.BLOCK);
    }

    private void write(OpenDirectory directory, Place place, @Nullable ByteBuffer xattrs) throws IOException {
        DirectoryData data = directory.data();
        int nid = InodeWriter.nid(place.inode());
        data.set(data.dotSlot(), nid);
        data.write(out, place.names());
        inodes.write(
                place.inode(),
                FileType.DIRECTORY,
                directory.directory().attributes(),
                data.size(),
                place.isInline() ? Erofs.FLAT_INLINE : Erofs.FLAT_PLAIN,
                place.isInline() ? Erofs.HOLE : (int) (place.names() >>> Erofs.BLOCK_BITS),
                2 + directory.parentLinks().length,
                xattrs);
        for (int link : directory.parentLinks()) {
            out.writeInt(link, nid);
        }
        directory.place(nid, (int) place.names() + data.dotsSlot());
    }

    /** The attributes of a directory, and those by which overlayfs and our reader know what the layer says of it. */
    private static @Nullable ByteBuffer xattrs(Entry.Directory directory, boolean hasWhiteouts)
            throws MalformedLayerException {
        Map<String, byte[]> own = new TreeMap<>();
        if (directory.opaque()) {
            own.put(Erofs.OPAQUE, YES);
        }
        if (directory.implicit()) {
            own.put(Erofs.IMPLICIT, NO_VALUE);
        }
        if (hasWhiteouts) {
            own.put(Erofs.ORIGIN, NO_VALUE);
        }
        return XattrCodec.encode(directory.attributes().xattrs(), own);
    }
}
