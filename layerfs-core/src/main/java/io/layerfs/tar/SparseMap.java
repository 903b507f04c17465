package io.layerfs.tar;

import io.layerfs.blob.SparseSlice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the data of a sparse file belongs: extents by rising position, the rest holes. In the archive the extents'
 * bytes follow each other without a gap.
 *
 * <p>Four encodings: fields of the old GNU header and extension blocks behind it; PAX records (0.0, 0.1); text in front
 * of the data (1.0). Source: GNU tar manual, "Storing Sparse Files".
 */
final class SparseMap {

    private static final String RECORDS = "GNU.sparse.";
    private static final int PAIR = 24;

    private final long size;
    private final long offset;
    private final List<SparseSlice.Extent> extents = new ArrayList<>();
    private int count;
    private long end;
    private long stored;

    private SparseMap(long size, long offset) {
        this.size = size;
        this.offset = offset;
    }

    /** How many bytes the file has, holes included. */
    long size() {
        return size;
    }

    /**
     * The extents, none empty, for data that starts at {@code dataOffset} of the tar and has {@code storedSize} bytes
     * there.
     */
    List<SparseSlice.Extent> extents(long dataOffset, long storedSize) throws TarSyntaxException {
        if (stored != storedSize) {
            throw new TarSyntaxException(
                    offset, "the extents of the sparse map have " + stored + " bytes, the data has " + storedSize);
        }
        List<SparseSlice.Extent> placed = new ArrayList<>(extents.size());
        for (SparseSlice.Extent extent : extents) {
            placed.add(new SparseSlice.Extent(extent.position(), extent.length(), dataOffset + extent.offset()));
        }
        return List.copyOf(placed);
    }

    /** Whether these records are about a sparse file. */
    static boolean isIn(PaxRecords records) {
        return records.hasAny(RECORDS);
    }

    /** The map in a header of type S and in the extension blocks behind it, which are consumed. */
    static SparseMap ofHeader(TarHeader header, TarInput in) throws IOException, TarSyntaxException {
        byte[] block = header.block();
        long at = header.offset();
        SparseMap map = new SparseMap(size(TarNumbers.field(block, 483, 12, "sparse size", at + 483), at), at);
        map.addFields(block, 386, 4, at);
        boolean more = block[482] != 0;
        byte[] extension = new byte[TarLimits.BLOCK];
        while (more) {
            at = in.position();
            in.requireBlock(extension, "an extension of the sparse map");
            map.addFields(extension, 0, 21, at);
            more = extension[504] != 0;
        }
        return map;
    }

    private void addFields(byte[] block, int from, int pairs, long at) throws TarSyntaxException {
        for (int i = from; i < from + pairs * PAIR && block[i] != 0; i += PAIR) {
            add(
                    TarNumbers.field(block, i, 12, "sparse offset", at + i),
                    TarNumbers.field(block, i + 12, 12, "sparse length", at + i + 12),
                    at + i);
        }
    }

    /** The map in PAX records of formats 0.0 and 0.1, or, of format 1.0, in front of the data: consumed from there. */
    static SparseMap ofRecords(PaxRecords records, TarInput in, long storedSize)
            throws IOException, TarSyntaxException {
        long major = records.number(RECORDS + "major", 0);
        long minor = records.number(RECORDS + "minor", major == 0 ? 1 : 0);
        boolean inData = major == 1 && minor == 0;
        if (!inData && (major != 0 || minor > 1)) {
            throw new TarSyntaxException(
                    records.offset(), "the sparse format " + major + "." + minor + " is none of 0.0, 0.1 and 1.0");
        }
        String sizeKeyword = RECORDS + (records.value(RECORDS + "size") != null ? "size" : "realsize");
        long size = records.number(sizeKeyword, -1);
        if (size < 0) {
            throw new TarSyntaxException(records.offset(), "a sparse file without its size in the PAX header");
        }
        SparseMap map = new SparseMap(size(size, records.offset()), records.offset());
        if (inData) {
            map.addText(new SparseMapText(in, storedSize));
        } else {
            map.addList(records);
        }
        return map;
    }

    private void addText(SparseMapText text) throws IOException, TarSyntaxException {
        long pairs = text.number();
        for (long i = 0; i < pairs; i++) {
            add(text.number(), text.number(), text.offset());
        }
    }

    private void addList(PaxRecords records) throws TarSyntaxException {
        byte[] list = records.value(RECORDS + "map");
        long pairs = records.number(RECORDS + "numblocks", -1);
        int at = 0;
        int numbers = 0;
        long position = 0;
        while (list != null && at <= list.length) {
            int comma = at;
            while (comma < list.length && list[comma] != ',') {
                comma++;
            }
            long number = TarNumbers.decimal(list, at, comma, "sparse map", records.offset());
            if (numbers++ % 2 == 0) {
                position = number;
            } else {
                add(position, number, records.offset());
            }
            at = comma + 1;
        }
        if (numbers != 2 * pairs) {
            throw new TarSyntaxException(
                    records.offset(),
                    "the sparse map has " + numbers + " numbers, and numblocks says " + pairs + " pairs");
        }
    }

    private void add(long position, long length, long at) throws TarSyntaxException {
        if (++count > TarLimits.SPARSE_EXTENTS) {
            throw new TarSyntaxException(at, "a sparse map of more than " + TarLimits.SPARSE_EXTENTS + " extents");
        }
        if (length < 0 || position < end || position > size - length) {
            throw new TarSyntaxException(
                    at,
                    "a sparse extent of " + length + " bytes at " + position + " is not between " + end
                            + ", where the last one ends, and the size " + size);
        }
        if (length > 0) {
            extents.add(new SparseSlice.Extent(position, length, stored));
            stored += length;
        }
        end = position + length;
    }

    private static long size(long size, long at) throws TarSyntaxException {
        if (size < 0) {
            throw new TarSyntaxException(at, "the size of a sparse file is negative: " + size);
        }
        if (size > SparseForm.MAX_SIZE) {
            throw new TarSyntaxException(at, "a sparse file of " + size + " bytes, more than " + SparseForm.MAX_SIZE);
        }
        return size;
    }
}
