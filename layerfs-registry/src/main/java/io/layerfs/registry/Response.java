package io.layerfs.registry;

import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import io.layerfs.oci.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer: its head, and its body that is yet to be read. To be closed.
 *
 * @param uri what was asked in the end, after redirects
 */
record Response(URI uri, int status, HttpHeaders headers, InputStream body) implements AutoCloseable {

    private static final int MAX_ERROR = 64 << 10;
    private static final int MAX_SHOWN = 300;

    @Nullable
    String header(String name) {
        return headers.firstValue(name).orElse(null);
    }

    /** The length that it says its body has; -1 where it does not. */
    long contentLength() throws RegistryException {
        String value = header("Content-Length");
        if (value == null) {
            return -1;
        }
        if (!value.matches("[0-9]{1,18}")) {
            throw new RegistryException(uri + ": 'Content-Length' is '" + value + "'");
        }
        return Long.parseLong(value);
    }

    /** Where a {@code Location}, absolute or not, leads. */
    URI location() throws RegistryException {
        String value = header("Location");
        if (value == null) {
            throw new RegistryException(uri + ": status " + status + " without 'Location'");
        }
        try {
            return uri.resolve(value);
        } catch (IllegalArgumentException e) {
            throw new RegistryException(uri + ": 'Location' is '" + value + "', which is no address");
        }
    }

    /** The digest that the registry says the content has; null where it says none. It is compared, never trusted. */
    @Nullable
    Digest contentDigest() throws RegistryException {
        String value = header("Docker-Content-Digest");
        try {
            return value == null ? null : Digest.parse(value);
        } catch (IllegalArgumentException e) {
            throw new RegistryException(uri + ": 'Docker-Content-Digest': " + e.getMessage());
        }
    }

    /** The body, which may have {@code limit} bytes. */
    byte[] readAll(String what, int limit) throws IOException {
        if (contentLength() > limit) {
            throw new MalformedLayerException(what + ": " + contentLength() + " bytes; it may have " + limit);
        }
        byte[] bytes = body.readNBytes(limit + 1);
        if (bytes.length > limit) {
            throw new MalformedLayerException(what + ": more than " + limit + " bytes, which is all that it may have");
        }
        return bytes;
    }

    /** Requires one of these; any other status is a failure. */
    Response require(String what, Integer... expected) throws IOException {
        if (!List.of(expected).contains(status)) {
            throw failure(what);
        }
        return this;
    }

    /** What the status, and what the registry says about it, means. */
    IOException failure(String what) {
        String reason = "status " + status + reason();
        return switch (status) {
            case 401, 403 -> new AccessDeniedException(what, null, "access is denied: " + reason);
            case 404 -> new NoSuchFileException(what, null, "not in the registry: " + reason);
            default -> new RegistryException(what + ": " + reason, status, retryAfterMillis());
        };
    }

    /** The first error of the body (distribution-spec, error codes), if that is what the body is. */
    private String reason() {
        try {
            List<Json> errors = Json.parse("error", body.readNBytes(MAX_ERROR)).objects("errors");
            if (errors.isEmpty()) {
                return "";
            }
            String message = errors.get(0).string("message");
            String text = errors.get(0).string("code") + (message == null ? "" : ", " + message);
            return ": " + (text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text);
        } catch (IOException e) {
            // an error of something between, or a body that broke off: the status says what can be said
            return "";
        }
    }

    /** {@code Retry-After}: seconds, or a date (RFC 9110, 10.2.3). */
    private long retryAfterMillis() {
        String value = header("Retry-After");
        if (value == null) {
            return -1;
        }
        if (value.matches("[0-9]{1,9}")) {
            return Long.parseLong(value) * 1000;
        }
        try {
            Instant at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Math.max(0, Duration.between(Instant.now(), at).toMillis());
        } catch (DateTimeParseException e) {
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
