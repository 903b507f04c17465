package io.layerfs.tar;

import io.layerfs.Attributes;
import io.layerfs.blob.SparseSlice;
import java.util.List;
import org.jspecify.annotations.Nullable;

public record TarEntry(
        long offset,
        Kind kind,
        byte[] path,
        byte[] linkTarget,
        Attributes attributes,
        long size,
        long dataOffset,
        long storedSize,
        @Nullable List<SparseSlice.Extent> sparse,
        int major,
        int minor) {
    public enum Kind {
        FILE,
        HARD_LINK,
        SYMLINK,
        DIRECTORY,
        CHARACTER_DEVICE,
        BLOCK_DEVICE,
        FIFO
    }
}
