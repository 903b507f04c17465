package io.layerfs.registry;

import io.layerfs.oci.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tokens for registries, from the servers that they name (distribution's token authentication; OAuth 2 for identity tokens).
 * One is used until shortly before it expires.
 *
 * <p>The server that gives tokens may have another origin than the registry, which says where it is: it is the one exception
 * to credentials staying with one origin, and the reason why it must be encrypted, as the registry must.
 */
final class Tokens {

    private static final int MAX_ANSWER = 1 << 20;
    private static final long DEFAULT_SECONDS = 60;
    private static final long MARGIN_SECONDS = 5;
    private static final String CLIENT = "layerfs";

    private final Transport transport;
    private final KnownCredentials known;
    private final Map<Session.Access, Token> tokens = new ConcurrentHashMap<>();
    private final Map<Session.Access, Object> locks = new ConcurrentHashMap<>();

    private record Token(String value, long expires) {
        boolean isFresh() {
            return System.nanoTime() - expires < 0;
        }
    }

    Tokens(Transport transport, KnownCredentials known) {
        this.transport = transport;
        this.known = known;
    }

    /** One that answers the challenge, other than {@code refused}; threads that want the same one wait for each other. */
    String get(Session.Access access, Challenge challenge, @Nullable String refused) throws IOException {
        synchronized (locks.computeIfAbsent(access, key -> new Object())) {
            Token last = tokens.get(access);
            if (last != null && last.isFresh() && !last.value().equals(refused)) {
                return last.value();
            }
            Token token = fetch(access, challenge);
            tokens.put(access, token);
            return token.value();
        }
    }

    private Token fetch(Session.Access access, Challenge challenge) throws IOException {
        URI realm = realm(access, challenge);
        TreeSet<String> scopes = new TreeSet<>(access.scopes());
        String asked = challenge.parameter("scope");
        if (asked != null) {
            Arrays.stream(asked.split(" "))
                    .filter(scope ->
                            !scope.isEmpty() && access.scopes().stream().noneMatch(own -> covers(own, scope)))
                    .forEach(scopes::add);
        }
        String service = challenge.parameter("service");
        KnownCredentials.Answer found = known.find(access.registry(), access.repository());
        Credentials credentials = found.credentials();
        String what = access.registry() + ": token of " + realm;
        try (Response response = transport.send(request(realm, service, scopes, credentials))) {
            if (response.status() == 400 || response.status() == 401 || response.status() == 403) {
                throw found.denied(
                        access.registry(),
                        (credentials == null
                                        ? "no credentials are known, and without them"
                                        : credentials + ": refused;")
                                + " no token is given by " + realm + ": status " + response.status()
                                + response.reason());
            }
            return parse(what, response.requireDone(what).readDocument(what, MAX_ANSWER));
        }
    }

    /** Whether one scope, {@code type:name:action,action}, has all that another has. */
    private static boolean covers(String scope, String other) {
        int end = other.lastIndexOf(':') + 1;
        List<String> actions =
                List.of(scope.substring(scope.lastIndexOf(':') + 1).split(","));
        return end > 0
                && scope.startsWith(other.substring(0, end))
                && actions.containsAll(List.of(other.substring(end).split(",")));
    }

    private static URI realm(Session.Access access, Challenge challenge) throws RegistryException {
        String realm = String.valueOf(challenge.parameter("realm"));
        try {
            URI uri = URI.create(access.origin() + "/v2/").resolve(new URI(realm));
            boolean weaker = access.origin().isEncrypted() && !Origin.of(uri).isEncrypted();
            if (!weaker || Origin.of(uri).isLoopback()) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new RegistryException(access.registry() + ": names no server for tokens, but '" + realm + "'");
        }
        throw new RegistryException(
                access.registry() + ": is encrypted, and wants its tokens fetched over plain http from " + realm);
    }

    private static Request request(
            URI realm, @Nullable String service, Set<String> scopes, @Nullable Credentials credentials) {
        if (credentials instanceof Credentials.IdentityToken identity) {
            StringBuilder form = new StringBuilder("grant_type=refresh_token&client_id=" + CLIENT);
            append(form, "service", service);
            append(form, "scope", String.join(" ", scopes));
            append(form, "refresh_token", identity.token());
            byte[] bytes = form.toString().getBytes(StandardCharsets.US_ASCII);
            return Request.of("POST", realm).with(new Bytes(bytes), "application/x-www-form-urlencoded");
        }
        StringBuilder query = new StringBuilder(realm.getRawQuery() == null ? "" : realm.getRawQuery());
        append(query, "service", service);
        scopes.forEach(scope -> append(query, "scope", scope));
        String text = realm.toString();
        int end = text.indexOf('?') < 0 ? text.length() : text.indexOf('?');
        Request request = Request.get(URI.create(text.substring(0, end) + "?" + query));
        return credentials instanceof Credentials.Password password
                ? request.with(Request.AUTHORIZATION, Session.basic(password))
                : request;
    }

    private static void append(StringBuilder form, String name, @Nullable String value) {
        if (value != null) {
            form.append(form.isEmpty() ? "" : "&").append(name).append('=');
            form.append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }

    private static Token parse(String what, byte[] answer) throws IOException {
        long now = System.nanoTime();
        Json json = Json.parse(what, answer);
        String token = json.string("token");
        if (token == null || token.isEmpty()) {
            token = json.string("access_token");
        }
        if (token == null || token.isEmpty()) {
            throw new RegistryException(what + ": the answer has neither 'token' nor 'access_token'"
                    + Response.said(json).transform(said -> said.isEmpty() ? "" : ": " + Words.shown(said)));
        }
        if (!token.matches("[\\x21-\\x7e]+")) {
            throw new RegistryException(what + ": holds characters that no token has");
        }
        long seconds = seconds(json.members().get("expires_in"));
        long kept = Math.min(Math.max(seconds, DEFAULT_SECONDS), TimeUnit.DAYS.toSeconds(1)) - MARGIN_SECONDS;
        return new Token(token, now + TimeUnit.SECONDS.toNanos(kept));
    }

    /** By this machine's clock from now on, whatever {@code issued_at} says; some write numbers as strings, or as fractions. */
    private static long seconds(@Nullable Object said) {
        String text = String.valueOf(said);
        return text.matches("[0-9]{1,9}(\\.[0-9]*)?")
                ? Long.parseLong(text.replaceFirst("\\..*", ""))
                : DEFAULT_SECONDS;
    }

    /** Bytes to be sent. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Bytes(byte[] bytes) implements Request.Body {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(bytes);
        }
    }
}
