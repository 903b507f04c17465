package io.layerfs.blob;

import io.layerfs.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A copy of a piece of content, mapped: where it lies in no file, in pieces, or has holes. The copy has holes where the content
 * has them, and no name any more where the host lets a file that is mapped be deleted.
 */
public final class MappedCopy {

    private static final int TRANSFER = 256 << 10;

    private MappedCopy() {}

    /** As {@link Content#map}. */
    public static MappedByteBuffer of(Content content, FileChannel.MapMode mode, long position, long size)
            throws IOException {
        if (mode != FileChannel.MapMode.READ_ONLY && mode != FileChannel.MapMode.PRIVATE) {
            throw new UnsupportedOperationException("content is mapped READ_ONLY or PRIVATE, not " + mode);
        }
        Path file = Files.createTempFile("layerfs-mapped", null);
        try {
            return Uninterrupted.run(() -> {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                    copy(content, position, size, (bytes, at) -> write(bytes, at, channel, file));
                    return channel.map(mode, 0, size);
                }
            });
        } finally {
            delete(file);
        }
    }

    /** Takes what is copied. */
    private interface Target {
        void write(ByteBuffer bytes, long at) throws IOException;
    }

    private static void write(ByteBuffer bytes, long at, FileChannel channel, Path file) throws IOException {
        try {
            for (long to = at; bytes.hasRemaining(); ) {
                to += channel.write(bytes, to);
            }
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw NamedFiles.named(file, e);
        }
    }

    private static void copy(Content content, long position, long size, Target target) throws IOException {
        long end = position + size;
        requireEnd(content, end);
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(TRANSFER, size));
        for (long at = content.nextData(position); at < end; at = content.nextData(at)) {
            long dataEnd = Math.min(end, content.dataEnd(at));
            while (at < dataEnd) {
                content.read(at, buffer.clear().limit((int) Math.min(buffer.capacity(), dataEnd - at)));
                if (buffer.flip().remaining() == 0) {
                    requireEnd(content, end);
                    break; // a hole by now
                }
                target.write(buffer, at - position);
                at += buffer.limit();
            }
        }
        requireEnd(content, end);
    }

    private static void requireEnd(Content content, long end) throws IOException {
        if (content.size() < end) {
            throw new IOException("the content ends at " + content.size() + ", and is to be mapped up to " + end);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Windows keeps what is mapped
            file.toFile().deleteOnExit();
        }
    }
}
