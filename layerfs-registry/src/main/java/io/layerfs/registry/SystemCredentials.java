package io.layerfs.registry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The places in which docker and podman keep credentials; see {@link CredentialSource#system}. */
final class SystemCredentials implements CredentialSource, AskedHelpers.Asking {

    private final Map<String, String> environment;
    private final Path home;
    private final @Nullable AskedHelpers helpers;

    SystemCredentials(Map<String, String> environment, Path home) {
        this(environment, home, null);
    }

    private SystemCredentials(Map<String, String> environment, Path home, @Nullable AskedHelpers helpers) {
        this.environment = environment;
        this.home = home;
        this.helpers = helpers;
    }

    @Override
    public SystemCredentials by(AskedHelpers asked) {
        return new SystemCredentials(environment, home, asked);
    }

    static Path dockerConfig(Map<String, String> environment, Path home) {
        String directory = environment.getOrDefault("DOCKER_CONFIG", "");
        return (directory.isEmpty() ? home.resolve(".docker") : Path.of(directory)).resolve("config.json");
    }

    @Override
    public @Nullable Credentials find(String registry) throws IOException {
        return find(registry, "");
    }

    /** One place that fails, such as a helper that is not there, does not keep the others from being asked. */
    @Override
    public @Nullable Credentials find(String registry, String repository) throws IOException {
        IOException failure = null;
        for (DockerConfig config : places()) {
            try {
                Credentials found = (helpers == null ? config : config.by(helpers)).find(registry, repository);
                if (found != null) {
                    return found;
                }
            } catch (IOException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return null;
    }

    private List<DockerConfig> places() {
        List<DockerConfig> places = new ArrayList<>();
        String text = environment.getOrDefault("DOCKER_AUTH_CONFIG", "");
        if (!text.isBlank()) {
            places.add(DockerConfig.text("DOCKER_AUTH_CONFIG", text.getBytes(StandardCharsets.UTF_8)));
        }
        String file = environment.getOrDefault("REGISTRY_AUTH_FILE", "");
        if (!file.isEmpty()) {
            places.add(DockerConfig.file(Path.of(file)));
            return places;
        }
        places.add(DockerConfig.file(dockerConfig(environment, home)));
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (!runtime.isEmpty()) {
            places.add(DockerConfig.file(Path.of(runtime, "containers", "auth.json")));
        }
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        places.add(DockerConfig.file(
                (config.isEmpty() ? home.resolve(".config") : Path.of(config)).resolve("containers/auth.json")));
        return places;
    }
}
