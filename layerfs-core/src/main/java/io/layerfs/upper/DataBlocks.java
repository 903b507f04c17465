package io.layerfs.upper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of the data of a changed file is not in memory: blocks in a scratch file, and what is not there in the content that the
 * file was made of. A byte that is neither in a block nor before {@code limit} in the base is zero. The scratch file has
 * zeros where no block is, and behind the file's end. Guarded by the lock of its {@link FileData}.
 */
final class DataBlocks {

    private final DataArea area;
    private final long id;
    private final FileData.@Nullable Base base;
    private long limit;
    private BlockSet present = new BlockSet();
    private volatile @Nullable DataFile file;

    DataBlocks(DataArea area, long id, FileData.@Nullable Base base, long limit) {
        this.area = area;
        this.id = id;
        this.base = base;
        this.limit = limit;
    }

    FileData.@Nullable Base base() {
        return base;
    }

    /** Where the base ends to count. */
    long limit() {
        return limit;
    }

    /** Which blocks count. */
    BlockSet present() {
        return present;
    }

    /** How many blocks hold what ends at {@code end}. */
    static long count(long end) {
        return (end + BlockSet.BLOCK - 1) / BlockSet.BLOCK;
    }

    /** The scratch file, which only who may write makes. */
    DataFile file() {
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

    /** Reads so many bytes, which are there. */
    void read(long position, ByteBuffer target, int count) throws IOException {
        int targetLimit = target.limit();
        long end = position + count;
        try {
            for (long at = position; at < end; ) {
                long block = at / BlockSet.BLOCK;
                long runEnd = present.runEnd(block, count(end)) * BlockSet.BLOCK;
                int n = (int) (Math.min(runEnd, end) - at);
                target.limit(target.position() + n);
                if (present.contains(block)) {
                    file().read(at, target);
                } else {
                    readBase(at, target);
                }
                at += n;
            }
        } finally {
            target.limit(targetLimit);
        }
    }

    /** Maps a piece for reading, where all of it is in the scratch file; else null. */
    @Nullable
    MappedByteBuffer map(long position, long bytes) throws IOException {
        DataFile written = file;
        boolean isWhole = bytes > 0 && present.missing(position / BlockSet.BLOCK, count(position + bytes)) == 0;
        return written != null && isWhole ? written.map(position, bytes) : null;
    }

    /** Where bytes begin that need be read, from {@code position} on, of a file of {@code size} bytes. */
    long nextData(long position, long size) throws IOException {
        for (long at = position; at < size; ) {
            long block = at / BlockSet.BLOCK;
            if (present.contains(block)) {
                return at;
            }
            long end = regionEnd(block, size);
            long below = base == null || at >= limit ? end : base.content().nextData(at);
            if (below < Math.min(end, limit)) {
                return below;
            }
            at = end;
        }
        return size;
    }

    /** Up to where bytes need be read from {@code position} on, which {@link #nextData} gave. */
    long dataEnd(long position, long size) throws IOException {
        long block = position / BlockSet.BLOCK;
        long end = regionEnd(block, size);
        if (present.contains(block) || base == null || position >= limit) {
            return end;
        }
        return Math.min(end, Math.min(limit, base.content().dataEnd(position)));
    }

    /** Where the blocks end, within the size, that are from {@code block} on all there, or all not. */
    private long regionEnd(long block, long size) {
        return Math.min(size, present.runEnd(block, count(size)) * BlockSet.BLOCK);
    }

    private void readBase(long position, ByteBuffer target) throws IOException {
        long there = Math.min(target.remaining(), limit - position);
        if (base != null && there > 0) {
            int targetLimit = target.limit();
            target.limit(target.position() + (int) there);
            base.content().read(position, target);
            if (target.hasRemaining()) {
                throw new IOException("the content below a changed file ends " + target.remaining()
                        + " bytes before its size, at " + limit);
            }
            target.limit(targetLimit);
        }
        Zeros.put(target, target.remaining());
    }

    /** How many bytes of blocks more there are after a write. */
    long growth(long position, int bytes) {
        return present.missing(position / BlockSet.BLOCK, count(position + bytes)) * BlockSet.BLOCK;
    }

    /** Whether a write changes blocks that count already. */
    boolean overwrites(long position, int bytes) {
        long first = position / BlockSet.BLOCK;
        long end = count(position + bytes);
        return present.missing(first, end) < end - first;
    }

    /**
     * Which blocks a write shares with what is there already, and does not count yet: a first and a last one at most. Their
     * other bytes were never written, and must not become zeros by a crash.
     */
    List<Long> shared(long position, int bytes, long size) {
        List<Long> shared = new ArrayList<>(2);
        long end = position + bytes;
        for (long block : new long[] {position / BlockSet.BLOCK, count(end) - 1}) {
            long start = block * BlockSet.BLOCK;
            if (!covers(block, position, end, size)
                    && start < size
                    && !present.contains(block)
                    && !shared.contains(block)) {
                shared.add(block);
            }
        }
        return shared;
    }

    /** What a write staged in a block. */
    ByteBuffer staged(long block, long size) throws IOException {
        long start = block * BlockSet.BLOCK;
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(BlockSet.BLOCK, size - start));
        file().read(start, bytes);
        return bytes.flip();
    }

    private static boolean covers(long block, long from, long to, long size) {
        long start = block * BlockSet.BLOCK;
        return from <= start && to >= Math.min(start + BlockSet.BLOCK, size);
    }

    /** Writes what of {@code source}, which keeps its position, goes to blocks that do not count yet. */
    void stage(long position, ByteBuffer source, long size) throws IOException {
        long end = count(position + source.remaining());
        for (long block = position / BlockSet.BLOCK; block < end; ) {
            long runEnd = present.runEnd(block, end);
            if (!present.contains(block)) {
                ByteBuffer part = part(position, source, block, runEnd);
                long from = Math.max(position, block * BlockSet.BLOCK);
                fill(block, from, from + part.remaining(), size);
                if (runEnd - 1 > block) {
                    fill(runEnd - 1, from, from + part.remaining(), size);
                }
                file().write(from, part);
            }
            block = runEnd;
        }
    }

    /** Writes what goes to blocks that count already, all of it that can be written. */
    void overwrite(long position, ByteBuffer source) throws IOException {
        IOException failure = null;
        long end = count(position + source.remaining());
        for (long block = position / BlockSet.BLOCK; block < end; ) {
            long runEnd = present.runEnd(block, end);
            if (present.contains(block)) {
                try {
                    file().overwrite(Math.max(position, block * BlockSet.BLOCK), part(position, source, block, runEnd));
                } catch (IOException e) {
                    failure = e;
                }
            }
            block = runEnd;
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** What of a write goes to these blocks. */
    private static ByteBuffer part(long position, ByteBuffer source, long block, long runEnd) {
        long from = Math.max(position, block * BlockSet.BLOCK);
        long to = Math.min(position + source.remaining(), runEnd * BlockSet.BLOCK);
        ByteBuffer part = source.duplicate();
        part.position(source.position() + (int) (from - position));
        part.limit(source.position() + (int) (to - position));
        return part;
    }

    /** Copies what a block shows up, where only a part of it is to be written. */
    private void fill(long block, long from, long to, long size) throws IOException {
        long start = block * BlockSet.BLOCK;
        long end = Math.min(start + BlockSet.BLOCK, size);
        if (!covers(block, from, to, size) && start < end && !present.contains(block)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) (end - start));
            readBase(start, bytes);
            file().write(start, bytes.flip());
        }
    }

    /** Takes back what was staged: what is behind the file's end in the scratch file are zeros again. */
    void unstage(long size) throws IOException {
        DataFile written = file;
        if (written != null) {
            written.truncate(size);
        }
    }

    /** Cuts it, in the scratch file, too. */
    void cut(long size) throws IOException {
        showCut(size);
        DataFile written = file;
        if (written != null) {
            written.cut(size);
        }
    }

    /** Cuts it, but for the scratch file. */
    void showCut(long size) {
        present.removeFrom(count(size));
        limit = Math.min(limit, size);
    }

    /** After a replay: uses the scratch file that is there, without what a crash left behind the file's end. */
    void restore(long size, boolean isForced) throws IOException {
        if (present.count() > 0) {
            DataFile found = isForced ? area.knownFile(id) : area.doubtfulFile(id);
            keep(found);
            found.truncate(size);
        }
    }

    /** Returns when what was written survives a crash of the machine. */
    void force() throws IOException {
        DataFile written = file;
        if (written != null) {
            area.force(List.of(written));
        }
    }

    /** Gives the scratch file back. */
    void discard() {
        present = new BlockSet();
        DataFile written = file;
        if (written != null) {
            written.delete();
        }
    }
}
