package io.layerfs.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

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

    /** A blob of no bytes. */
    public static final Blob EMPTY = new Blob(Path.of(""));

    static {
        EMPTY.mapping = new Mapping(EMPTY.file, 0);
    }

    private final Path file;
    private volatile @Nullable Mapping mapping;

    private Blob(Path file) {
        this.file = file;
    }

    /**
     * The bytes of {@code file}. It need not be there yet: its size is taken at the first use, and from then on it must
     * neither change nor shrink.
     */
    public static Blob at(Path file) {
        return new Blob(file);
    }

    /** The bytes of a file that is there. */
    public static Blob open(Path file) throws IOException {
        Blob blob = new Blob(file);
        blob.mapping();
        return blob;
    }

    /** Where it lies. */
    public Path file() {
        return file;
    }

    /** How many bytes it has. */
    public long size() throws IOException {
        return mapping().size;
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
        Mapping bytes = mapping();
        if (position >= bytes.size) {
            return -1;
        }
        int total = 0;
        long at = position;
        while (target.hasRemaining() && at < bytes.size) {
            ByteBuffer segment = bytes.segment((int) (at >>> SEGMENT_BITS));
            int offset = (int) (at & (SEGMENT - 1));
            int n = Math.min(target.remaining(), segment.limit() - offset);
            target.put(target.position(), segment, offset, n);
            target.position(target.position() + n);
            total += n;
            at += n;
        }
        return total;
    }

    /** Maps a piece of it of its own, for reading: the caller may unmap it, which no other reader is to notice. */
    MappedByteBuffer map(long position, long length) throws IOException {
        return Uninterrupted.run(() -> {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                return channel.map(FileChannel.MapMode.READ_ONLY, position, length);
            }
        });
    }

    private Mapping mapping() throws IOException {
        Mapping known = mapping;
        if (known == null) {
            known = new Mapping(file, Files.size(file));
            mapping = known;
        }
        return known;
    }

    /** Whether it is the same file. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Blob that && file.equals(that.file);
    }

    @Override
    public int hashCode() {
        return file.hashCode();
    }

    /** The file, once its size is known. */
    private static final class Mapping {
        private final Path file;
        private final long size;
        private final AtomicReferenceArray<@Nullable MappedByteBuffer> segments;

        Mapping(Path file, long size) {
            this.file = file;
            this.size = size;
            this.segments = new AtomicReferenceArray<>(Math.toIntExact((size + SEGMENT - 1) >>> SEGMENT_BITS));
        }

        ByteBuffer segment(int index) throws IOException {
            MappedByteBuffer mapped = segments.get(index);
            if (mapped == null) {
                mapped = Uninterrupted.run(() -> map(index));
                segments.set(index, mapped);
            }
            return mapped;
        }

        private MappedByteBuffer map(int index) throws IOException {
            long start = (long) index << SEGMENT_BITS;
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                if (channel.size() < size) {
                    throw new IOException(file + " has shrunk from " + size + " to " + channel.size() + " bytes");
                }
                return channel.map(FileChannel.MapMode.READ_ONLY, start, Math.min(SEGMENT, size - start));
            }
        }
    }
}
