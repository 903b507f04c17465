package io.layerfs.tar;

import io.layerfs.Utf8;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The records of one PAX header, by keyword: {@code "%d %s=%s\n"}, length, keyword, value.
 *
 * <p>Values are bytes, split by length alone: extended attributes hold NUL, newline and {@code =}. Keywords take the
 * string form of {@link io.layerfs.Name}. Of two records with one keyword the later holds. The exception are
 * {@code GNU.sparse.offset} and {@code GNU.sparse.numbytes}, which sparse format 0.0 repeats for every extent: they are
 * joined to the {@code GNU.sparse.map} that format 0.1 has. Sources: POSIX pax, "pax Extended Header"; GNU tar manual,
 * "Storing Sparse Files".
 */
final class PaxRecords {

    /** No records. */
    static final PaxRecords NONE = new PaxRecords(0);

    private static final String SPARSE_MAP = "GNU.sparse.map";

    private final Map<String, byte[]> values = new LinkedHashMap<>();
    private final long offset;

    private PaxRecords(long offset) {
        this.offset = offset;
    }

    /** The records in {@code body}, which starts at {@code offset} of the tar. */
    static PaxRecords parse(byte[] body, long offset) throws TarSyntaxException {
        PaxRecords records = new PaxRecords(offset);
        SparsePairs pairs = new SparsePairs();
        int at = 0;
        while (at < body.length) {
            at = records.add(body, at, pairs);
        }
        byte[] map = pairs.toMap(offset);
        if (map != null && records.values.put(SPARSE_MAP, map) != null) {
            throw new TarSyntaxException(offset, "the PAX header holds two sparse maps");
        }
        records.requireNoneTakenBack();
        return records;
    }

    /** An empty record takes back what others said: to some readers all but the header itself, to others that, too. */
    private void requireNoneTakenBack() throws TarSyntaxException {
        for (String keyword : List.of("path", "linkpath", "size")) {
            byte[] value = values.get(keyword);
            if (value != null && value.length == 0) {
                throw new TarSyntaxException(
                        offset,
                        "the PAX record " + keyword
                                + " is empty: some readers take the header's value then, some none");
            }
        }
    }

    /** Takes the record at {@code start}, and answers where it ends. */
    private int add(byte[] body, int start, SparsePairs pairs) throws TarSyntaxException {
        int space = indexOf(body, ' ', start, body.length);
        long length = TarNumbers.decimal(body, start, space, "length of a PAX record", offset + start);
        int key = space + 1;
        if (length < key - start + 3L) {
            throw new TarSyntaxException(
                    offset + start,
                    "a PAX record says that it has " + length
                            + " bytes, which are too few for a keyword, '=' and a newline");
        }
        if (length > body.length - start) {
            throw new TarSyntaxException(
                    offset + start,
                    "a PAX record says that it has " + length + " bytes; the header has " + (body.length - start));
        }
        int end = start + (int) length;
        int equals = indexOf(body, '=', key, end);
        if (body[end - 1] != '\n' || equals >= end - 1 || equals == key) {
            throw new TarSyntaxException(
                    offset + start,
                    "a PAX record is not a keyword, '=', a value and a newline: "
                            + TarSyntaxException.quote(Arrays.copyOfRange(body, start, end)));
        }
        byte[] keyword = Arrays.copyOfRange(body, key, equals);
        if (indexOf(keyword, 0, 0, keyword.length) < keyword.length) {
            throw new TarSyntaxException(
                    offset + start, "the keyword of a PAX record holds NUL: " + TarSyntaxException.quote(keyword));
        }
        String name = Utf8.decode(keyword);
        byte[] value = Arrays.copyOfRange(body, equals + 1, end - 1);
        if (!pairs.take(name, value, offset + start)) {
            values.put(name, value);
            if (values.size() > TarLimits.PAX_KEYWORDS) {
                throw new TarSyntaxException(
                        offset + start, "a PAX header of more than " + TarLimits.PAX_KEYWORDS + " keywords");
            }
        }
        return end;
    }

    private static int indexOf(byte[] bytes, int wanted, int from, int end) {
        int at = from;
        while (at < end && bytes[at] != wanted) {
            at++;
        }
        return at;
    }

    /** Where the records start, in bytes from the start of the tar. */
    long offset() {
        return offset;
    }

    /** The keywords, in order of first use. */
    Set<String> keywords() {
        return values.keySet();
    }

    /** The value of {@code keyword}, maybe of no bytes; null where there is none. Not to be changed. */
    byte @Nullable [] raw(String keyword) {
        return values.get(keyword);
    }

    /** The value of {@code keyword}; null where there is none or, since that takes a record back, an empty one. */
    byte @Nullable [] value(String keyword) {
        byte[] value = values.get(keyword);
        return value == null || value.length == 0 ? null : value;
    }

    /** The value of {@code keyword} as text that may be a path: without NUL. */
    byte @Nullable [] path(String keyword) throws TarSyntaxException {
        byte[] value = value(keyword);
        if (value != null && indexOf(value, 0, 0, value.length) < value.length) {
            throw new TarSyntaxException(
                    offset, "the PAX record " + keyword + " holds NUL: " + TarSyntaxException.quote(value));
        }
        return value;
    }

    /** The value of {@code keyword} as a number; {@code otherwise} where it has none. */
    long number(String keyword, long otherwise) throws TarSyntaxException {
        byte[] value = value(keyword);
        return value == null ? otherwise : TarNumbers.decimal(value, "PAX " + keyword, offset);
    }

    /** Whether a keyword starts with {@code prefix} and its value is not empty. */
    boolean hasAny(String prefix) {
        for (Map.Entry<String, byte[]> record : values.entrySet()) {
            if (record.getKey().startsWith(prefix) && record.getValue().length > 0) {
                return true;
            }
        }
        return false;
    }

    /** Fails where these are the records of a global header and would name or measure every entry that follows. */
    void requireNothingForAllEntries() throws TarSyntaxException {
        if (raw("path") != null || raw("linkpath") != null || raw("size") != null || SparseMap.isIn(this)) {
            throw new TarSyntaxException(
                    offset, "a global PAX header with a path, link target, size or sparse map for all entries");
        }
    }
}
