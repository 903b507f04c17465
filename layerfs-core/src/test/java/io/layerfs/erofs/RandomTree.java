package io.layerfs.erofs;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.LayerPath;
import io.layerfs.Name;
import io.layerfs.Xattrs;
import io.layerfs.blob.Blob;
import io.layerfs.blob.BlobSlice;
import io.layerfs.blob.SparseSlice;
import io.layerfs.memory.MemoryDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Trees made by chance, the same for the same seed, whose files lie in blobs of random bytes. */
final class RandomTree {

    private static final int BLOB_BLOCKS = 40;
    private static final List<FileType> SPECIAL =
            List.of(FileType.CHARACTER_DEVICE, FileType.BLOCK_DEVICE, FileType.FIFO, FileType.SOCKET);
    private static final String[] XATTRS = {
        "user.k",
        "user.long.name.of.an.attribute",
        "security.capability",
        "trusted.t",
        "trusted.overlay.opaque",
        "trusted.overlay.overlay.x",
        "trusted.layerfs.link",
        "trusted.layerfs.layerfs.x"
    };

    /** cap_chown of version 2; the kernel reads none but valid ones. */
    private static final byte[] CAPABILITY = HexFormat.of().parseHex("0100000201000000000000000000000000000000");

    private final Random random;
    private final List<Blob> blobs;
    private final boolean isLayer;
    private final List<Entry.File> files = new ArrayList<>();
    private final Instant oneTime = Instant.ofEpochSecond(1_600_000_000L, 123_456_789);
    private long inodes;

    private RandomTree(long seed, List<Blob> blobs, boolean isLayer) {
        this.random = new Random(seed);
        this.blobs = blobs;
        this.isLayer = isLayer;
    }

    /** Files of random bytes. */
    static List<Blob> blobs(Path directory, int count) throws IOException {
        Random random = new Random(count);
        List<Blob> blobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[(BLOB_BLOCKS + i % 7) * Erofs.BLOCK];
            random.nextBytes(bytes);
            blobs.add(Blob.open(Files.write(Files.createTempFile(directory, "blob", ".tar"), bytes)));
        }
        return blobs;
    }

    /** A tree without whiteouts. */
    static Changeset merged(long seed, List<Blob> blobs, int entries) throws IOException {
        return new RandomTree(seed, blobs, false).tree(entries);
    }

    /** A tree with whiteouts, links to lower layers, opaque and implicit directories; none of the former in opaque ones. */
    static Changeset layer(long seed, Blob blob, int entries) throws IOException {
        return new RandomTree(seed, List.of(blob), true).tree(entries);
    }

    private Changeset tree(int entries) {
        MemoryDirectory root = directory();
        List<MemoryDirectory> directories = new ArrayList<>(List.of(root));
        for (int i = 0; i < entries; i++) {
            // the later ones more often, so that some trees get deep
            MemoryDirectory parent =
                    directories.get((int) (directories.size() * Math.pow(random.nextDouble(), random.nextDouble())));
            Name name = name();
            if (parent.child(name) != null) {
                continue;
            }
            if (random.nextInt(5) == 0) {
                MemoryDirectory child = directory();
                parent.put(name, child);
                directories.add(child);
            } else {
                parent.put(name, entry(parent.opaque()));
            }
        }
        return root.toChangeset();
    }

    private MemoryDirectory directory() {
        if (!isLayer || random.nextInt(3) > 0) {
            return MemoryDirectory.of(attributes());
        }
        return random.nextBoolean()
                ? MemoryDirectory.ofImplicit()
                : MemoryDirectory.of(attributes()).setOpaque(true);
    }

    private Entry entry(boolean inOpaque) {
        if (isLayer && !inOpaque && random.nextInt(5) == 0) {
            return random.nextBoolean()
                    ? Entry.Whiteout.INSTANCE
                    : new Entry.HardLink(LayerPath.ROOT.resolve(name()).resolve(name()));
        }
        if (!files.isEmpty() && random.nextInt(8) == 0) {
            return files.get(random.nextInt(files.size()));
        }
        Entry.File file = file();
        files.add(file);
        return file;
    }

    private Entry.File file() {
        int kind = random.nextInt(8);
        Attributes attributes = kind < 2 ? withoutUserXattrs() : attributes();
        long inode = inodes++ * 0x100000001L;
        return switch (kind) {
            case 0 -> new Entry.Symlink(attributes, inode, "t".repeat(1 + random.nextInt(600)));
            case 1 -> special(attributes, inode);
            case 2 -> new Entry.RegularFile(attributes, inode, new BlobSlice(blob(), 0, 0));
            case 3 -> new Entry.RegularFile(attributes, inode, sparse());
            default -> new Entry.RegularFile(attributes, inode, flat());
        };
    }

    private Entry.Special special(Attributes attributes, long inode) {
        FileType type = SPECIAL.get(random.nextInt(SPECIAL.size()));
        return type.isDevice()
                ? new Entry.Special(attributes, inode, type, 1 + random.nextInt(4095), random.nextInt(1 << 20))
                : new Entry.Special(attributes, inode, type, 0, 0);
    }

    private BlobSlice flat() {
        int block = random.nextInt(BLOB_BLOCKS);
        int size = 1 + random.nextInt((BLOB_BLOCKS - block) * Erofs.BLOCK);
        return new BlobSlice(blob(), (long) block * Erofs.BLOCK, size);
    }

    private Blob blob() {
        return blobs.get(random.nextInt(blobs.size()));
    }

    private SparseSlice sparse() {
        List<SparseSlice.Extent> extents = new ArrayList<>();
        // aligned as file systems have their holes, or not at all
        int unit = random.nextBoolean() ? 4096 : 1;
        long offset = (long) random.nextInt(4) * Erofs.BLOCK;
        long position = 0;
        for (int i = random.nextInt(4); i > 0; i--) {
            position += (long) random.nextInt(1 + (1 << 18) / unit) * unit;
            long length = (1 + random.nextInt(4096 / unit)) * (long) unit;
            extents.add(new SparseSlice.Extent(position, length, offset));
            position += length;
            offset += length;
        }
        return new SparseSlice(blob(), extents, position + (long) random.nextInt(1 << 16) + 1);
    }

    private Attributes attributes() {
        int owner = random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(3000);
        Instant time = random.nextBoolean()
                ? oneTime
                : Instant.ofEpochSecond(random.nextInt() * (random.nextInt(9) == 0 ? 4L : 1L), random.nextInt(1000));
        return new Attributes(random.nextInt(010000), owner, random.nextInt(70_000), time, xattrs());
    }

    /** Linux has no attributes of users for links and devices: it lists those that there are, but reads none. */
    private Attributes withoutUserXattrs() {
        Attributes all = attributes();
        Map<String, byte[]> kept = new HashMap<>();
        for (String name : all.xattrs().names()) {
            byte[] value = all.xattrs().get(name);
            if (!name.startsWith("user.") && value != null) {
                kept.put(name, value);
            }
        }
        return new Attributes(all.mode(), all.uid(), all.gid(), all.mtime(), Xattrs.of(kept));
    }

    private Xattrs xattrs() {
        Map<String, byte[]> xattrs = new HashMap<>();
        for (int i = random.nextInt(8) - 5; i > 0; i--) {
            byte[] value = new byte[random.nextInt(random.nextInt(20) == 0 ? 2000 : 30)];
            random.nextBytes(value);
            String name = XATTRS[random.nextInt(XATTRS.length)];
            xattrs.put(name, name.equals("security.capability") ? CAPABILITY : value);
        }
        return Xattrs.of(xattrs);
    }

    private Name name() {
        byte[] name = new byte[1 + random.nextInt(random.nextInt(10) == 0 ? 255 : 12)];
        for (int i = 0; i < name.length; i++) {
            // few letters, so that names share their beginnings; now and then any byte
            name[i] = (byte) (random.nextInt(30) == 0 ? random.nextInt(256) : "!-.ab".charAt(random.nextInt(5)));
            name[i] = name[i] == 0 || name[i] == '/' ? (byte) 'x' : name[i];
        }
        Name made = Name.of(name);
        return made.isDot() ? Name.of("dot") : made;
    }
}
