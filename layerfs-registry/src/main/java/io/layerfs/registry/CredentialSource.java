package io.layerfs.registry;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where credentials come from. Asked when a registry wants some, by several threads. */
@FunctionalInterface
public interface CredentialSource {

    /** Has none. */
    CredentialSource NONE = registry -> null;

    /**
     * What is known for a registry; null where nothing is.
     *
     * @param registry {@code host[:port]} as references have it, {@code docker.io} for Docker Hub
     */
    @Nullable
    Credentials find(String registry) throws IOException;

    /** What is known for a repository of a registry; as {@link #find(String)} where a source does not tell them apart. */
    default @Nullable Credentials find(String registry, String repository) throws IOException {
        return find(registry);
    }

    /**
     * What docker and podman know on this machine, in this order: {@code DOCKER_AUTH_CONFIG}, which has the file's text; the file
     * that {@code REGISTRY_AUTH_FILE} names, and then no other; Docker's config file; podman's {@code containers/auth.json} in {@code
     * XDG_RUNTIME_DIR} and then in {@code XDG_CONFIG_HOME} or {@code ~/.config}. The first that knows something is used.
     */
    static CredentialSource system() {
        return new SystemCredentials(System.getenv(), Path.of(System.getProperty("user.home")));
    }

    /**
     * Docker's config file, {@code $DOCKER_CONFIG/config.json} or else {@code ~/.docker/config.json}, with the credential
     * helpers that it names. It is read when it is needed; where there is none, nothing is known.
     */
    static CredentialSource docker() {
        return docker(SystemCredentials.dockerConfig(System.getenv(), Path.of(System.getProperty("user.home"))));
    }

    /** The same of this file. */
    static CredentialSource docker(Path config) {
        return DockerConfig.file(config);
    }

    /** These for one registry, and for others what {@code others} has. */
    static CredentialSource of(String registry, Credentials credentials, CredentialSource others) {
        return new CredentialSource() {
            @Override
            public @Nullable Credentials find(String asked) throws IOException {
                return asked.equals(registry) ? credentials : others.find(asked);
            }

            @Override
            public @Nullable Credentials find(String asked, String repository) throws IOException {
                return asked.equals(registry) ? credentials : others.find(asked, repository);
            }
        };
    }
}
