package io.layerfs.erofs;

import io.layerfs.Attributes;
import io.layerfs.Content;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.LayerPath;
import io.layerfs.MalformedLayerException;
import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import io.layerfs.blob.BlobSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes all but directories: each file once, whiteouts, and links into the layers below. Answers inode numbers. */
final class FileWriter {

    /**
     * What files in chunks may take of the index, for each layer, beside as many bytes as the layers have. The largest file with
     * one piece of data in it takes 8 MiB.
     */
    private static final long MAX_CHUNKED = 16L << 20;

    private static final Attributes EMPTY = new Attributes(0, 0, 0, Instant.EPOCH, Xattrs.NONE);

    private final IndexOutput out;
    private final InodeWriter inodes;
    private final Devices devices;
    private final InodeTable written = new InodeTable();
    private int whiteout;
    private int whiteouts;
    private long chunked;

    FileWriter(IndexOutput out, InodeWriter inodes, Devices devices) {
        this.out = out;
        this.inodes = inodes;
        this.devices = devices;
    }

    /** A file, or one more name for it where it is written already. */
    int write(Entry.File file) throws IOException {
        int known = written.find(file.inode());
        if (known != InodeTable.ABSENT) {
            inodes.addName(known);
            return known;
        }
        int nid = writeNew(file);
        written.put(file.inode(), nid);
        return nid;
    }

    /**
     * The device 0,0 that overlayfs takes for a whiteout. They share an inode, as overlayfs itself has them, until it has as
     * many names as the short form can say.
     */
    int writeWhiteout() throws IOException {
        if (whiteouts == InodeWriter.MAX_SHORT_LINKS) {
            finish();
        }
        if (whiteouts++ == 0) {
            whiteout = writePlain(FileType.CHARACTER_DEVICE, EMPTY, 0, 0, null);
        }
        return whiteout;
    }

    /** Writes how many names whiteouts have, which is not known before. */
    void finish() throws IOException {
        if (whiteouts > 1) {
            inodes.setLinks(whiteout, whiteouts);
        }
        whiteouts = 0;
    }

    /** An empty file that says, in an attribute that no image can have, which path of the layers below it stands for. */
    int writeLink(LayerPath target) throws IOException {
        Map<String, byte[]> own = Map.of(Erofs.LINK, Utf8.encode(target.toString()));
        return writePlain(FileType.REGULAR, EMPTY, 0, Erofs.HOLE, XattrCodec.encode(Xattrs.NONE, own));
    }

    private int writeNew(Entry.File file) throws IOException {
        Attributes attributes = file.attributes();
        ByteBuffer xattrs = XattrCodec.encode(attributes.xattrs(), Map.of());
        if (file instanceof Entry.Symlink link) {
            return writeSymlink(attributes, Utf8.encode(link.target()), xattrs);
        }
        if (file instanceof Entry.Special special) {
            return writePlain(special.type(), attributes, 0, device(special), xattrs);
        }
        Content content = ((Entry.RegularFile) file).content();
        if (content.size() == 0) {
            return writePlain(FileType.REGULAR, attributes, 0, Erofs.HOLE, xattrs);
        }
        if (content instanceof BlobSlice slice) {
            int block = (int) devices.block(slice.blob(), slice.offset());
            return writePlain(FileType.REGULAR, attributes, slice.size(), block, xattrs);
        }
        return writeChunked(attributes, content, xattrs);
    }

    private static int device(Entry.Special special) throws MalformedLayerException {
        if (!special.type().isDevice()) {
            return 0;
        }
        if (special.type() == FileType.CHARACTER_DEVICE && special.major() == 0 && special.minor() == 0) {
            throw new MalformedLayerException("the character device 0,0, which is overlayfs' form of a whiteout");
        }
        return Erofs.encodeDevice(special.major(), special.minor());
    }

    private int writePlain(FileType type, Attributes attributes, long size, int u, @Nullable ByteBuffer xattrs)
            throws IOException {
        long position = out.allocate(inodes.headerSize(attributes, size, xattrs), Erofs.COMPACT);
        inodes.write(position, type, attributes, size, Erofs.FLAT_PLAIN, u, 1, xattrs);
        return InodeWriter.nid(position);
    }

    private int writeSymlink(Attributes attributes, byte[] target, @Nullable ByteBuffer xattrs) throws IOException {
        checkTarget(target);
        int size = target.length;
        int header = inodes.headerSize(attributes, size, xattrs);
        if (!InodeWriter.fitsInline(header, size)) {
            long data = out.allocate(size, Erofs.BLOCK);
            out.write(data, ByteBuffer.wrap(target));
            return writePlain(FileType.SYMLINK, attributes, size, (int) (data >>> Erofs.BLOCK_BITS), xattrs);
        }
        long position = InodeWriter.inlinePosition(out.end(), header, size);
        out.allocate(position + header + size - out.end(), 1);
        inodes.write(position, FileType.SYMLINK, attributes, size, Erofs.FLAT_INLINE, Erofs.HOLE, 1, xattrs);
        out.write(position + header, ByteBuffer.wrap(target));
        return InodeWriter.nid(position);
    }

    private static void checkTarget(byte[] target) throws MalformedLayerException {
        boolean possible = target.length > 0 && target.length <= Erofs.MAX_SYMLINK;
        for (byte b : target) {
            possible &= b != 0;
        }
        if (!possible) {
            throw new MalformedLayerException("a symbolic link of " + target.length + " bytes; 1 to "
                    + Erofs.MAX_SYMLINK + " are possible, NUL not among them");
        }
    }

    private int writeChunked(Attributes attributes, Content content, @Nullable ByteBuffer xattrs) throws IOException {
        Extents extents = Extents.of(content, devices);
        int bits = extents.bestChunkBits();
        chunked += extents.cost(bits);
        if (chunked > MAX_CHUNKED * Math.max(1, devices.count()) + devices.size()) {
            throw new MalformedLayerException("a file of " + content.size() + " bytes in "
                    + extents.list().size()
                    + " pieces with holes between: to say where they lie takes " + extents.cost(bits)
                    + " bytes, and with other such files " + chunked + ", which is more than its layer may take");
        }
        long data = out.allocate(extents.copiedBytes(bits), Erofs.BLOCK);
        long header = Erofs.align(inodes.headerSize(attributes, content.size(), xattrs), ChunkMap.ENTRY);
        long position = out.allocate(header + extents.chunks(bits) * ChunkMap.ENTRY, Erofs.COMPACT);
        int u = Erofs.CHUNK_INDEXES | bits;
        inodes.write(position, FileType.REGULAR, attributes, content.size(), Erofs.CHUNK_BASED, u, 1, xattrs);
        ChunkMap.write(extents, bits, content, out, position + header, data);
        return InodeWriter.nid(position);
    }
}
