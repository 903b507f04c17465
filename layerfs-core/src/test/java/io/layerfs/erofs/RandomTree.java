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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Trees with everything that an index can hold, made of a seed; their content lies in a few blobs of random bytes. */
final class RandomTree {

    private static final int BLOB_SIZE = 256 << 10;

    private final Random random;
    private final boolean layer;
    final List<Blob> devices = new ArrayList<>();
    private final List<Entry.File> files = new ArrayList<>();
    private long inode;

    RandomTree(long seed, boolean layer, Path directory, int blobs) throws IOException {
        this.random = new Random(seed);
        this.layer = layer;
        for (int i = 0; i < blobs; i++) {
            byte[] bytes = new byte[BLOB_SIZE];
            random.nextBytes(bytes);
            devices.add(Blob.open(Files.write(directory.resolve("blob" + seed + "-" + i), bytes)));
        }
    }

    Changeset make(int entries) throws IOException {
        MemoryDirectory root = MemoryDirectory.of(attributes(0));
        List<MemoryDirectory> directories = new ArrayList<>(List.of(root));
        for (int i = 0; i < entries; i++) {
            MemoryDirectory parent = directories.get(random.nextInt(directories.size()));
            Name name = name(i);
            if (parent.child(name) != null) {
                continue;
            }
            if (random.nextInt(8) == 0) {
                boolean implicit = layer && random.nextInt(5) == 0;
                MemoryDirectory directory = implicit ? MemoryDirectory.ofImplicit() : MemoryDirectory.of(attributes(0));
                directory.setOpaque(layer && random.nextInt(6) == 0);
                parent.put(name, directory);
                directories.add(directory);
            } else if (layer && random.nextInt(12) == 0 && !parent.opaque()) {
                parent.put(name, Entry.Whiteout.INSTANCE);
            } else if (layer && random.nextInt(30) == 0) {
                parent.put(name, new Entry.HardLink(LayerPath.of("some/where/" + i)));
            } else if (!files.isEmpty() && random.nextInt(10) == 0) {
                parent.put(name, files.get(random.nextInt(files.size())));
            } else {
                parent.put(name, file());
            }
        }
        return root.toChangeset();
    }

    private Name name(int i) {
        return switch (random.nextInt(12)) {
            case 0 -> Name.of("!" + i);
            case 1 -> Name.of("-" + "x".repeat(random.nextInt(250)));
            case 2 -> Name.of(new byte[] {(byte) (0x80 + random.nextInt(128)), 'b', (byte) 0xff});
            case 3 -> Name.of("...".repeat(1 + random.nextInt(3)));
            default -> Name.of("n" + i);
        };
    }

    private Entry.File file() {
        int kind = random.nextInt(10);
        Entry.File file;
        inode++;
        if (kind == 0) {
            file = new Entry.Symlink(attributes(0777), inode, "t".repeat(1 + random.nextInt(kind(1200))));
        } else if (kind == 1) {
            FileType type = random.nextBoolean() ? FileType.CHARACTER_DEVICE : FileType.BLOCK_DEVICE;
            file = new Entry.Special(attributes(0), inode, type, 1 + random.nextInt(4095), random.nextInt(1 << 20));
        } else if (kind == 2) {
            file = new Entry.Special(
                    attributes(0), inode, random.nextBoolean() ? FileType.FIFO : FileType.SOCKET, 0, 0);
        } else if (kind == 3) {
            file = new Entry.RegularFile(attributes(0), inode, sparse());
        } else {
            Blob blob = devices.get(random.nextInt(devices.size()));
            long offset = random.nextInt(BLOB_SIZE / 1024) * 512L;
            long size = random.nextInt(4) == 0 ? 0 : random.nextInt(BLOB_SIZE / 2);
            file = new Entry.RegularFile(attributes(0), inode, new BlobSlice(blob, size == 0 ? 0 : offset, size));
        }
        files.add(file);
        return file;
    }

    private int kind(int most) {
        return random.nextInt(4) == 0 ? most : 60;
    }

    private SparseSlice sparse() {
        List<SparseSlice.Extent> extents = new ArrayList<>();
        long at = 0;
        for (int i = random.nextInt(4); i > 0; i--) {
            at += random.nextInt(100_000);
            long length = 1L + random.nextInt(3000);
            extents.add(new SparseSlice.Extent(at, length, random.nextInt(BLOB_SIZE - 4000)));
            at += length;
        }
        return new SparseSlice(devices.get(0), extents, at + random.nextInt(50_000));
    }

    private Attributes attributes(int mode) {
        Map<String, byte[]> xattrs = new TreeMap<>();
        for (int i = random.nextInt(8) - 5; i > 0; i--) {
            byte[] value = new byte[random.nextInt(100)];
            random.nextBytes(value);
            String[] names = {"user.a", "security.capability", "trusted.x", "trusted.overlay.opaque", "user.overlay.y"};
            xattrs.put(names[random.nextInt(names.length)] + (random.nextBoolean() ? "" : i), value);
        }
        Instant time = switch (random.nextInt(4)) {
            case 0 -> Instant.ofEpochSecond(-random.nextInt(1 << 30), random.nextInt(1_000_000_000));
            case 1 -> Instant.ofEpochSecond(random.nextInt(), 999_999_999);
            default -> Instant.ofEpochSecond(1_700_000_000);
        };
        int owner = random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(2000);
        return new Attributes(mode == 0 ? random.nextInt(010000) : mode, owner, owner ^ 5, time, Xattrs.of(xattrs));
    }
}
