package io.layerfs.blob;

import io.layerfs.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Content that lies in one piece of a blob, such as a file's data in its layer's tar.
 *
 * @param offset where it starts in the blob, in bytes
 * @param size how many bytes it has
 */
public record BlobSlice(Blob blob, long offset, long size) implements Content {

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        if (position >= size) {
            return target.hasRemaining() ? -1 : 0;
        }
        int limit = target.limit();
        target.limit((int) Math.min(limit, target.position() + (size - position)));
        try {
            return blob.read(offset + position, target);
        } finally {
            target.limit(limit);
        }
    }

    @Override
    public MappedByteBuffer map(FileChannel.MapMode mode, long position, long length) throws IOException {
        boolean isInBlob = length > 0 && position <= size - length;
        return mode == FileChannel.MapMode.READ_ONLY && isInBlob
                ? blob.map(offset + position, length)
                : MappedCopy.of(this, mode, position, length);
    }
}
