package io.layerfs.lint;

import io.layerfs.tar.RawHeader;
import io.layerfs.tar.TarEntry;
import io.layerfs.tar.TarField;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a byte of a tar belongs to, in words. */
final class Locator {

    private static final int BLOCK = 512;

    private Locator() {}

    static String describe(Tar tar, long offset) throws IOException {
        long[] found = {-1, 0}; // the entry before or at the byte, and where those before it end
        long end = tar.walk((entry, before) -> {
            if (before <= offset) {
                found[0] = entry.offset();
                found[1] = before;
            }
        });
        if (offset >= tar.blob().size()) {
            return "behind the end of the tar";
        }
        if (offset >= end) {
            return "byte " + (offset - end) + " behind the last entry";
        }
        TarEntry entry = tar.entry(found[0]);
        String name = "entry " + Findings.quote(entry.path()) + ", ";
        if (offset >= entry.dataOffset()) {
            long at = offset - entry.dataOffset();
            return name + (at < entry.storedSize() ? "its data, byte " + at : "the padding behind its data");
        }
        for (RawHeader header : RawHeader.read(tar.blob(), found[1])) {
            String where = within(header, offset);
            if (where != null) {
                return name + where;
            }
        }
        return name + "its sparse map";
    }

    private static @Nullable String within(RawHeader header, long offset) {
        long at = offset - header.offset();
        String kind = header.isExtension() ? "its extension header '" + header.type() + "'" : "its header";
        if (at < BLOCK) {
            return kind + ", field " + TarField.at((int) at);
        }
        long end = BLOCK + (long) header.body().length;
        if (at >= (end + BLOCK - 1) / BLOCK * BLOCK || !header.isExtension()) {
            return null;
        }
        String record = "";
        for (RawHeader.PaxRecord candidate : header.records()) {
            record = candidate.offset() <= offset ? ", record " + candidate.keyword() : record;
        }
        return kind + (at < end ? record : ", the padding behind it");
    }
}
