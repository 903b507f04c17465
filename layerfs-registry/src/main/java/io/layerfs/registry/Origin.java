package io.layerfs.registry;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * A server: scheme, host and port (RFC 6454). What one origin was told in confidence, no other one is.
 *
 * @param host in lower case; an IPv6 address in brackets
 */
record Origin(String scheme, String host, int port) {

    /** The origin of an absolute URI of http or https. */
    static Origin of(URI uri) throws RegistryException {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean https = scheme.equals("https");
        if ((!https && !scheme.equals("http")) || uri.getHost() == null || uri.getUserInfo() != null) {
            throw new RegistryException(uri + ": not an address of http or https with a host and no user");
        }
        int port = uri.getPort() < 0 ? https ? 443 : 80 : uri.getPort();
        return new Origin(scheme, uri.getHost().toLowerCase(Locale.ROOT), port);
    }

    /** The host as it is looked up: an IPv6 address without its brackets. */
    String address() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    boolean isEncrypted() {
        return scheme.equals("https");
    }

    /** Whether what is sent stays on this machine. */
    boolean isLoopback() {
        return isLoopback(host);
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.[0-9]{1,3}){3}");
    }

    /** Whether a registry, {@code host[:port]}, may be spoken to without encryption: on this machine, or where that was told. */
    static boolean isPlain(String registry, Set<String> told) {
        return isLoopback(host(registry)) || isTold(registry, told);
    }

    /** Whether one of those that are told is this registry, or its host. */
    static boolean isTold(String registry, Set<String> told) {
        return told.contains(registry) || told.contains(host(registry));
    }

    private static String host(String registry) {
        return registry.replaceFirst(":[0-9]+$", "").toLowerCase(Locale.ROOT);
    }

    /** Refuses to send anything unencrypted over a network, unless that was told. */
    void requireSafe(Set<String> told) throws RegistryException {
        if (!isEncrypted() && !isPlain(host + ":" + port, told)) {
            throw new RegistryException(
                    this + ": plain http, which is only used on this machine, or where that is asked for");
        }
    }

    @Override
    public String toString() {
        return scheme + "://" + host + ":" + port;
    }
}
