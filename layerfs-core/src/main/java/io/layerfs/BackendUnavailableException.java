package io.layerfs;

import java.io.IOException;

/** A backend cannot work here; the message says what is missing. Nothing was changed. */
public class BackendUnavailableException extends IOException {

    private static final long serialVersionUID = 1;

    /** For this reason. */
    public BackendUnavailableException(String reason) {
        super(reason);
    }

    /** For this reason, which was noticed by a failure. */
    public BackendUnavailableException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
