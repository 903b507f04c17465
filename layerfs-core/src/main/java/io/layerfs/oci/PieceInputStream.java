package io.layerfs.oci;

import io.layerfs.MalformedLayerException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A document of any size that is read piece by piece, of which no piece is larger than a document may be: what keeps one is not
 * asked for more memory. For one thread.
 */
final class PieceInputStream extends FilterInputStream {

    private final String document;
    private long left = Json.MAX_BYTES;

    PieceInputStream(String document, InputStream in) {
        super(in);
        this.document = document;
    }

    /** A new piece begins, about here: whoever reads may be some bytes ahead. */
    void next() {
        left = Json.MAX_BYTES;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        take(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        take(Math.max(count, 0));
        return count;
    }

    private void take(int count) throws MalformedLayerException {
        left -= count;
        if (left < 0) {
            throw new MalformedLayerException(document + ": one value of more than " + Json.MAX_BYTES
                    + " bytes; the document may have any number of them");
        }
    }
}
