package io.layerfs.registry;

import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import io.layerfs.oci.Json;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * An answer: its head, and its body that is yet to be read. To be closed.
 *
 * @param uri what was asked in the end, after redirects
 */
record Response(URI uri, int status, Headers headers, InputStream body) implements AutoCloseable {

    private static final int MAX_ERROR = 64 << 10;
    private static final String LEGAL = "!#$%&'()*+,-./:;=?@[]_~";

    @Nullable
    String header(String name) {
        return headers.first(name);
    }

    /** The length that it says its body has; -1 where it does not. */
    long contentLength() throws RegistryException {
        return contentLength(uri, headers);
    }

    static long contentLength(URI uri, Headers headers) throws RegistryException {
        String value = headers.first("Content-Length");
        if (value == null) {
            return -1;
        }
        for (String other : headers.all("Content-Length")) {
            if (!other.equals(value)) {
                throw new RegistryException(uri + ": 'Content-Length' is '" + value + "' and '" + other + "'");
            }
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
        return resolve(value);
    }

    /** An address in an answer, absolute or not. What may not stand in one is encoded, as browsers do and other clients. */
    URI resolve(String address) throws RegistryException {
        StringBuilder legal = new StringBuilder();
        for (int i = 0; i < address.length(); i++) {
            char c = address.charAt(i);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || LEGAL.indexOf(c) >= 0);
            boolean escape = c == '%' && !isEscape(address, i);
            // a header's characters are bytes
            legal.append(
                    plain && !escape
                            ? Character.toString(c)
                            : "%" + HexFormat.of().toHexDigits((byte) c));
        }
        try {
            return uri.resolve(legal.toString());
        } catch (IllegalArgumentException e) {
            throw new RegistryException(uri + ": leads to '" + Words.shown(address) + "', which is no address");
        }
    }

    private static boolean isEscape(String text, int at) {
        return at + 2 < text.length()
                && Character.digit(text.charAt(at + 1), 16) >= 0
                && Character.digit(text.charAt(at + 2), 16) >= 0;
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
        return readAll(what, body, limit);
    }

    private static byte[] readAll(String what, InputStream from, int limit) throws IOException {
        byte[] bytes = from.readNBytes(limit + 1);
        if (bytes.length > limit) {
            throw new MalformedLayerException(what + ": more than " + limit + " bytes, which is all that it may have");
        }
        return bytes;
    }

    /** The same of a document. One that was compressed although that was not asked for is undone; a blob never is. */
    byte[] readDocument(String what, int limit) throws IOException {
        byte[] bytes = readAll(what, limit);
        if (!isGzip(bytes)) {
            return bytes;
        }
        try (InputStream plain = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return readAll(what, plain, limit);
        } catch (ZipException | EOFException e) {
            throw new MalformedLayerException(what + ": said to be gzip, and is none: " + e.getMessage(), e);
        }
    }

    private boolean isGzip(byte[] bytes) {
        String coding = String.valueOf(header("Content-Encoding"));
        return (coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip"))
                && bytes.length > 2
                && bytes[0] == 0x1f
                && bytes[1] == (byte) 0x8b;
    }

    /** Requires one of those that say that it was done; which one, registries do not agree about. */
    Response requireDone(String what) throws IOException {
        if (status / 100 != 2) {
            throw failure(what);
        }
        return this;
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

    /** What the body says: the first error (distribution-spec, error codes), or what others have instead; never a page of HTML. */
    String reason() {
        try {
            byte[] bytes = readDocument("error", MAX_ERROR);
            String text = new String(bytes, StandardCharsets.UTF_8).strip();
            String said = text.startsWith("{")
                    ? said(Json.parse("error", bytes))
                    : String.valueOf(header("Content-Type")).startsWith("text/plain")
                            ? text.lines().findFirst().orElse("")
                            : "";
            return said.isEmpty() ? "" : ": " + Words.shown(said);
        } catch (IOException e) {
            // an error of something between, or a body that broke off: the status says what can be said
            return "";
        }
    }

    /** What a document of an error says; nothing where it says none of it. */
    static String said(Json body) throws IOException {
        if (body.has("errors")) {
            List<Json> errors = body.objects("errors");
            if (!errors.isEmpty()) {
                String code = errors.get(0).string("code");
                String message = errors.get(0).string("message");
                return code == null || message == null
                        ? String.valueOf(code == null ? message : code)
                        : code + ", " + message;
            }
        }
        for (String name : List.of("message", "details", "error_description", "error")) {
            if (body.has(name)) {
                return String.valueOf(body.string(name));
            }
        }
        return "";
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
