package io.layerfs.lint;

import io.layerfs.Content;
import io.layerfs.LayerPath;
import io.layerfs.blob.Blob;
import io.layerfs.blob.BlobSlice;
import io.layerfs.blob.SparseSlice;
import io.layerfs.tar.TarEntry;
import io.layerfs.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.List;

/** A tar whose entries can be read in order and one by one; one that a store has accepted. */
record Tar(Blob blob) {

    private static final int BLOCK = 512;

    /** Takes entries in order. */
    interface Visitor {
        /** Takes the next entry; the one before left off, or the archive starts, at {@code end}. */
        void visit(TarEntry entry, long end) throws IOException;
    }

    /** Reads all entries; answers where the last one ends. */
    long walk(Visitor visitor) throws IOException {
        long end = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(blob.file()), 1 << 16)) {
            TarReader reader = new TarReader(in);
            for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
                visitor.visit(entry, end);
                end = end(entry);
            }
        }
        return end;
    }

    /** The entry whose headers start at {@code offset}. */
    TarEntry entry(long offset) throws IOException {
        TarEntry read = new TarReader(new BlobInput(blob, offset)).next();
        if (read == null) {
            throw new EOFException(blob.file() + " has no entry at byte " + offset);
        }
        List<SparseSlice.Extent> extents = read.extents();
        return new TarEntry(
                offset,
                read.kind(),
                read.path(),
                read.linkTarget(),
                read.attributes(),
                read.size(),
                offset + read.dataOffset(),
                read.storedSize(),
                extents == null
                        ? null
                        : extents.stream()
                                .map(e -> new SparseSlice.Extent(e.position(), e.length(), offset + e.offset()))
                                .toList(),
                read.major(),
                read.minor());
    }

    Content content(TarEntry entry) {
        List<SparseSlice.Extent> extents = entry.extents();
        return extents == null
                ? new BlobSlice(blob, entry.dataOffset(), entry.size())
                : new SparseSlice(blob, extents, entry.size());
    }

    static LayerPath path(TarEntry entry) {
        return LayerPath.of(entry.path());
    }

    /** Where an entry and its padding end. */
    static long end(TarEntry entry) {
        return (entry.dataOffset() + entry.storedSize() + BLOCK - 1) / BLOCK * BLOCK;
    }
}
