package io.layerfs.tar;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The extents of GNU sparse format 0.0 while a PAX header is read: {@code GNU.sparse.offset} and
 * {@code GNU.sparse.numbytes} in turn. Source: GNU tar manual, "PAX Format, Versions 0.0 and 0.1".
 */
final class SparsePairs {

    private final ByteArrayOutputStream map = new ByteArrayOutputStream();
    private boolean lengthNext;

    /**
     * Takes a record where it is one of a pair.
     *
     * @return whether it is
     */
    boolean take(String keyword, byte[] value, long offset) throws TarSyntaxException {
        boolean length = keyword.equals("GNU.sparse.numbytes");
        if (!length && !keyword.equals("GNU.sparse.offset")) {
            return false;
        }
        if (length != lengthNext) {
            throw new TarSyntaxException(offset, keyword + " is out of turn: offset and numbytes alternate");
        }
        // Checked here, so that a value with commas in it cannot pass for several.
        TarNumbers.decimal(value, keyword, offset);
        if (map.size() > 0) {
            map.write(',');
        }
        map.writeBytes(value);
        lengthNext = !length;
        return true;
    }

    /** The extents in the form of format 0.1, joined with commas; null where there were none. */
    byte @Nullable [] toMap(long offset) throws TarSyntaxException {
        if (lengthNext) {
            throw new TarSyntaxException(offset, "the last GNU.sparse.offset has no GNU.sparse.numbytes");
        }
        byte[] bytes = map.toByteArray();
        return bytes.length == 0 ? null : bytes;
    }
}
