package io.layerfs;

import java.io.IOException;

/** Some bytes are not those that their digest or size promised. The message gives both sides and how each was had. */
public final class DigestMismatchException extends IOException {

    private static final long serialVersionUID = 1L;

    /** With a message that gives both sides. */
    public DigestMismatchException(String message) {
        super(message);
    }
}
