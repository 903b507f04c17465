package io.layerfs.registry;

/** What is shown to a registry, or to the server that gives tokens for it. */
public sealed interface Credentials {

    /** A user's name and password. */
    record Password(String username, String password) implements Credentials {
        /** Without the secret. */
        @Override
        public String toString() {
            return "password of " + username;
        }
    }

    /** A refresh token (OAuth 2), which gives tokens for a while; {@code identitytoken} in Docker's config file. */
    record IdentityToken(String token) implements Credentials {
        /** Without the secret. */
        @Override
        public String toString() {
            return "identity token";
        }
    }
}
