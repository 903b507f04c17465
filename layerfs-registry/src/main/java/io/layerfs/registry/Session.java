package io.layerfs.registry;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Requests to registries, with what they want to be told of who asks. Knows what each one wanted, so that it is told at once
 * the next time. Safe for many threads.
 */
final class Session implements AutoCloseable {

    private final RegistryOptions options;
    private final Transport transport;
    private final Tokens tokens;
    private final KnownCredentials credentials;

    /** What a registry wanted to be told last. */
    private final Map<Access, Challenge> known = new ConcurrentHashMap<>();

    /** What is wanted of one registry. */
    record Access(Origin origin, String registry, String repository, TreeSet<String> scopes) {}

    Session(RegistryOptions options) {
        this.options = options;
        this.transport = new Transport(options);
        this.credentials = new KnownCredentials(options.credentials());
        this.tokens = new Tokens(transport, credentials);
    }

    RegistryOptions options() {
        return options;
    }

    /**
     * Sends a request once, and once more where it was challenged. The answer is to be closed.
     *
     * @param scopes what the request does, as token servers name it: {@code repository:a/b:pull}
     */
    Response send(Request request, Reference reference, List<String> scopes) throws IOException {
        Access access =
                new Access(origin(reference), reference.registry(), reference.repository(), new TreeSet<>(scopes));
        if (!Origin.of(request.uri()).equals(access.origin())) {
            Transport.requireNotWeaker(base(reference), request.uri());
            return transport.send(request);
        }
        Challenge expected = known.get(access);
        String shown = expected == null ? null : answer(access, expected, null);
        Response response = transport.send(request.with(Request.AUTHORIZATION, shown));
        if (response.status() != 401 || !Origin.of(response.uri()).equals(access.origin())) {
            return response;
        }
        Challenge challenge;
        try (response) {
            challenge = choose(Challenge.parse(response.headers().all("WWW-Authenticate")));
            if (challenge == null) {
                throw response.failure(reference.toString());
            }
        }
        String answer = answer(access, challenge, shown);
        known.put(access, challenge);
        return transport.send(request.with(Request.AUTHORIZATION, answer));
    }

    private static @Nullable Challenge choose(List<Challenge> challenges) {
        for (String scheme : List.of("bearer", "basic")) {
            for (Challenge challenge : challenges) {
                // without a server for tokens there is nobody to ask
                if (challenge.scheme().equals(scheme)
                        && (scheme.equals("basic") || challenge.parameter("realm") != null)) {
                    return challenge;
                }
            }
        }
        return null;
    }

    /** What is shown to answer a challenge, other than {@code refused}. */
    private String answer(Access access, Challenge challenge, @Nullable String refused) throws IOException {
        if (challenge.scheme().equals("bearer")) {
            String token = refused == null ? null : refused.substring(refused.indexOf(' ') + 1);
            return "Bearer " + tokens.get(access, challenge, token);
        }
        KnownCredentials.Answer found = credentials.find(access.registry(), access.repository());
        if (found.credentials() instanceof Credentials.Password password) {
            return basic(password);
        }
        throw found.denied(access.registry(), "wants a user name and a password, and none are known for it");
    }

    static String basic(Credentials.Password password) {
        byte[] text = (password.username() + ":" + password.password()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(text);
    }

    private Origin origin(Reference reference) throws RegistryException {
        return Origin.of(base(reference));
    }

    /** Where the requests of a registry begin. Who says whom to trust means to be encrypted on this machine, too. */
    URI base(Reference reference) {
        boolean plain = options.sslContext() == null
                ? Origin.isPlain(reference.host(), options.plainHttp())
                : Origin.isTold(reference.host(), options.plainHttp());
        return URI.create((plain ? "http://" : "https://") + reference.host() + "/v2/");
    }

    @Override
    public void close() {
        transport.close();
    }
}
