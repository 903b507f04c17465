package io.layerfs.lint;

import io.layerfs.LayerLint.Place;
import io.layerfs.LintRule;
import io.layerfs.blob.Blob;
import io.layerfs.tar.RawHeader;
import io.layerfs.tar.TarEntry;
import io.layerfs.tar.TarField;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Bytes that say nothing: behind texts in headers, in the padding, behind the end. */
final class SlackRules {

    private static final int BLOCK = 512;
    private static final int BUFFER = 64 << 10;

    private final Findings findings;
    private final Blob tar;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

    SlackRules(Findings findings, Blob tar) {
        this.findings = findings;
        this.tar = tar;
    }

    /** Looks at a header and its body; answers where the next one starts, behind an extension. */
    long check(RawHeader header) throws IOException {
        List<String> places = new ArrayList<>();
        byte[] block = header.block();
        boolean posix = header.isUstar();
        for (TarField field : TarField.values()) {
            boolean present =
                    field.offset() < TarField.MAGIC.offset() || !header.layout().equals("v7");
            boolean text = field.kind() == TarField.Kind.TEXT && (field != TarField.PREFIX || posix);
            if (present && text && header.text(field).length + countZeros(block, field) < field.length()) {
                places.add(field.toString());
            }
        }
        if (posix && countZeros(block, TarField.REST) < TarField.REST.length()) {
            places.add("unused bytes");
        }
        if (!places.isEmpty()) {
            findings.warning(
                    LintRule.SLACK_BYTES,
                    Findings.place(header.offset()),
                    "something other than zeros behind the text of a header's fields: " + String.join(", ", places));
        }
        long end = header.offset() + BLOCK + header.body().length;
        return header.isExtension() ? checkPadding(end, "an extension header", "") : end;
    }

    /** How many zeros a field ends with. */
    private static int countZeros(byte[] block, TarField field) {
        int zeros = 0;
        for (int i = field.offset() + field.length() - 1; i >= field.offset() && block[i] == 0; i--) {
            zeros++;
        }
        return zeros;
    }

    /** Looks at the padding behind an entry's data. */
    void check(TarEntry entry) throws IOException {
        checkPadding(
                entry.dataOffset() + entry.storedSize(),
                "the data",
                Findings.place(entry).path());
    }

    /** Where an entry and its padding end. */
    long end(TarEntry entry) {
        return aligned(entry.dataOffset() + entry.storedSize());
    }

    private static long aligned(long offset) {
        return (offset + BLOCK - 1) / BLOCK * BLOCK;
    }

    private long checkPadding(long from, String what, String path) throws IOException {
        long end = aligned(from);
        long found = findNonZero(from, end);
        if (found >= 0) {
            findings.warning(
                    LintRule.SLACK_BYTES,
                    new Place(path, found),
                    "something other than zeros in the padding behind " + what);
        }
        return end;
    }

    /** Looks at what lies behind the last entry, from {@code end} on; the archive's end was seen at {@code seen}. */
    void checkEnd(long end, long seen) throws IOException {
        if (seen - end < 2 * BLOCK) {
            findings.info(
                    LintRule.NO_END_BLOCKS,
                    Findings.place(end),
                    (seen == end ? "no block" : "one block") + " of zeros at the end, not two");
        }
        long found = findNonZero(seen, tar.size());
        if (found >= 0) {
            findings.warning(
                    LintRule.TRAILING_DATA,
                    Findings.place(found),
                    (tar.size() - found) + " bytes from the first that is not zero, behind the end of the archive");
        }
    }

    private long findNonZero(long from, long end) throws IOException {
        long at = from;
        while (at < end) {
            buffer.clear().limit((int) Math.min(BUFFER, end - at));
            int count = tar.read(at, buffer);
            for (int i = 0; i < count; i++) {
                if (buffer.get(i) != 0) {
                    return at + i;
                }
            }
            at += Math.max(count, 1);
        }
        return -1;
    }
}
