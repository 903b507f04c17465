package io.layerfs.blob;

import io.layerfs.Content;
import java.io.IOException;
import java.nio.ByteBuffer;

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
}
