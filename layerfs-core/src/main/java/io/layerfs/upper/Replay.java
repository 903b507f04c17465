package io.layerfs.upper;

import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Utf8;
import io.layerfs.View;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a tree of what {@link Edits} wrote into a journal. */
final class Replay {

    private final DataArea area;
    private final Epoch epoch;
    private final Map<Long, FileData> data = new HashMap<>();
    private final Map<FileData, List<Overwrite>> unforced = new HashMap<>();
    private boolean isForced = true;
    private Tree tree;

    /** A write of blocks that counted already, or of such as held other bytes too; a crash may have left it out. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Overwrite(long position, byte[] bytes) {}

    Replay(View lower, DataArea area, Epoch epoch) {
        this.tree = Tree.over(lower);
        this.area = area;
        this.epoch = epoch;
    }

    /** Does what one operation did. */
    void apply(byte[] record) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(record);
        try {
            while (in.hasRemaining()) {
                edit(in);
            }
        } catch (IllegalStateException
                | IllegalArgumentException
                | IndexOutOfBoundsException
                | BufferUnderflowException
                | ArithmeticException
                | DateTimeException e) {
            throw new IOException("a record of the journal, whose checksum is right, cannot be understood", e);
        }
    }

    private void edit(ByteBuffer in) throws IOException {
        byte kind = in.get();
        isForced = kind == Edits.FORCED;
        switch (kind) {
            case Edits.NODE -> node(in);
            case Edits.NAME -> name(in);
            case Edits.DATA -> data(in);
            case Edits.BYTES -> {
                FileData written = find(in.getLong());
                int position = in.getInt();
                DataReplay.write(written, position, ByteBuffer.wrap(bytes(in)));
            }
            case Edits.BLOCKS -> DataReplay.blocks(changed(in.getLong()), in.getLong(), in.getLong(), in.getLong());
            case Edits.SPILL -> spill(changed(in.getLong()));
            case Edits.SIZE -> size(changed(in.getLong()), in.getLong());
            case Edits.OVERWRITE -> redo(changed(in.getLong()), in.getLong(), bytes(in));
            case Edits.NEXT -> tree = tree.withNext(in.getLong());
            case Edits.FORCED -> unforced.clear();
            default -> throw new IllegalStateException("an edit of kind " + kind);
        }
    }

    /** Data whose scratch file is changed: the disk need not have that. */
    private FileData changed(long id) {
        FileData found = find(id);
        unforced.computeIfAbsent(found, d -> new ArrayList<>());
        return found;
    }

    private void redo(FileData written, long position, byte[] bytes) {
        List<Overwrite> known = unforced.get(written);
        if (known != null) {
            known.add(new Overwrite(position, bytes));
        }
    }

    private void spill(FileData spilled) {
        byte[] bytes = spilled.small();
        if (bytes != null) {
            redo(spilled, 0, Arrays.copyOf(bytes, (int) spilled.size()));
        }
        spilled.applySpill();
    }

    /** What is cut off does not come back, and is zeros where the file grows again. */
    private void size(FileData cut, long size) {
        long before = cut.size();
        DataReplay.size(cut, size);
        List<Overwrite> known = unforced.get(cut);
        if (known == null || size >= before || cut.isSmall()) {
            return;
        }
        known.removeIf(write -> write.position >= size);
        known.replaceAll(write -> write.position + write.bytes.length <= size
                ? write
                : new Overwrite(write.position, Arrays.copyOf(write.bytes, (int) (size - write.position))));
        long rest = DataBlocks.count(size) * BlockSet.BLOCK - size;
        if (rest > 0 && cut.blocks().present().contains(size / BlockSet.BLOCK)) {
            known.add(new Overwrite(size, new byte[(int) rest]));
        }
    }

    /** Whether all that was read is on the disk, the scratch files too. */
    boolean isForced() {
        return isForced;
    }

    private FileData find(long id) {
        FileData found = data.get(id);
        if (found == null) {
            throw new IllegalStateException("data " + id + ", of which nothing was said");
        }
        return found;
    }

    private void node(ByteBuffer in) throws IOException {
        long inode = in.getLong();
        FileType type = FileType.ofMode(in.getShort() & FileType.MASK);
        Meta meta = meta(in);
        int links = in.getInt();
        if (type == FileType.DIRECTORY) {
            NameMap names = tree.nodes().get(inode) instanceof Node.Directory known ? known.names() : NameMap.EMPTY;
            long parent = in.getLong();
            tree = tree.with(inode, new Node.Directory(meta, links, parent, in.get() != 0, names));
        } else {
            tree = tree.with(inode, file(in, type, meta, links));
        }
    }

    private Node file(ByteBuffer in, FileType type, Meta meta, int links) {
        Node.Origin origin = in.get() != 0 ? new Node.Origin(in.getLong(), Name.of(bytes(in))) : null;
        return switch (type) {
            case REGULAR -> {
                long id = in.getLong();
                yield new Node.Regular(meta, links, origin, id == 0 ? null : find(id));
            }
            case SYMLINK -> new Node.Symlink(meta, links, origin, Utf8.decode(bytes(in)));
            default -> new Node.Special(meta, links, origin, type, in.getInt(), in.getInt());
        };
    }

    private static Meta meta(ByteBuffer in) {
        int mode = in.getShort();
        int uid = in.getInt();
        int gid = in.getInt();
        Instant atime = time(in);
        Instant mtime = time(in);
        Instant ctime = time(in);
        Map<String, byte[]> xattrs = new HashMap<>();
        for (int count = in.getInt(); count > 0; count--) {
            xattrs.put(Utf8.decode(bytes(in)), bytes(in));
        }
        return new Meta(mode, uid, gid, atime, mtime, ctime, Xattrs.of(xattrs));
    }

    private static Instant time(ByteBuffer in) {
        return Instant.ofEpochSecond(in.getLong(), in.getInt());
    }

    private static byte[] bytes(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalStateException(
                    "a length of " + length + " in a record of which " + in.remaining() + " bytes are left");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private void name(ByteBuffer in) {
        long number = in.getLong();
        Name name = Name.of(bytes(in));
        long child = in.getLong();
        if (!(tree.nodes().get(number) instanceof Node.Directory directory)) {
            throw new IllegalStateException("a name in inode " + number + ", which is no changed directory");
        }
        NameMap names = child == NameMap.NONE
                ? directory.names().remove(name)
                : directory.names().put(name, child);
        tree = tree.with(number, directory.withNames(names));
    }

    private void data(ByteBuffer in) throws IOException {
        long id = in.getLong();
        byte kind = in.get();
        long number = in.getLong();
        long baseLimit = in.getLong();
        long size = in.getLong();
        area.used(id);
        if (in.get() != 0) {
            data.put(id, FileData.ofBytes(area, epoch, id, bytes(in)));
            return;
        }
        FileData.Base base = switch (kind) {
            case Edits.NO_BASE -> null;
            case Edits.LOWER_BASE -> new FileData.Base(tree.lower().content(number), number);
            case Edits.DATA_BASE -> new FileData.Base(find(number), 0);
            default -> throw new IllegalStateException("a base of kind " + kind);
        };
        data.put(id, FileData.over(area, epoch, id, base, baseLimit, size));
    }

    /** What all of it made; inodes without names are forgotten, since nobody has them open any more. */
    Tree finish() throws IOException {
        Tree made = tree;
        made.nodes().forEach((inode, node) -> {
            if (node.links() == 0 && made.isNew(inode)) {
                tree = tree.without(inode);
            } else if (node.links() == 0 && node instanceof Node.Regular file) {
                tree = tree.with(inode, file.withData(null));
            }
        });
        for (FileData used : used(tree)) {
            List<Overwrite> again = unforced.get(used);
            DataReplay.restore(used, again == null);
            if (again != null) {
                for (Overwrite write : again) {
                    DataReplay.redo(used, write.position, write.bytes);
                }
            }
        }
        return tree;
    }

    /** The data of a tree, and what it is made of, that before this. */
    static Set<FileData> used(Tree tree) {
        Set<FileData> used = new LinkedHashSet<>();
        tree.nodes().forEach((inode, node) -> {
            if (node.links() > 0 && node instanceof Node.Regular file) {
                addWithBases(file.data(), used);
            }
        });
        return used;
    }

    /** How much of a quota a tree takes. */
    static long allocated(Tree tree) {
        long[] sum = new long[1];
        tree.nodes().forEach((inode, node) -> {
            if (node.links() > 0 && node instanceof Node.Regular file && file.data() != null) {
                sum[0] += file.data().allocated();
            }
        });
        return sum[0];
    }

    private static void addWithBases(@Nullable FileData file, Set<FileData> used) {
        if (file != null) {
            addWithBases(file.madeOf(), used);
            used.add(file);
        }
    }

    /** The numbers of the scratch files that a tree needs. */
    static Set<Long> scratchFiles(Tree tree) {
        Set<Long> ids = new HashSet<>();
        used(tree).forEach(file -> ids.add(file.id()));
        return ids;
    }
}
