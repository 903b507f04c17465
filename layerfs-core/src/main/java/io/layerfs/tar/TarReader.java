package io.layerfs.tar;

import io.layerfs.*;
import java.io.*;
import java.time.Instant;
import org.apache.commons.compress.archivers.tar.*;

public final class TarReader {
    final TarArchiveInputStream in;

    public TarReader(InputStream i) {
        in = new TarArchiveInputStream(i, "UTF-8");
    }

    public @org.jspecify.annotations.Nullable TarEntry next() throws IOException {
        TarArchiveEntry e = in.getNextEntry();
        if (e == null) return null;
        TarEntry.Kind k = e.isDirectory()
                ? TarEntry.Kind.DIRECTORY
                : e.isLink()
                        ? TarEntry.Kind.HARD_LINK
                        : e.isSymbolicLink() ? TarEntry.Kind.SYMLINK : TarEntry.Kind.FILE;
        return new TarEntry(
                in.getBytesRead(),
                k,
                Utf8.encode(e.getName()),
                Utf8.encode(e.getLinkName()),
                new Attributes(e.getMode() & 07777, 0, 0, Instant.EPOCH, Xattrs.NONE),
                e.getSize(),
                in.getBytesRead(),
                e.getSize(),
                null,
                0,
                0);
    }

    public void drain() throws IOException {}
}
