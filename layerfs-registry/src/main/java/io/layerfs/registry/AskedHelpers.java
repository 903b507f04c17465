package io.layerfs.registry;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Credential helpers, each of which is asked once for a registry, whatever it answers: it may be slow, or ask a person, and it
 * does not know of repositories. Safe for many threads.
 */
final class AskedHelpers {

    /** A source of credentials that may ask helpers. */
    interface Asking {
        /** The same source, which asks them by {@code helpers}. */
        CredentialSource by(AskedHelpers helpers);
    }

    private record Answer(
            @Nullable Credentials credentials, @Nullable IOException failure) {}

    private final Map<String, Answer> answers = new HashMap<>();

    /** What the helper of that name has for a registry; null for nothing. */
    synchronized @Nullable Credentials get(String helper, String registry) throws IOException {
        Answer answer = answers.computeIfAbsent(helper + " " + registry, key -> {
            try {
                return new Answer(CredentialHelper.named(helper).get(registry), null);
            } catch (IOException e) {
                return new Answer(null, e);
            }
        });
        if (answer.failure != null) {
            throw answer.failure;
        }
        return answer.credentials;
    }
}
