package io.layerfs.oci;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A file that goes into an image archive. */
public interface ArchiveFile {

    /** How many bytes it has. */
    long size();

    /** Opens it; the caller closes. What lies in a store ends in an exception where it is damaged. */
    InputStream open() throws IOException;

    /** A small one. */
    static ArchiveFile of(byte[] bytes) {
        return new ArchiveFile() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    /** The bytes of a layer. */
    static ArchiveFile of(OutgoingImage.Layer layer) {
        return new ArchiveFile() {
            @Override
            public long size() {
                return layer.descriptor().size();
            }

            @Override
            public InputStream open() throws IOException {
                return layer.open();
            }
        };
    }
}
