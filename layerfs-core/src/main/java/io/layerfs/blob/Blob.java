package io.layerfs.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A file that never changes once it is read, mapped piece by piece as it is touched.
 *
 * <p>Mapped rather than read through a channel, because a channel is closed under every reader's hands when one
 * reading thread is interrupted. Holds no file descriptor; the mappings go with the object. Safe for use by many
 * threads.
 */
public final class Blob {

    /** How much one mapping covers, in bytes; a power of two. */
    private static final int SEGMENT_BITS = 30;

    private static final long SEGMENT = 1L << SEGMENT_BITS;

    private final Path file;
    private final long size;
    private final AtomicReferenceArray<MappedByteBuffer> segments;

    private Blob(Path file, long size) {
        this.file = file;
        this.size = size;
        this.segments = new AtomicReferenceArray<>(Math.toIntExact((size + SEGMENT - 1) >>> SEGMENT_BITS));
    }

    /** The bytes of {@code file}, which must not change or shrink while they are in use. */
    public static Blob open(Path file) throws IOException {
        return new Blob(file, Files.size(file));
    }

    /** Where it lies. */
    public Path file() {
        return file;
    }

    /** How many bytes it has. */
    public long size() {
        return size;
    }

    /**
     * Reads bytes from {@code position} until {@code target} is full or the blob ends.
     *
     * @return how many bytes were read; -1 where the position is at or behind the end and {@code target} has room
     */
    public int read(long position, ByteBuffer target) throws IOException {
        if (position < 0) {
            throw new IllegalArgumentException("negative position: " + position);
        }
        if (!target.hasRemaining()) {
            return 0;
        }
        if (position >= size) {
            return -1;
        }
        int total = 0;
        long at = position;
        while (target.hasRemaining() && at < size) {
            ByteBuffer segment = segment((int) (at >>> SEGMENT_BITS));
            int offset = (int) (at & (SEGMENT - 1));
            int n = Math.min(target.remaining(), segment.limit() - offset);
            target.put(target.position(), segment, offset, n);
            target.position(target.position() + n);
            total += n;
            at += n;
        }
        return total;
    }

    private ByteBuffer segment(int index) throws IOException {
        MappedByteBuffer mapped = segments.get(index);
        if (mapped == null) {
            long start = (long) index << SEGMENT_BITS;
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                if (channel.size() < size) {
                    throw new IOException(file + " has shrunk from " + size + " to " + channel.size() + " bytes");
                }
                mapped = channel.map(FileChannel.MapMode.READ_ONLY, start, Math.min(SEGMENT, size - start));
            }
            segments.set(index, mapped);
        }
        return mapped;
    }
}
