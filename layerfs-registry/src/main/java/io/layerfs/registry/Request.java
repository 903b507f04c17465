package io.layerfs.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that can be sent any number of times.
 *
 * @param body null for none
 */
record Request(
        String method,
        URI uri,
        Map<String, String> headers,
        @Nullable Body body) {

    static final String AUTHORIZATION = "Authorization";

    /** What is sent with a request: the same bytes each time it is opened. What fails of it is no failure of the network. */
    interface Body {
        long size();

        InputStream open() throws IOException;
    }

    static Request of(String method, URI uri) {
        return new Request(method, uri, Map.of(), null);
    }

    static Request get(URI uri) {
        return of("GET", uri);
    }

    Request with(String header, @Nullable String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        if (value != null) {
            more.put(header, value);
        }
        return new Request(method, uri, more, body);
    }

    Request with(Body sent, String contentType) {
        return new Request(method, uri, headers, sent).with("Content-Type", contentType);
    }

    /** The same of another place, which must not learn what was meant for the first, unless both have one origin. */
    Request redirected(URI target) throws RegistryException {
        Map<String, String> kept = new LinkedHashMap<>(headers);
        if (!Origin.of(target).equals(Origin.of(uri))) {
            kept.remove(AUTHORIZATION);
        }
        return new Request(method, target, kept, body);
    }

    boolean isRead() {
        return method.equals("GET") || method.equals("HEAD");
    }
}
