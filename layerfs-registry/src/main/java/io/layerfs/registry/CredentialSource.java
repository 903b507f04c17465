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

    /**
     * Docker's config file, {@code $DOCKER_CONFIG/config.json} or else {@code ~/.docker/config.json}, with the credential
     * helpers that it names. It is read when it is needed; where there is none, nothing is known.
     */
    static CredentialSource docker() {
        String directory = System.getenv("DOCKER_CONFIG");
        Path config = directory == null || directory.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".docker")
                : Path.of(directory);
        return docker(config.resolve("config.json"));
    }

    /** The same of this file. */
    static CredentialSource docker(Path config) {
        return new DockerConfig(config);
    }

    /** These for one registry, and for others what {@code others} has. */
    static CredentialSource of(String registry, Credentials credentials, CredentialSource others) {
        return asked -> asked.equals(registry) ? credentials : others.find(asked);
    }
}
