package io.layerfs.tar;

import io.layerfs.Content;
import io.layerfs.blob.Blob;
import io.layerfs.blob.BlobSlice;
import io.layerfs.blob.SparseSlice;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A tar as our reader sees it. */
final class TarListing {

    private TarListing() {}

    /** All entries, read to the end of the stream. */
    static List<TarEntry> entries(InputStream in, long size) throws IOException {
        TarReader reader = new TarReader(in);
        List<TarEntry> entries = new ArrayList<>();
        for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
            entries.add(entry);
        }
        reader.drain();
        if (reader.position() != size) {
            throw new AssertionError(reader.position() + " bytes consumed of " + size);
        }
        return entries;
    }

    static List<TarEntry> entries(byte[] tar) throws IOException {
        return entries(new ByteArrayInputStream(tar), tar.length);
    }

    static List<TarEntry> entries(Path tar) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(tar))) {
            return entries(in, Files.size(tar));
        }
    }

    /** The content of a file entry, as the store will read it. */
    static Content content(TarEntry entry, Blob tar) {
        return entry.extents() == null
                ? new BlobSlice(tar, entry.dataOffset(), entry.size())
                : new SparseSlice(tar, entry.extents(), entry.size());
    }

    static String sha256(TarEntry entry, Blob tar) throws IOException {
        MessageDigest digest = sha256();
        Content content = content(entry, tar);
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        for (long at = 0; at < content.size(); ) {
            buffer.clear();
            int n = content.read(at, buffer);
            if (n <= 0) {
                throw new AssertionError("content ends at " + at + " of " + content.size());
            }
            digest.update(buffer.flip());
            at += n;
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
