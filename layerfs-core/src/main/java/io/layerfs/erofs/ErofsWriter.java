package io.layerfs.erofs;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Content;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.LayerPath;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import io.layerfs.blob.Blob;
import io.layerfs.blob.BlobSlice;
import io.layerfs.blob.SparseSlice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes a changeset as an EROFS image that holds metadata only, its files' data being where their content says: in tars
 * that are the image's devices.
 *
 * <p>One pass, directory by directory, each with the inodes of all it holds behind it, so that listing a directory with
 * attributes reads one stretch of the index. In memory are one directory's names at a time, the directories still to
 * come, and 4 bytes or so for each file. The same tree and devices give the same bytes.
 *
 * <p>Whiteouts, opaque and implicit directories and links to lower layers are written as {@link Erofs} has them.
 */
public final class ErofsWriter {

    private static final Attributes EMPTY = new Attributes(0, 0, 0, Instant.EPOCH, Xattrs.NONE);
    private static final int MAX_COMPACT = 0xffff;

    private final IndexOutput out;
    private final List<Blob> devices;
    private final boolean isLayer;
    private final IdentityHashMap<Blob, Long> deviceStarts = new IdentityHashMap<>();
    private final LinkCounts links = new LinkCounts();
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final ByteBuffer inode = ByteBuffer.allocate(Erofs.EXTENDED).order(ByteOrder.LITTLE_ENDIAN);
    private final Set<Integer> compactLinked = new HashSet<>();
    private Instant epoch = Instant.EPOCH;
    private long inodes;
    private int whiteoutNid;
    private int whiteouts;

    /** A directory whose inode has its place, but is not written yet. */
    private record Pending(LayerPath path, Entry.Directory directory, long position, long parent) {}

    private ErofsWriter(IndexOutput out, List<Blob> devices, boolean isLayer) throws IOException {
        this.out = out;
        this.devices = devices;
        this.isLayer = isLayer;
        long block = Erofs.FIRST_DEVICE_BLOCK;
        for (Blob device : devices) {
            deviceStarts.put(device, block);
            block += blocks(device);
        }
        if (block > Erofs.MAX_BLOCKS) {
            throw new MalformedLayerException("layers of more than 2 TiB together");
        }
    }

    private static long blocks(Blob device) throws IOException {
        return (device.size() + Erofs.BLOCK - 1) >>> Erofs.BLOCK_BITS;
    }

    /**
     * Writes the index of a layer to a new file.
     *
     * @throws MalformedLayerException where the layer says what the format cannot, naming the path
     */
    public static void writeLayer(Changeset layer, Blob tar, Path file) throws IOException {
        write(layer, List.of(tar), true, file);
    }

    /**
     * Writes the index of a union, which has no whiteouts, to a new file.
     *
     * @param devices what the tree's content lies in, in the order in which a mount must name them: base first
     * @throws MalformedLayerException where the tree says what the format cannot, naming the path
     */
    public static void writeMerged(Changeset tree, List<Blob> devices, Path file) throws IOException {
        write(tree, devices, false, file);
    }

    private static void write(Changeset tree, List<Blob> devices, boolean isLayer, Path file) throws IOException {
        try (IndexOutput out = new IndexOutput(file)) {
            new ErofsWriter(out, devices, isLayer).write(tree);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void write(Changeset tree) throws IOException {
        out.allocate(Erofs.SUPERBLOCK + Erofs.SUPERBLOCK_SIZE + (long) devices.size() * Erofs.DEVICE_SLOT, 1);
        Entry.Directory rootDirectory = tree.root();
        epoch = rootDirectory.attributes().mtime();
        long root = allocateDirectory(LayerPath.ROOT, rootDirectory);
        pending.push(new Pending(LayerPath.ROOT, rootDirectory, root, root));
        while (!pending.isEmpty()) {
            writeDirectory(pending.pop());
        }
        links.forEachLinked(this::patchLinks);
        out.allocate(0, Erofs.BLOCK);
        long size = Math.max(out.end(), Erofs.SUPERBLOCK + Erofs.BLOCK);
        writeSuperblock(size, nid(root));
        FileChannel channel = out.finish();
        PageChecksums.append(channel, size);
    }

    private static int nid(long position) {
        return (int) (position >>> Erofs.SLOT_BITS);
    }

    private void writeDirectory(Pending current) throws IOException {
        DirectoryData data = new DirectoryData();
        data.add(Name.of("."), nid(current.position()), FileType.DIRECTORY);
        data.add(Name.of(".."), nid(current.parent()), FileType.DIRECTORY);
        Deque<Pending> below = new ArrayDeque<>();
        boolean hasWhiteouts = hasWhiteouts(current.directory());
        for (Iterator<Entry.Child> i = current.directory().children(); i.hasNext(); ) {
            Entry.Child child = i.next();
            try {
                writeChild(current, child, data, below);
            } catch (MalformedLayerException e) {
                throw new MalformedLayerException(
                        "entry '" + current.path().resolve(child.name()) + "': " + e.getMessage(), e);
            }
        }
        // the kernel looks for the NUL behind a directory's last name in the whole block, whatever the directory's size
        long start = out.allocate(data.size() + 1, Erofs.BLOCK);
        data.write(out, start);
        Map<String, byte[]> own = ownXattrs(current.directory(), hasWhiteouts);
        ByteBuffer xattrs = XattrCodec.encode(current.directory().attributes().xattrs(), own);
        writeInode(
                current.position(),
                FileType.DIRECTORY,
                current.directory().attributes(),
                data.size(),
                (int) (start >>> Erofs.BLOCK_BITS),
                2 + below.size(),
                Erofs.FLAT_PLAIN,
                xattrs);
        while (!below.isEmpty()) {
            pending.push(below.pop());
        }
    }

    private void writeChild(Pending parent, Entry.Child child, DirectoryData data, Deque<Pending> below)
            throws IOException {
        Name name = child.name();
        if (name.length() > Erofs.MAX_NAME) {
            throw new MalformedLayerException("a name of " + name.length() + " bytes");
        }
        Entry entry = child.entry();
        if (entry instanceof Entry.Directory directory) {
            long position = allocateDirectory(parent.path().resolve(name), directory);
            below.push(new Pending(parent.path().resolve(name), directory, position, parent.position()));
            data.add(name, nid(position), FileType.DIRECTORY);
        } else if (entry instanceof Entry.Whiteout) {
            if (!parent.directory().opaque()) {
                data.add(name, whiteout(), FileType.CHARACTER_DEVICE);
            }
        } else if (entry instanceof Entry.HardLink link) {
            Map<String, byte[]> own =
                    Map.of(Erofs.LINK, Utf8.encode(link.target().toString()));
            data.add(
                    name,
                    writeFile(FileType.REGULAR, EMPTY, XattrCodec.encode(Xattrs.NONE, own), 0, 0),
                    FileType.REGULAR);
        } else {
            Entry.File file = (Entry.File) entry;
            data.add(name, file(file), file.type());
        }
    }

    /** All whiteouts are one inode, as overlayfs has them. */
    private int whiteout() throws IOException {
        if (whiteouts++ == 0) {
            whiteoutNid = writeFile(FileType.CHARACTER_DEVICE, EMPTY, null, 0, 0);
        }
        return whiteoutNid;
    }

    private int file(Entry.File file) throws IOException {
        int known = links.nid(file.inode());
        if (known >= 0) {
            links.addName(known);
            if (isCompact(file.attributes(), size(file))) {
                compactLinked.add(known);
            }
            return known;
        }
        int nid = newFile(file);
        links.put(file.inode(), nid);
        return nid;
    }

    private int newFile(Entry.File file) throws IOException {
        Attributes attributes = file.attributes();
        ByteBuffer xattrs = XattrCodec.encode(attributes.xattrs(), Map.of());
        if (file instanceof Entry.Symlink link) {
            return writeSymlink(attributes, xattrs, Utf8.encode(link.target()));
        }
        if (file instanceof Entry.Special special) {
            boolean whiteout =
                    special.type() == FileType.CHARACTER_DEVICE && special.major() == 0 && special.minor() == 0;
            if (whiteout) {
                throw new MalformedLayerException("character device 0,0 is overlayfs' own form of a whiteout");
            }
            int device = special.type().isDevice() ? Erofs.encodeDevice(special.major(), special.minor()) : 0;
            return writeFile(special.type(), attributes, xattrs, 0, device);
        }
        Content content = ((Entry.RegularFile) file).content();
        if (content.size() == 0) {
            return writeFile(FileType.REGULAR, attributes, xattrs, 0, Erofs.HOLE);
        }
        if (content instanceof BlobSlice slice) {
            return writeFile(
                    FileType.REGULAR, attributes, xattrs, slice.size(), (int) block(slice.blob(), slice.offset()));
        }
        return writeSparse(attributes, xattrs, (SparseSlice) content);
    }

    private long block(Blob blob, long offset) throws MalformedLayerException {
        Long start = deviceStarts.get(blob);
        if (start == null || offset % Erofs.BLOCK != 0) {
            throw new MalformedLayerException("content that does not start at a block of a device, but at " + offset);
        }
        return start + (offset >>> Erofs.BLOCK_BITS);
    }

    private int writeFile(FileType type, Attributes attributes, @Nullable ByteBuffer xattrs, long size, int u)
            throws IOException {
        long position = out.allocate(coreSize(attributes, size) + remaining(xattrs), Erofs.COMPACT);
        writeInode(position, type, attributes, size, u, 1, Erofs.FLAT_PLAIN, xattrs);
        return nid(position);
    }

    private int writeSymlink(Attributes attributes, @Nullable ByteBuffer xattrs, byte[] target) throws IOException {
        int header = coreSize(attributes, target.length) + remaining(xattrs);
        if (target.length >= Erofs.BLOCK / 2) {
            long data = out.allocate(target.length, Erofs.BLOCK);
            out.write(data, ByteBuffer.wrap(target));
            long position = out.allocate(header, Erofs.COMPACT);
            int block = (int) (data >>> Erofs.BLOCK_BITS);
            writeInode(position, FileType.SYMLINK, attributes, target.length, block, 1, Erofs.FLAT_PLAIN, xattrs);
            return nid(position);
        }
        long position = Erofs.align(out.end(), Erofs.COMPACT);
        while ((position + header) / Erofs.BLOCK != (position + header + target.length - 1) / Erofs.BLOCK) {
            position += Erofs.COMPACT;
        }
        out.allocate(position - out.end(), 1);
        out.allocate(header + target.length, 1);
        writeInode(position, FileType.SYMLINK, attributes, target.length, Erofs.HOLE, 1, Erofs.FLAT_INLINE, xattrs);
        out.write(position + header, ByteBuffer.wrap(target));
        return nid(position);
    }

    private int writeSparse(Attributes attributes, @Nullable ByteBuffer xattrs, SparseSlice content)
            throws IOException {
        ChunkMap map = ChunkMap.write(content, out);
        long header = Erofs.align(coreSize(attributes, content.size()) + remaining(xattrs), 8);
        long position = out.allocate(header + map.entries().remaining(), Erofs.COMPACT);
        int format = Erofs.CHUNK_INDEXES | map.chunkBits();
        writeInode(position, FileType.REGULAR, attributes, content.size(), format, 1, Erofs.CHUNK_BASED, xattrs);
        out.write(position + header, map.entries());
        return nid(position);
    }

    private long allocateDirectory(LayerPath path, Entry.Directory directory) throws IOException {
        try {
            Map<String, byte[]> own = ownXattrs(directory, hasWhiteouts(directory));
            ByteBuffer xattrs = XattrCodec.encode(directory.attributes().xattrs(), own);
            // the size of its data is not known; with 4 GiB or more the index would be too large anyway
            return out.allocate(coreSize(directory.attributes(), 0) + remaining(xattrs), Erofs.COMPACT);
        } catch (MalformedLayerException e) {
            throw new MalformedLayerException("entry '" + path + "': " + e.getMessage(), e);
        }
    }

    private boolean hasWhiteouts(Entry.Directory directory) throws IOException {
        if (!isLayer || directory.opaque()) {
            return false;
        }
        for (Iterator<Entry.Child> i = directory.children(); i.hasNext(); ) {
            if (i.next().entry() instanceof Entry.Whiteout) {
                return true;
            }
        }
        return false;
    }

    private static Map<String, byte[]> ownXattrs(Entry.Directory directory, boolean hasWhiteouts) {
        Map<String, byte[]> own = new TreeMap<>();
        if (directory.opaque()) {
            own.put(Erofs.OPAQUE, new byte[] {'y'});
        }
        if (directory.implicit()) {
            own.put(Erofs.IMPLICIT, new byte[0]);
        }
        if (hasWhiteouts) {
            own.put(Erofs.ORIGIN, new byte[0]);
        }
        return own;
    }

    private static int remaining(@Nullable ByteBuffer bytes) {
        return bytes == null ? 0 : bytes.remaining();
    }

    private static long size(Entry.File file) {
        return file instanceof Entry.RegularFile regular ? regular.content().size() : 0;
    }

    private int coreSize(Attributes attributes, long size) {
        return isCompact(attributes, size) ? Erofs.COMPACT : Erofs.EXTENDED;
    }

    /** Whether the short form of an inode says all: its time is the image's epoch, and all numbers are small. */
    private boolean isCompact(Attributes attributes, long size) {
        return attributes.mtime().equals(epoch)
                && (attributes.uid() >>> 16) == 0
                && (attributes.gid() >>> 16) == 0
                && size <= Integer.MAX_VALUE;
    }

    private void writeInode(
            long position,
            FileType type,
            Attributes attributes,
            long size,
            int u,
            int names,
            int layout,
            @Nullable ByteBuffer xattrs)
            throws IOException {
        int xattrCount = xattrs == null ? 0 : (xattrs.remaining() - Erofs.XATTR_HEADER) / 4 + 1;
        int mode = type.bits() | attributes.mode();
        inodes++;
        inode.clear();
        if (isCompact(attributes, type == FileType.DIRECTORY ? 0 : size)) {
            inode.putShort((short) (layout << 1)).putShort((short) xattrCount).putShort((short) mode);
            inode.putShort((short) Math.min(names, MAX_COMPACT))
                    .putInt((int) size)
                    .putInt(0)
                    .putInt(u);
            inode.putInt((int) inodes).putShort((short) attributes.uid()).putShort((short) attributes.gid());
            inode.putInt(0);
        } else {
            inode.putShort((short) (1 | layout << 1))
                    .putShort((short) xattrCount)
                    .putShort((short) mode);
            inode.putShort((short) 0).putLong(size).putInt(u).putInt((int) inodes);
            inode.putInt(attributes.uid()).putInt(attributes.gid());
            Instant time = attributes.mtime();
            inode.putLong(time.getEpochSecond()).putInt(time.getNano());
            inode.putInt(names).putLong(0).putLong(0);
        }
        int core = inode.position();
        out.write(position, inode.flip());
        if (xattrs != null) {
            out.write(position + core, xattrs);
        }
    }

    private void patchLinks(int nid, int names) throws IOException {
        long position = (long) nid << Erofs.SLOT_BITS;
        ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        if (!compactLinked.contains(nid)) {
            out.write(position + 44, bytes.putInt(names).flip());
        } else if (names <= MAX_COMPACT) {
            out.write(position + 6, bytes.putShort((short) names).flip());
        } else {
            throw new MalformedLayerException("a file of " + names + " names; " + MAX_COMPACT + " are possible");
        }
    }

    private void writeSuperblock(long size, int root) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(Erofs.BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        head.putInt(0x00, Erofs.MAGIC).putInt(0x08, Erofs.COMPATIBLE).put(0x0C, (byte) Erofs.BLOCK_BITS);
        head.putShort(0x0E, (short) root).putLong(0x10, inodes).putLong(0x18, epoch.getEpochSecond());
        head.putInt(0x20, epoch.getNano()).putInt(0x24, (int) (size >>> Erofs.BLOCK_BITS));
        head.putInt(0x50, Erofs.CHUNKED_FILE | (devices.isEmpty() ? 0 : Erofs.DEVICE_TABLE));
        head.putShort(0x56, (short) devices.size());
        head.putShort(0x58, (short) ((Erofs.SUPERBLOCK + Erofs.SUPERBLOCK_SIZE) / Erofs.DEVICE_SLOT));
        ByteBuffer table = deviceTable();
        out.write(Erofs.SUPERBLOCK + Erofs.SUPERBLOCK_SIZE, table.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        // the checksum covers the first block from the superblock on, which is what follows the device table, too
        ByteBuffer covered = out.read(Erofs.SUPERBLOCK, Erofs.BLOCK);
        covered.put(0, head, 0, Erofs.SUPERBLOCK_SIZE);
        CRC32C crc = new CRC32C();
        crc.update(covered.duplicate());
        head.putInt(0x04, ~(int) crc.getValue());
        out.write(Erofs.SUPERBLOCK, head.limit(Erofs.SUPERBLOCK_SIZE));
    }

    private ByteBuffer deviceTable() throws IOException {
        ByteBuffer table =
                ByteBuffer.allocate(devices.size() * Erofs.DEVICE_SLOT).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < devices.size(); i++) {
            Blob device = devices.get(i);
            table.putInt(i * Erofs.DEVICE_SLOT + 64, (int) blocks(device));
            table.putInt(i * Erofs.DEVICE_SLOT + 68, (int) (long) Objects.requireNonNull(deviceStarts.get(device)));
        }
        return table;
    }
}
