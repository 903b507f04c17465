package io.layerfs.oci;

import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.io.InputStream;

/** Where the bytes of a blob come from: a piece of a file, or a registry. Nothing says that they are the right ones. */
public interface BlobSource {

    /** What it is, for messages. */
    String what();

    /** How many bytes it says that it has. */
    long size();

    /** Its bytes from the start; the caller closes. */
    InputStream open() throws IOException;

    /** All its bytes, where it is small enough to be a document. */
    default byte[] readDocument() throws IOException {
        if (size() > Json.MAX_BYTES) {
            throw new MalformedLayerException(what() + ": " + size() + " bytes; a document may have " + Json.MAX_BYTES);
        }
        try (InputStream in = open()) {
            return in.readNBytes((int) size() + 1);
        }
    }
}
