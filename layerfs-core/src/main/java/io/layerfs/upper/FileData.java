package io.layerfs.upper;

import io.layerfs.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a changed file: in memory while they are few; else blocks of {@value BlockSet#BLOCK} bytes in a scratch file,
 * and what is not there in the content that the file was made of.
 *
 * <p>It is changed in place only in the {@link Epoch} in which it was made; whoever changes it holds {@link #lockForWriting}
 * and does so in two steps, so that the journal can be written between: {@code stage} writes what nobody sees yet and may
 * fail, {@code apply} shows it. Reading is safe for many threads at any time.
 *
 * <p>A byte that is neither in a block nor before {@code baseLimit} in the base is zero. The scratch file has zeros where no
 * block is, and behind the file's end.
 */
final class FileData implements Content {

    /** Up to so many bytes are held in memory. */
    static final int SMALL = 32 << 10;

    /** The most that ext4 has in a file: 16 TiB less a block. */
    static final long MAX_SIZE = (1L << 44) - BlockSet.BLOCK;

    /** The blocks that a buffer can touch. */
    private static final long MAX_RUN = Integer.MAX_VALUE / BlockSet.BLOCK + 2;

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
    private final @Nullable Base base;
    private final int depth;
    private final StampedLock lock = new StampedLock();

    private long baseLimit;
    private volatile long size;
    private byte @Nullable [] small;
    private BlockSet blocks = new BlockSet();
    private @Nullable DataFile file;
    private boolean discarded;

    private FileData(DataArea area, Epoch epoch, long id, @Nullable Base base, int depth) {
        this.area = area;
        this.epoch = epoch;
        this.id = id;
        this.base = base;
        this.depth = depth;
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
            return ofBytes(area, epoch, area.newId(), bytes(content));
        }
        return over(area, epoch, area.newId(), new Base(content, inode), content.size(), content.size());
    }

    /** A file that is like its base up to {@code baseLimit}, zeros behind that, and has {@code size} bytes. */
    static FileData over(DataArea area, Epoch epoch, long id, @Nullable Base base, long baseLimit, long size) {
        int depth = base != null && base.content instanceof FileData below ? below.depth + 1 : 0;
        FileData data = new FileData(area, epoch, id, base, depth);
        data.baseLimit = baseLimit;
        data.size = size;
        return data;
    }

    private static byte[] bytes(Content content) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) content.size());
        content.read(0, bytes);
        return bytes.array();
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
            data.blocks.forEachRun((first, count) -> changed.add(first, first + count));
            limit = Math.min(limit, data.baseLimit);
            bottom = data.base;
            data = bottom != null && bottom.content instanceof FileData below ? below : null;
        }
        FileData flat = over(newArea, newEpoch, newArea.newId(), bottom, limit, size);
        changed.removeFrom((size + BlockSet.BLOCK - 1) / BlockSet.BLOCK);
        ByteBuffer buffer = ByteBuffer.allocate(64 * BlockSet.BLOCK);
        changed.forEachRun((first, count) -> {
            long end = Math.min((first + count) * BlockSet.BLOCK, size);
            for (long at = first * BlockSet.BLOCK; at < end; at += buffer.limit()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
                read(at, buffer);
                flat.file().write(at, buffer.flip());
            }
        });
        changed.forEachRun((first, count) -> flat.blocks.add(first, first + count));
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
        return base;
    }

    long baseLimit() {
        return baseLimit;
    }

    /** The bytes, where they are held in memory; not a copy. */
    byte @Nullable [] small() {
        return small;
    }

    BlockSet blocks() {
        return blocks;
    }

    /** How much of a quota it takes. */
    long allocated() {
        byte[] bytes = small;
        if (bytes != null) {
            return size;
        }
        long below = base != null && base.content instanceof FileData data ? data.allocated() : 0;
        return below + blocks.count() * BlockSet.BLOCK;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        long stamp = lock.readLock();
        try {
            requireKept();
            if (position >= size) {
                return target.hasRemaining() ? -1 : 0;
            }
            int count = (int) Math.min(target.remaining(), size - position);
            if (small != null) {
                target.put(small, (int) position, count);
            } else {
                readBlocks(position, target, count);
            }
            return count;
        } finally {
            lock.unlockRead(stamp);
        }
    }

    private void readBlocks(long position, ByteBuffer target, int count) throws IOException {
        int limit = target.limit();
        long end = position + count;
        try {
            for (long at = position; at < end; ) {
                long block = at / BlockSet.BLOCK;
                long runEnd = blocks.runEnd(block, (end + BlockSet.BLOCK - 1) / BlockSet.BLOCK) * BlockSet.BLOCK;
                int n = (int) (Math.min(runEnd, end) - at);
                target.limit(target.position() + n);
                if (blocks.contains(block)) {
                    file().read(at, target);
                } else {
                    readBase(at, target);
                }
                at += n;
            }
        } finally {
            target.limit(limit);
        }
    }

    @Override
    public long nextData(long position) throws IOException {
        long stamp = lock.readLock();
        try {
            requireKept();
            for (long at = position; small == null && at < size; ) {
                long block = at / BlockSet.BLOCK;
                if (blocks.contains(block)) {
                    return at;
                }
                long end = regionEnd(block);
                long below = base == null || at >= baseLimit ? end : base.content.nextData(at);
                if (below < Math.min(end, baseLimit)) {
                    return below;
                }
                at = end;
            }
            return small == null ? size : Math.min(position, size);
        } finally {
            lock.unlockRead(stamp);
        }
    }

    @Override
    public long dataEnd(long position) throws IOException {
        long stamp = lock.readLock();
        try {
            requireKept();
            if (small != null) {
                return size;
            }
            long block = position / BlockSet.BLOCK;
            long end = regionEnd(block);
            boolean below = !blocks.contains(block) && base != null && position < baseLimit;
            return below ? Math.min(end, Math.min(baseLimit, base.content.dataEnd(position))) : end;
        } finally {
            lock.unlockRead(stamp);
        }
    }

    /** Where the blocks end, within the size, that are from {@code block} on all there, or all not. */
    private long regionEnd(long block) {
        return Math.min(size, blocks.runEnd(block, (size + BlockSet.BLOCK - 1) / BlockSet.BLOCK) * BlockSet.BLOCK);
    }

    private void readBase(long position, ByteBuffer target) throws IOException {
        long there = Math.min(target.remaining(), baseLimit - position);
        if (base != null && there > 0) {
            int limit = target.limit();
            target.limit(target.position() + (int) there);
            base.content.read(position, target);
            if (target.hasRemaining()) {
                throw new IOException("the content below a changed file ends " + target.remaining()
                        + " bytes before its size, at " + baseLimit);
            }
            target.limit(limit);
        }
        Zeros.put(target, target.remaining());
    }

    private synchronized DataFile file() {
        DataFile known = file;
        if (known == null) {
            known = area.newFile(id);
            keep(known);
        }
        return known;
    }

    private void keep(DataFile kept) {
        file = kept;
        Epoch.CLEANER.register(this, kept::delete);
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
            file().write(0, ByteBuffer.wrap(small, 0, (int) size));
        }
    }

    void applySpill() {
        if (small != null) {
            epoch.charge(-small.length);
            small = null;
            blocks.add(0, (size + BlockSet.BLOCK - 1) / BlockSet.BLOCK);
        }
    }

    /** How much more of a quota the file takes when {@code count} bytes are written. */
    long growth(long position, int count) {
        if (small != null) {
            return Math.max(0, position + count - size);
        }
        long end = position + count;
        return blocks.missing(position / BlockSet.BLOCK, (end + BlockSet.BLOCK - 1) / BlockSet.BLOCK) * BlockSet.BLOCK;
    }

    /** Whether a write would change blocks that count already: then a crash in the middle of it would show. */
    boolean overwrites(long position, int count) {
        long end = position + count;
        long last = (end + BlockSet.BLOCK - 1) / BlockSet.BLOCK;
        return small == null && blocks.missing(position / BlockSet.BLOCK, last) < last - position / BlockSet.BLOCK;
    }

    /** Writes what of {@code source}, which keeps its position, goes to blocks of the scratch file that do not count yet. */
    void stageWrite(long position, ByteBuffer source) throws IOException {
        requireKept();
        if (small == null) {
            write(position, source, false);
        }
    }

    /** Writes what goes to blocks that count already; before {@link #applyWrite}, whether it fails or not. */
    void overwrite(long position, ByteBuffer source) throws IOException {
        if (small == null) {
            write(position, source, true);
        }
    }

    private void write(long position, ByteBuffer source, boolean present) throws IOException {
        IOException failure = null;
        long end = position + source.remaining();
        long limit = (end + BlockSet.BLOCK - 1) / BlockSet.BLOCK;
        for (long block = position / BlockSet.BLOCK; block < limit; ) {
            long runEnd = blocks.runEnd(block, limit);
            if (blocks.contains(block) == present) {
                long from = Math.max(position, block * BlockSet.BLOCK);
                long to = Math.min(end, runEnd * BlockSet.BLOCK);
                if (!present) {
                    fill(block, from, to);
                    if (runEnd - 1 > block) {
                        fill(runEnd - 1, from, to);
                    }
                }
                ByteBuffer part = source.duplicate();
                part.position(source.position() + (int) (from - position));
                part.limit(source.position() + (int) (to - position));
                try {
                    if (present) {
                        file().overwrite(from, part);
                    } else {
                        file().write(from, part);
                    }
                } catch (IOException e) {
                    if (!present) {
                        throw e;
                    }
                    failure = e;
                }
            }
            block = runEnd;
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Copies what a block shows up, where only a part of it is to be written. */
    private void fill(long block, long from, long to) throws IOException {
        long start = block * BlockSet.BLOCK;
        long end = Math.min(start + BlockSet.BLOCK, size);
        boolean covered = from <= start && to >= end;
        if (!covered && start < end && !blocks.contains(block)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) (end - start));
            readBase(start, bytes);
            file().write(start, bytes.flip());
        }
    }

    /** Takes back what was staged: what is behind the file's end in the scratch file are zeros again. */
    void unstage() throws IOException {
        if (small == null && file != null) {
            file.truncate(size);
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
            blocks.add(position / BlockSet.BLOCK, (end + BlockSet.BLOCK - 1) / BlockSet.BLOCK);
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
        if (small != null) {
            byte[] cut = Arrays.copyOf(Arrays.copyOf(small, (int) Math.min(size, newSize)), (int) newSize);
            epoch.charge(cut.length - small.length);
            small = cut;
            size = newSize;
            return;
        }
        long before = size;
        showSize(newSize);
        if (newSize < before && file != null) {
            file.cut(newSize);
        }
    }

    /** Cuts or extends what is not in memory, without its scratch file. */
    private void showSize(long newSize) {
        if (newSize < size) {
            blocks.removeFrom((newSize + BlockSet.BLOCK - 1) / BlockSet.BLOCK);
            baseLimit = Math.min(baseLimit, newSize);
        }
        size = newSize;
    }

    /** As a journal tells, which may tell anything: bytes in memory. */
    void replayWrite(int position, ByteBuffer source) {
        requireSize(position + (long) source.remaining());
        applyWrite(position, source);
    }

    private void requireSize(long bytes) {
        long most = small == null ? MAX_SIZE : SMALL;
        if (bytes < 0 || bytes > most) {
            throw new IllegalStateException("data " + id + " of " + bytes + " bytes, where there can be " + most);
        }
    }

    /** As a journal tells: blocks of the scratch file count, as many as one write can have. */
    void replayBlocks(long first, long end, long newSize) {
        requireSize(newSize);
        if (first < 0 || first > end || end - first > MAX_RUN || end > MAX_SIZE / BlockSet.BLOCK) {
            throw new IllegalStateException("blocks " + first + " to " + end + " in one write of data " + id);
        }
        blocks.add(first, end);
        size = newSize;
    }

    /** As a journal tells: it was cut or extended. The scratch file is as it became later. */
    void replaySize(long newSize) throws IOException {
        requireSize(newSize);
        if (small != null) {
            applyTruncate(newSize);
        } else {
            showSize(newSize);
        }
    }

    /** After a replay: uses the scratch file that is there, without what a crash left behind the file's end. */
    void restore() throws IOException {
        if (small == null && blocks.count() > 0) {
            DataFile found = area.knownFile(id);
            keep(found);
            found.truncate(size);
        }
    }

    /** After {@link #restore}: does again what a crash may have cut short. */
    void redo(long position, byte[] bytes) throws IOException {
        if (small == null) {
            file().write(position, ByteBuffer.wrap(bytes));
        }
    }

    /** Returns when what was written survives a crash of the machine. */
    void force() throws IOException {
        DataFile written = file;
        if (written != null) {
            written.force();
        }
    }

    /** Gives its memory and its scratch file back; what still reads it fails. For data that nothing shares. */
    void discard() {
        long stamp = lock.writeLock();
        try {
            if (!discarded) {
                discarded = true;
                if (small != null) {
                    epoch.charge(-small.length);
                }
                small = null;
                blocks = new BlockSet();
                if (file != null) {
                    file.delete();
                }
            }
        } finally {
            lock.unlockWrite(stamp);
        }
    }
}
