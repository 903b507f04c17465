package io.layerfs.registry;

import org.jspecify.annotations.Nullable;

/**
 * A way to a server: what connections that may be used for each other have in common.
 *
 * @param proxy null for none
 */
record Route(Origin origin, @Nullable Proxy proxy) {

    /**
     * A server that passes on what it is sent (RFC 9110, 3.7).
     *
     * @param authorization what it is shown; null for nothing
     */
    record Proxy(Origin origin, @Nullable String authorization) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "proxy " + origin;
        }
    }

    /** Whether requests name the whole address, for a proxy that reads them. */
    boolean isAbsolute() {
        return proxy != null && !origin.isEncrypted();
    }

    /** Where the connection leads first. */
    Origin first() {
        return proxy == null ? origin : proxy.origin();
    }
}
