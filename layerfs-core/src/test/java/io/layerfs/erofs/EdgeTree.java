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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** One tree of what is rare: the longest, the largest, the oldest, the strangest that the format holds. */
final class EdgeTree {

    private static final Attributes PLAIN = new Attributes(0644, 0, 0, Instant.EPOCH, Xattrs.NONE);
    /** A valid list: user rw, user 1000 r, group r, mask rwx, other none. */
    private static final byte[] ACL = HexFormat.of()
            .parseHex("0200000001000600ffffffff02000400e803000004000400ffffffff10000700ffffffff20000000ffffffff");

    private final MemoryDirectory root = MemoryDirectory.of(PLAIN);
    private final List<Blob> blobs;
    private long inodes;

    private EdgeTree(List<Blob> blobs) {
        this.blobs = blobs;
    }

    static Changeset of(List<Blob> blobs) throws IOException {
        EdgeTree tree = new EdgeTree(blobs);
        tree.names();
        tree.attributes();
        tree.xattrs();
        tree.files();
        tree.sparse();
        return tree.root.toChangeset();
    }

    private void put(String path, Entry entry) throws IOException {
        MemoryDirectory at = root;
        for (Name name : LayerPath.of(path).parent().names()) {
            if (at.child(name) == null) {
                at.put(name, MemoryDirectory.of(PLAIN));
            }
            at = (MemoryDirectory) at.child(name);
        }
        root.put(LayerPath.of(path), entry);
    }

    private Entry empty(Attributes attributes) {
        return new Entry.RegularFile(attributes, ++inodes, new BlobSlice(blobs.get(0), 0, 0));
    }

    private void names() throws IOException {
        for (String name : List.of("!a", "!", "-", ".a", "...", "..a", ".-", "0", "~")) {
            put("order/" + name, empty(PLAIN));
        }
        for (int i = 0; i < 3000; i++) {
            put("many/file-" + i, empty(PLAIN));
        }
        put("n".repeat(255) + "/" + "m".repeat(255) + "/x", empty(PLAIN));
        MemoryDirectory bytes = MemoryDirectory.of(PLAIN);
        for (int b = 1; b < 256; b++) {
            if (b != '/') {
                bytes.put(Name.of(new byte[] {'b', (byte) b}), empty(PLAIN));
            }
        }
        root.put(Name.of(new byte[] {(byte) 0xff, (byte) 0xfe}), bytes);
        // blocks that names fill to the last byte: 17 entries of 12 + 18 bytes are 510, with one of 20 they are 512
        for (int i = 10; i < 100; i++) {
            put("full/" + (i % 17 == 0 ? "filling-the-block-" : "filling-a-block-") + i, empty(PLAIN));
        }
        MemoryDirectory at = root;
        for (int depth = 0; depth < 60; depth++) {
            MemoryDirectory below = MemoryDirectory.of(PLAIN);
            at.put(Name.of("deep" + depth), below);
            at = below;
        }
    }

    private void attributes() throws IOException {
        Instant[] times = {
            Instant.EPOCH,
            Instant.ofEpochSecond(-1, 999_999_999),
            Instant.ofEpochSecond(Integer.MIN_VALUE * 2L, 1),
            Instant.ofEpochSecond(0xFFFFFFFFL * 4, 5),
        };
        int[] owners = {0, 1, 65535, 65536, Integer.MAX_VALUE, -2};
        for (Instant time : times) {
            for (int owner : owners) {
                put(
                        "attributes/" + time.getEpochSecond() + "/" + (owner & 0xFFFFFFFFL),
                        empty(new Attributes(07777, owner, owners[owners.length - 1] - owner, time, Xattrs.NONE)));
            }
        }
    }

    private void xattrs() throws IOException {
        Map<String, byte[]> all = new HashMap<>();
        all.put("user.empty", new byte[0]);
        all.put("user." + "n".repeat(250), "v".getBytes(StandardCharsets.UTF_8));
        all.put("user.binary", new byte[] {0, 1, (byte) 0xff, 0});
        all.put("security.capability", HexFormat.of().parseHex("0100000200200000000000000000000000000000"));
        all.put("trusted.overlay.opaque", new byte[] {'y'});
        all.put("trusted.overlay.overlay.opaque", new byte[] {'x'});
        all.put("trusted.layerfs.link", new byte[] {'z'});
        all.put("trusted.t", new byte[3000]);
        all.put("system.posix_acl_access", ACL);
        all.put("com.example.unknown", new byte[] {1});
        put("xattrs/file", empty(new Attributes(0670, 0, 0, Instant.EPOCH, Xattrs.of(all))));
        all.put("system.posix_acl_default", ACL);
        root.put(
                LayerPath.of("xattrs/directory"),
                MemoryDirectory.of(new Attributes(0670, 0, 0, Instant.ofEpochSecond(9), Xattrs.of(all))));
        put("xattrs/directory/x", empty(PLAIN));
        Map<String, byte[]> large = Map.of("user.large", new byte[65_535], "user.more", new byte[50_000]);
        put("xattrs/large", empty(new Attributes(0600, 0, 0, Instant.EPOCH, Xattrs.of(large))));
    }

    private void files() throws IOException {
        for (int length : List.of(1, 2, 255, 256, 480, 511, 512, 513, 1024, 4095)) {
            put("symlinks/" + length, new Entry.Symlink(PLAIN, ++inodes, "t".repeat(length)));
        }
        put("symlinks/bytes", new Entry.Symlink(PLAIN, ++inodes, "a\udcff b\u00e9"));
        int[][] devices = {{0, 1}, {1, 0}, {5, 255}, {5, 256}, {4095, 0xfffff}, {259, 1 << 19}};
        for (int[] d : devices) {
            put(
                    "devices/c" + d[0] + "-" + d[1],
                    new Entry.Special(PLAIN, ++inodes, FileType.CHARACTER_DEVICE, d[0], d[1]));
            put("devices/b" + d[0] + "-" + d[1], new Entry.Special(PLAIN, ++inodes, FileType.BLOCK_DEVICE, d[0], d[1]));
        }
        put("devices/b0-0", new Entry.Special(PLAIN, ++inodes, FileType.BLOCK_DEVICE, 0, 0));
        put("devices/fifo", new Entry.Special(PLAIN, ++inodes, FileType.FIFO, 0, 0));
        put("devices/socket", new Entry.Special(PLAIN, ++inodes, FileType.SOCKET, 0, 0));
        for (int size : List.of(1, 511, 512, 513, 4096, 19_968)) {
            for (Blob blob : blobs) {
                put(
                        "files/" + size + "-" + blobs.indexOf(blob),
                        new Entry.RegularFile(PLAIN, ++inodes, new BlobSlice(blob, 512, size)));
            }
        }
        Attributes other = new Attributes(0600, 1, 1, Instant.ofEpochSecond(77), Xattrs.NONE);
        for (Attributes attributes : List.of(PLAIN, other)) {
            Entry file = new Entry.RegularFile(attributes, ++inodes, new BlobSlice(blobs.get(0), 1024, 300));
            for (int i = 0; i < 5; i++) {
                put("links/" + i + "/" + attributes.uid() + "-" + i, file);
            }
        }
    }

    private void sparse() throws IOException {
        Blob blob = blobs.get(blobs.size() - 1);
        put("sparse/hole", sparse(blob, 1 << 20));
        put("sparse/aligned", sparse(blob, 1 << 20, 4096, 4096, 512, 65536, 8192, 4608));
        put("sparse/odd", sparse(blob, 1 << 20, 1, 100, 512, 4000, 777, 612));
        put("sparse/end", sparse(blob, (1 << 20) + 100, 1 << 20, 100, 512));
        put("sparse/whole", sparse(blob, 5000, 0, 5000, 512));
        put("sparse/touching", sparse(blob, 3000, 0, 1000, 512, 1000, 1000, 1512));
        put("sparse/misplaced", sparse(blob, 8192, 0, 4096, 700));
    }

    private Entry sparse(Blob blob, long size, long... extents) {
        SparseSlice.Extent[] list = new SparseSlice.Extent[extents.length / 3];
        for (int i = 0; i < list.length; i++) {
            list[i] = new SparseSlice.Extent(extents[i * 3], extents[i * 3 + 1], extents[i * 3 + 2]);
        }
        return new Entry.RegularFile(PLAIN, ++inodes, new SparseSlice(blob, List.of(list), size));
    }
}
