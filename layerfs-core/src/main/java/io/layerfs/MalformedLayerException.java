package io.layerfs;

import java.io.IOException;

/**
 * A layer, an index of one, or a document that describes an image is not well-formed, or says something that is
 * refused. The message names the entry, the place and the reason.
 */
public final class MalformedLayerException extends IOException {

    private static final long serialVersionUID = 1L;

    /** With a message that names the entry, the place and the reason. */
    public MalformedLayerException(String message) {
        super(message);
    }

    /** With what led to it. */
    public MalformedLayerException(String message, Throwable cause) {
        super(message, cause);
    }
}
