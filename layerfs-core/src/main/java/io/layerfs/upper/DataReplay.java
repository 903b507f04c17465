package io.layerfs.upper;

import java.io.IOException;
import java.nio.ByteBuffer;

/** What a journal tells of the data of one file: it may tell anything. For one thread, before anybody else sees the data. */
final class DataReplay {

    /** The blocks that a buffer can touch, as many as one write can have. */
    static final long MAX_RUN = Integer.MAX_VALUE / BlockSet.BLOCK + 2;

    private DataReplay() {}

    private static void requireSize(FileData data, long bytes) {
        long most = data.isSmall() ? FileData.SMALL : FileData.MAX_SIZE;
        if (bytes < 0 || bytes > most) {
            throw new IllegalStateException(
                    "data " + data.id() + " of " + bytes + " bytes, where there can be " + most);
        }
    }

    /** Bytes in memory were written. */
    static void write(FileData data, int position, ByteBuffer source) {
        requireSize(data, position + (long) source.remaining());
        data.applyWrite(position, source);
    }

    /** Blocks of the scratch file count. */
    static void blocks(FileData data, long first, long end, long newSize) {
        requireSize(data, newSize);
        if (data.isSmall()
                || first < 0
                || first > end
                || end - first > MAX_RUN
                || end > FileData.MAX_SIZE / BlockSet.BLOCK) {
            throw new IllegalStateException("blocks " + first + " to " + end + " in one write of data " + data.id());
        }
        data.showSize(newSize);
        data.blocks().present().add(first, end);
    }

    /** It was cut or extended. The scratch file is as it became later. */
    static void size(FileData data, long newSize) {
        requireSize(data, newSize);
        data.showSize(newSize);
    }

    /** After all: uses the scratch file that is there, without what a crash left behind the file's end. */
    static void restore(FileData data, boolean isForced) throws IOException {
        if (!data.isSmall()) {
            data.blocks().restore(data.size(), isForced);
        }
    }

    /** After {@link #restore}: does again what a crash may have cut short, or kept from the disk. */
    static void redo(FileData data, long position, byte[] bytes) throws IOException {
        long count = Math.min(bytes.length, data.size() - position);
        if (!data.isSmall() && count > 0) {
            data.blocks().file().write(position, ByteBuffer.wrap(bytes, 0, (int) count));
        }
    }
}
