package io.layerfs.registry;

import java.io.IOException;

/**
 * A registry answered with an error, or with something that is no answer. What is absent is a {@code NoSuchFileException}, what
 * is not allowed an {@code AccessDeniedException}.
 */
public final class RegistryException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final long retryAfterMillis;

    /** Something that is no answer. */
    RegistryException(String message) {
        this(message, 0, -1);
    }

    /** An answer of this status; {@code retryAfterMillis} is when to ask again, -1 where it does not say. */
    RegistryException(String message, int status, long retryAfterMillis) {
        super(message);
        this.status = status;
        this.retryAfterMillis = retryAfterMillis;
    }

    /** The status of the answer; 0 where there was none. */
    public int status() {
        return status;
    }

    /** Whether the same request may have another answer later (RFC 9110, RFC 6585). */
    boolean isTransient() {
        return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
    }

    long retryAfterMillis() {
        return retryAfterMillis;
    }
}
