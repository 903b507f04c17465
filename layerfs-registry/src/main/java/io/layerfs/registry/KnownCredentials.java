package io.layerfs.registry;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a source answered, which is asked once for each repository, and helpers once for each registry. A source that fails
 * counts as having nothing, until it turns out that something was needed. Safe for many threads.
 */
final class KnownCredentials {

    private final CredentialSource source;
    private final Map<String, Answer> answers = new HashMap<>();

    /** What was found, or why nothing was. */
    record Answer(
            @Nullable Credentials credentials, @Nullable IOException failure) {

        /** Why access was denied; a failure of the source is the cause. */
        AccessDeniedException denied(String registry, String reason) {
            AccessDeniedException denied = new AccessDeniedException(
                    registry, null, reason + (failure == null ? "" : "; credentials: " + failure.getMessage()));
            if (failure != null) {
                denied.initCause(failure);
            }
            return denied;
        }
    }

    KnownCredentials(CredentialSource source) {
        this.source = source instanceof AskedHelpers.Asking asking ? asking.by(new AskedHelpers()) : source;
    }

    /** Those who want the same wait for each other, so that it is asked once. */
    synchronized Answer find(String registry, String repository) {
        return answers.computeIfAbsent(registry + "/" + repository, key -> {
            try {
                return new Answer(source.find(registry, repository), null);
            } catch (IOException e) {
                return new Answer(null, e);
            }
        });
    }
}
