package io.layerfs.upper;

import io.layerfs.Name;
import io.layerfs.Utf8;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one operation did to a tree and to the data of files, as bytes for the journal: read by {@link Replay}. An operation's
 * edits are one record there, so that it is replayed wholly or not at all.
 */
final class Edits {

    static final byte NODE = 1;
    static final byte NAME = 2;
    static final byte DATA = 3;
    static final byte BYTES = 4;
    static final byte BLOCKS = 5;
    static final byte SPILL = 6;
    static final byte SIZE = 7;
    static final byte NEXT = 8;
    static final byte OVERWRITE = 9;
    static final byte FORCED = 10;

    /** What a file's data is made of. */
    static final byte NO_BASE = 0;

    static final byte LOWER_BASE = 1;
    static final byte DATA_BASE = 2;

    private final RecordBytes out = new RecordBytes();
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    private void start(byte kind) {
        count++;
        out.writeByte(kind);
    }

    /** The inode {@code inode} is this from now on; the names of a directory stay as they are. */
    void node(long inode, Node node) {
        start(NODE);
        out.writeLong(inode);
        out.writeShort(node.type().bits());
        meta(node.meta());
        out.writeInt(node.links());
        if (node instanceof Node.Directory directory) {
            out.writeLong(directory.parent());
            out.writeBoolean(directory.merged());
        } else if (node instanceof Node.File file) {
            origin(file.origin());
            if (file instanceof Node.Regular regular) {
                FileData data = regular.data();
                out.writeLong(data == null ? 0 : data.id());
            } else if (file instanceof Node.Symlink link) {
                bytes(Utf8.encode(link.target()));
            } else if (file instanceof Node.Special special) {
                out.writeInt(special.major());
                out.writeInt(special.minor());
            }
        }
    }

    private void meta(Meta meta) {
        out.writeShort(meta.mode());
        out.writeInt(meta.uid());
        out.writeInt(meta.gid());
        time(meta.atime());
        time(meta.mtime());
        time(meta.ctime());
        Xattrs xattrs = meta.xattrs();
        out.writeInt(xattrs.names().size());
        for (String name : xattrs.names()) {
            bytes(Utf8.encode(name));
            bytes(Objects.requireNonNull(xattrs.get(name)));
        }
    }

    private void time(Instant time) {
        out.writeLong(time.getEpochSecond());
        out.writeInt(time.getNano());
    }

    private void origin(Node.@Nullable Origin origin) {
        out.writeBoolean(origin != null);
        if (origin != null) {
            out.writeLong(origin.directory());
            bytes(origin.name().toBytes());
        }
    }

    private void bytes(byte[] bytes) {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** In {@code directory}, {@code name} stands for {@code inode}, is a whiteout, or is as it is below. */
    void name(long directory, Name name, long inode) {
        start(NAME);
        out.writeLong(directory);
        bytes(name.toBytes());
        out.writeLong(inode);
    }

    /** There is data of this number, with all that is in it. */
    void data(FileData data) throws IOException {
        start(DATA);
        out.writeLong(data.id());
        FileData.Base base = data.base();
        if (base == null) {
            out.writeByte(NO_BASE);
            out.writeLong(0);
        } else if (base.content() instanceof FileData below) {
            out.writeByte(DATA_BASE);
            out.writeLong(below.id());
        } else {
            out.writeByte(LOWER_BASE);
            out.writeLong(base.inode());
        }
        out.writeLong(data.blocks().limit());
        out.writeLong(data.size());
        byte[] small = data.small();
        out.writeBoolean(small != null);
        if (small != null) {
            out.writeInt((int) data.size());
            out.write(small, 0, (int) data.size());
        } else {
            data.blocks().present().forEachRun((first, count) -> blocks(data, first, first + count, data.size()));
        }
    }

    /** Data in memory was written. */
    void bytes(FileData data, long position, ByteBuffer source) {
        start(BYTES);
        out.writeLong(data.id());
        out.writeInt((int) position);
        byte[] copy = new byte[source.remaining()];
        source.duplicate().get(copy);
        bytes(copy);
    }

    /** Blocks of the scratch file count from now on, {@code end} exclusive. */
    void blocks(FileData data, long first, long end, long size) {
        start(BLOCKS);
        out.writeLong(data.id());
        out.writeLong(first);
        out.writeLong(end);
        out.writeLong(size);
    }

    /** Blocks that count are being written, or such as hold other bytes too: what is done again if a crash comes between. */
    void overwrite(FileData data, long position, ByteBuffer source) {
        start(OVERWRITE);
        out.writeLong(data.id());
        out.writeLong(position);
        byte[] copy = new byte[source.remaining()];
        source.duplicate().get(copy);
        bytes(copy);
    }

    /** All that was said before is on the disk, and what the scratch files have of it. */
    void forced() {
        start(FORCED);
    }

    /** Data in memory is in the scratch file from now on. */
    void spill(FileData data) {
        start(SPILL);
        out.writeLong(data.id());
    }

    /** Data was cut or extended. */
    void size(FileData data, long size) {
        start(SIZE);
        out.writeLong(data.id());
        out.writeLong(size);
    }

    /** New inodes have numbers from {@code number} on. */
    void next(long number) {
        start(NEXT);
        out.writeLong(number);
    }
}
