package io.layerfs.tar;

import io.layerfs.Attributes;
import io.layerfs.blob.SparseSlice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a tar, as the archive spells it. Offsets count bytes from the start of the tar. The arrays belong to
 * whoever has the entry; entries are not to be compared.
 *
 * @param offset where its first header block starts, its extension headers included
 * @param kind what it makes
 * @param path 1 to 4096 bytes, in any spelling: {@code ./a}, {@code /a}, {@code a/}, {@code ../a}; no NUL
 * @param linkTarget of a link: a symbolic link's text, or a hard link's path, not empty, no NUL; else no bytes
 * @param attributes owner, permissions, time, extended attributes; of a hard link too
 * @param size how many bytes the content has, holes included; 0 for all but files
 * @param dataOffset where the stored data starts
 * @param storedSize how many bytes of data the tar holds, holes left out; 0 for all but files
 * @param extents of a sparse file, which of its bytes are stored and where in the tar, by rising position, not
 *     overlapping, none empty; null where the data is the content
 * @param major of a device, else 0
 * @param minor of a device, else 0
 */
@SuppressWarnings("ArrayRecordComponent") // Made once for each entry of a layer, read once, dropped.
public record TarEntry(
        long offset,
        Kind kind,
        byte[] path,
        byte[] linkTarget,
        Attributes attributes,
        long size,
        long dataOffset,
        long storedSize,
        @Nullable List<SparseSlice.Extent> extents,
        int major,
        int minor) {

    /** What an entry makes. */
    public enum Kind {
        /** A regular file. */
        FILE,
        /** A further name for a file. */
        HARD_LINK,
        /** A symbolic link. */
        SYMLINK,
        /** A directory. */
        DIRECTORY,
        /** A character device. */
        CHARACTER_DEVICE,
        /** A block device. */
        BLOCK_DEVICE,
        /** A named pipe. */
        FIFO
    }
}
