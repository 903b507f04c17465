package io.layerfs.upper;

import io.layerfs.Content;
import io.layerfs.blob.MappedCopy;
import io.layerfs.lock.LockOrder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a changed file: in memory while they are few, else {@link DataBlocks}.
 *
 * <p>It is changed in place only in the {@link Epoch} in which it was made; whoever changes it holds {@link #lockForWriting}
 * and does so in two steps, so that the journal can be written between: {@code stage} writes what nobody sees yet and may
 * fail, {@code apply} shows it. Reading is safe for many threads at any time.
 */
final class FileData implements Content {

    /** Up to so many bytes are held in memory. */
    static final int SMALL = 32 << 10;

    /** The most that ext4 has in a file: 16 TiB less a block. */
    static final long MAX_SIZE = (1L << 44) - BlockSet.BLOCK;

    /** What {@link #tryRead} answers of data that was given back. */
    static final int GONE = -2;

    /** So many times a file's data may be derived from data before what was changed is copied. */
    private static final int MAX_DEPTH = 8;

    /**
     * What a file was before it was changed.
     *
     * @param inode its number in the view below, where it comes from there
     */
    record Base(Content content, long inode) {}

    private final DataArea area;
    private final Epoch epoch;
    private final long id;
    private final int depth;
    private final StampedLock lock = LockOrder.FILE_DATA.newStampedLock();
    private final DataBlocks blocks;

    private volatile long size;
    private byte @Nullable [] small;
    private boolean discarded;

    private FileData(DataArea area, Epoch epoch, long id, @Nullable Base base, long baseLimit) {
        this.area = area;
        this.epoch = epoch;
        this.id = id;
        this.depth = base != null && base.content instanceof FileData below ? below.depth + 1 : 0;
        this.blocks = new DataBlocks(area, id, base, baseLimit);
    }

    /** No bytes. */
    static FileData empty(DataArea area, Epoch epoch) {
        return ofBytes(area, epoch, area.newId(), new byte[0]);
    }

    /** These bytes, held in memory; not copied. */
    static FileData ofBytes(DataArea area, Epoch epoch, long id, byte[] bytes) {
        FileData data = new FileData(area, epoch, id, null, 0);
        data.small = bytes;
        data.size = bytes.length;
        epoch.charge(bytes.length);
        return data;
    }

    /** The content of a file of the view below, ready to be changed. */
    static FileData of(DataArea area, Epoch epoch, Content content, long inode) throws IOException {
        if (content.size() <= SMALL && area.hasMemory(content.size())) {
            ByteBuffer bytes = ByteBuffer.allocate((int) content.size());
            content.read(0, bytes);
            return ofBytes(area, epoch, area.newId(), bytes.array());
        }
        return over(area, epoch, area.newId(), new Base(content, inode), content.size(), content.size());
    }

    /** A file that is like its base up to {@code baseLimit}, zeros behind that, and has {@code size} bytes. */
    static FileData over(DataArea area, Epoch epoch, long id, @Nullable Base base, long baseLimit, long size) {
        FileData data = new FileData(area, epoch, id, base, baseLimit);
        data.size = size;
        return data;
    }

    /** The same bytes, to be changed in another epoch. This one is not changed any more. */
    FileData derive(DataArea newArea, Epoch newEpoch) throws IOException {
        long stamp = lock.readLock();
        try {
            requireKept();
            if (small != null) {
                byte[] own = Arrays.copyOf(small, (int) size); // there may be room behind the end
                return ofBytes(newArea, newEpoch, newArea.newId(), own);
            }
            if (depth < MAX_DEPTH) {
                return over(newArea, newEpoch, newArea.newId(), new Base(this, 0), size, size);
            }
        } finally {
            lock.unlockRead(stamp);
        }
        return flattened(newArea, newEpoch);
    }

    /** The same bytes over the same content of the view below, with all blocks that were changed on the way. */
    private FileData flattened(DataArea newArea, Epoch newEpoch) throws IOException {
        BlockSet changed = new BlockSet();
        long limit = Long.MAX_VALUE;
        Base bottom = null;
        for (FileData data = this; data != null; ) {
            data.blocks.present().forEachRun((first, count) -> changed.add(first, first + count));
            limit = Math.min(limit, data.blocks.limit());
            bottom = data.base();
            data = bottom != null && bottom.content instanceof FileData below ? below : null;
        }
        FileData flat = over(newArea, newEpoch, newArea.newId(), bottom, limit, size);
        changed.removeFrom(DataBlocks.count(size));
        ByteBuffer buffer = ByteBuffer.allocate(64 * BlockSet.BLOCK);
        changed.forEachRun((first, count) -> {
            long end = Math.min((first + count) * BlockSet.BLOCK, size);
            for (long at = first * BlockSet.BLOCK; at < end; at += buffer.limit()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
                read(at, buffer);
                flat.blocks.file().write(at, buffer.flip());
            }
        });
        changed.forEachRun((first, count) -> flat.blocks.present().add(first, first + count));
        if (newArea.isDurable()) {
            flat.force(); // what it was may be forced, and given up when the journal tells of this
        }
        return flat;
    }

    long id() {
        return id;
    }

    Epoch epoch() {
        return epoch;
    }

    @Nullable
    Base base() {
        return blocks.base();
    }

    /** The data that this was made of; null where that is none, or content of the view below. */
    @Nullable
    FileData madeOf() {
        Base base = base();
        return base != null && base.content instanceof FileData below ? below : null;
    }

    /** The bytes, where they are held in memory; not a copy. */
    byte @Nullable [] small() {
        return small;
    }

    DataBlocks blocks() {
        return blocks;
    }

    /** How much of a quota it takes. */
    long allocated() {
        byte[] bytes = small;
        if (bytes != null) {
            return size;
        }
        FileData below = madeOf();
        return (below == null ? 0 : below.allocated()) + blocks.present().count() * BlockSet.BLOCK;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        int count = tryRead(position, target);
        if (count == GONE) {
            throw Errors.stale();
        }
        return count;
    }

    /** As {@link #read}; {@link #GONE} where the file has other data since. */
    int tryRead(long position, ByteBuffer target) throws IOException {
        long stamp = lock.readLock();
        try {
            if (discarded) {
                return GONE;
            }
            if (position >= size) {
                return target.hasRemaining() ? -1 : 0;
            }
            int count = (int) Math.min(target.remaining(), size - position);
            if (small != null) {
                target.put(small, (int) position, count);
            } else {
                blocks.read(position, target, count);
            }
            return count;
        } finally {
            lock.unlockRead(stamp);
        }
    }

    @Override
    public MappedByteBuffer map(FileChannel.MapMode mode, long position, long bytes) throws IOException {
        MappedByteBuffer mapped = mode == FileChannel.MapMode.READ_ONLY ? mapScratch(position, bytes) : null;
        return mapped == null ? MappedCopy.of(this, mode, position, bytes) : mapped;
    }

    private @Nullable MappedByteBuffer mapScratch(long position, long bytes) throws IOException {
        long stamp = lock.readLock();
        try {
            requireKept();
            return small == null && position + bytes <= size ? blocks.map(position, bytes) : null;
        } finally {
            lock.unlockRead(stamp);
        }
    }

    @Override
    public long nextData(long position) throws IOException {
        long stamp = lock.readLock();
        try {
            requireKept();
            return small == null ? blocks.nextData(position, size) : Math.min(position, size);
        } finally {
            lock.unlockRead(stamp);
        }
    }

    @Override
    public long dataEnd(long position) throws IOException {
        long stamp = lock.readLock();
        try {
            requireKept();
            return small == null ? blocks.dataEnd(position, size) : size;
        } finally {
            lock.unlockRead(stamp);
        }
    }

    private void requireKept() throws IOException {
        if (discarded) {
            throw Errors.stale();
        }
    }

    long lockForWriting() {
        return lock.writeLock();
    }

    void unlock(long stamp) {
        lock.unlockWrite(stamp);
    }

    /** Whether a file of that size can stay in memory. */
    boolean staysSmall(long newSize) {
        byte[] bytes = small;
        return bytes != null && newSize <= SMALL && area.hasMemory(Math.max(0, newSize - bytes.length));
    }

    boolean isSmall() {
        return small != null;
    }

    /** Writes what is in memory to the scratch file; {@link #applySpill} has it read from there. */
    void stageSpill() throws IOException {
        requireKept();
        if (small != null) {
            blocks.file().write(0, ByteBuffer.wrap(small, 0, (int) size));
        }
    }

    void applySpill() {
        if (small != null) {
            epoch.charge(-small.length);
            small = null;
            blocks.present().add(0, DataBlocks.count(size));
        }
    }

    /** How much more of a quota the file takes when {@code count} bytes are written. */
    long growth(long position, int count) {
        return small != null ? Math.max(0, position + count - size) : blocks.growth(position, count);
    }

    /** Whether a write would change blocks that count already: then a crash in the middle of it would show. */
    boolean overwrites(long position, int count) {
        return small == null && blocks.overwrites(position, count);
    }

    /** Writes what of {@code source}, which keeps its position, goes to blocks of the scratch file that do not count yet. */
    void stageWrite(long position, ByteBuffer source) throws IOException {
        requireKept();
        if (small == null) {
            blocks.stage(position, source, size);
        }
    }

    /** Writes what goes to blocks that count already; before {@link #applyWrite}, whether it fails or not. */
    void overwrite(long position, ByteBuffer source) throws IOException {
        if (small == null) {
            blocks.overwrite(position, source);
        }
    }

    /** Takes back what was staged. */
    void unstage() throws IOException {
        if (small == null) {
            blocks.unstage(size);
        }
    }

    /** Shows what was staged; {@code source} is used up. */
    void applyWrite(long position, ByteBuffer source) {
        long end = position + source.remaining();
        if (!source.hasRemaining()) {
            return;
        }
        byte[] bytes = small;
        if (bytes == null) {
            blocks.present().add(position / BlockSet.BLOCK, DataBlocks.count(end));
            source.position(source.limit());
        } else {
            bytes = grown(bytes, (int) Math.max(end, size));
            source.get(bytes, (int) position, source.remaining());
        }
        size = Math.max(size, end);
    }

    private byte[] grown(byte[] bytes, int wanted) {
        if (wanted <= bytes.length) {
            return bytes;
        }
        int length = size == 0 ? wanted : Math.min(SMALL, Math.max(wanted, bytes.length * 2));
        byte[] grown = Arrays.copyOf(bytes, length);
        epoch.charge(length - bytes.length);
        small = grown;
        return grown;
    }

    /** Cuts or extends it. */
    void applyTruncate(long newSize) throws IOException {
        long before = size;
        showSize(newSize);
        if (small == null && newSize < before) {
            blocks.cut(newSize);
        }
    }

    /** Cuts or extends it, but for its scratch file. */
    void showSize(long newSize) {
        byte[] bytes = small;
        if (bytes != null) {
            byte[] cut = Arrays.copyOf(Arrays.copyOf(bytes, (int) Math.min(size, newSize)), (int) newSize);
            epoch.charge(cut.length - bytes.length);
            small = cut;
        } else if (newSize < size) {
            blocks.showCut(newSize);
        }
        size = newSize;
    }

    /** Returns when what was written, to what it was made of, too, survives a crash of the machine. */
    void force() throws IOException {
        for (FileData data = this; data != null; data = data.madeOf()) {
            data.blocks.force();
        }
    }

    /** Gives its memory and its scratch file back; what still reads it fails. For data that nothing shares; idempotent. */
    void discard() {
        long stamp = lock.writeLock();
        try {
            if (!discarded) {
                discarded = true;
                if (small != null) {
                    epoch.charge(-small.length);
                }
                small = null;
                blocks.discard();
            }
        } finally {
            lock.unlockWrite(stamp);
        }
    }
}
