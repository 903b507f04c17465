package io.layerfs.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that the environment names, as programs in Go heed it ({@code golang.org/x/net/http/httpproxy}): {@code
 * HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY}, or the same in lower case where they are absent. Where the environment
 * names none, the JVM's own selection counts. This machine is never spoken to by a proxy.
 */
final class Proxies {

    private final Map<String, String> environment;

    Proxies(Map<String, String> environment) {
        this.environment = environment;
    }

    /** The proxy for a server; null for none. */
    Route.@Nullable Proxy find(Origin origin) throws IOException {
        if (origin.isLoopback()) {
            return null;
        }
        // a CGI program's HTTP_PROXY is a header that a client sent
        boolean cgi = environment.containsKey("REQUEST_METHOD");
        String named = origin.isEncrypted() ? variable("HTTPS_PROXY") : cgi ? "" : variable("HTTP_PROXY");
        if (named.isEmpty()) {
            return selected(origin);
        }
        return isExempt(origin, variable("NO_PROXY")) ? null : parse(named);
    }

    private String variable(String name) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : value;
    }

    private static Route.@Nullable Proxy selected(Origin origin) throws IOException {
        ProxySelector selector = ProxySelector.getDefault();
        if (selector == null) {
            return null;
        }
        for (java.net.Proxy proxy : selector.select(URI.create(origin.toString()))) {
            if (proxy.type() == java.net.Proxy.Type.DIRECT) {
                return null;
            }
            if (proxy.type() == java.net.Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress address) {
                return parse("http://" + address.getHostString() + ":" + address.getPort());
            }
        }
        return null;
    }

    /** {@code [http://][user:password@]host[:port]}. What is said of a wrong one has no password. */
    static Route.Proxy parse(String named) throws IOException {
        String text = named.contains("://") ? named : "http://" + named;
        try {
            URI uri = new URI(text);
            String user = uri.getUserInfo();
            URI plain = new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), null, null, null);
            if (uri.getHost() != null) {
                String shown = user == null || user.contains(":") ? user : user + ":";
                return new Route.Proxy(
                        Origin.of(plain),
                        shown == null
                                ? null
                                : "Basic "
                                        + Base64.getEncoder().encodeToString(shown.getBytes(StandardCharsets.UTF_8)));
            }
        } catch (URISyntaxException | RegistryException e) {
            // said below
        }
        throw new IOException("the environment names a proxy that is no address of http or https: '"
                + Words.shown(text.replaceFirst("//.*@", "//...@")) + "'");
    }

    /** Whether one of the names, addresses and ranges of {@code NO_PROXY} has the server. */
    static boolean isExempt(Origin origin, String list) {
        String host = origin.address().replaceFirst("\\.$", "");
        byte[] address = literal(host);
        for (String part : list.split(",", -1)) {
            String entry = part.strip().toLowerCase(Locale.ROOT);
            if (!entry.isEmpty() && (entry.equals("*") || isIn(host, address, origin.port(), entry))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isIn(String host, byte @Nullable [] address, int port, String entry) {
        int slash = entry.indexOf('/');
        if (slash > 0) {
            byte[] range = literal(entry.substring(0, slash));
            String bits = entry.substring(slash + 1);
            return range != null && bits.matches("[0-9]{1,3}") && isInRange(address, range, Integer.parseInt(bits));
        }
        String name = entry;
        int colon = entry.lastIndexOf(':');
        boolean hasPort = colon > 0
                && entry.substring(colon + 1).matches("[0-9]{1,5}")
                && (entry.indexOf(':') == colon || entry.charAt(colon - 1) == ']');
        if (hasPort) {
            if (Integer.parseInt(entry.substring(colon + 1)) != port) {
                return false;
            }
            name = entry.substring(0, colon);
        }
        byte[] literal = literal(name.startsWith("[") ? name.substring(1, Math.max(1, name.length() - 1)) : name);
        if (literal != null) {
            return java.util.Arrays.equals(literal, address);
        }
        if (name.startsWith("*.")) {
            name = name.substring(1);
        }
        return name.startsWith(".") ? host.endsWith(name) : host.equals(name) || host.endsWith("." + name);
    }

    private static boolean isInRange(byte @Nullable [] address, byte[] range, int bits) {
        if (address == null || address.length != range.length || bits > range.length * 8) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i % 8);
            if ((address[i / 8] & mask) != (range[i / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** The bytes of an address that is written as one; null for a name, which is never looked up. */
    private static byte @Nullable [] literal(String text) {
        if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}") && !text.matches("[0-9a-f.]*:[0-9a-f:.]*")) {
            return null;
        }
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
