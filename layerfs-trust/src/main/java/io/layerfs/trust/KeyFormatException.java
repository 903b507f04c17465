package io.layerfs.trust;

import java.io.IOException;

/** A key cannot be read, is not of a kind that signs images, or its passphrase is wrong. The message names the key. */
public final class KeyFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    /** With a message that names the key and the reason. */
    public KeyFormatException(String message) {
        super(message);
    }

    /** With what led to it. */
    public KeyFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
