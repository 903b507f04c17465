package io.layerfs.examples.command;

import io.layerfs.examples.terminal.Arguments;
import io.layerfs.registry.CredentialSource;
import io.layerfs.registry.Credentials;
import io.layerfs.registry.Reference;
import io.layerfs.registry.RegistryOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command speaks to a registry. */
final class RegistryOption {

    @Option(
            names = "--plain-http",
            paramLabel = "HOST[:PORT]",
            description = "Speak to this registry without encryption, as to those of this machine.")
    private Set<String> plainHttp = new TreeSet<>();

    @Option(
            names = "--username",
            paramLabel = "NAME",
            description = "Who asks, instead of whom docker's or podman's files name.")
    private @Nullable String username;

    @Option(names = "--password-stdin", description = "The password of that user is on standard input.")
    private boolean passwordOnInput;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "Trust what these certificates (PEM) have signed, too, and speak TLS to this machine as well.")
    private @Nullable String authorities;

    @Option(
            names = "--mirror",
            paramLabel = "REGISTRY=HOST[:PORT][/PATH]",
            description = "Pull images of this registry from there first. Several are asked in their order.")
    private List<String> mirrors = new ArrayList<>();

    /** The reference that was given. */
    static Reference parse(String reference) throws Failure {
        try {
            return Reference.parse(reference);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
    }

    private Map<String, List<String>> mirrors() throws Failure {
        Map<String, List<String>> byRegistry = new LinkedHashMap<>();
        for (String mirror : mirrors) {
            int sign = mirror.indexOf('=');
            if (sign <= 0 || sign == mirror.length() - 1) {
                throw Failure.usage("--mirror " + mirror + ": not of the form REGISTRY=HOST[:PORT][/PATH]");
            }
            byRegistry
                    .computeIfAbsent(mirror.substring(0, sign), key -> new ArrayList<>())
                    .add(mirror.substring(sign + 1));
        }
        return byRegistry;
    }

    /** For the registry of {@code reference}. */
    RegistryOptions options(Reference reference) throws IOException, Failure {
        RegistryOptions options = RegistryOptions.DEFAULT.withPlainHttp(plainHttp);
        for (Map.Entry<String, List<String>> mirrored : mirrors().entrySet()) {
            options = options.withMirrors(mirrored.getKey(), mirrored.getValue());
        }
        if (authorities != null) {
            options = options.withAuthorities(Arguments.hostPath(authorities));
        }
        if (username == null && !passwordOnInput) {
            return options;
        }
        if (username == null || !passwordOnInput) {
            throw Failure.usage("--username and --password-stdin go together");
        }
        String password = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
        return options.withCredentials(CredentialSource.of(
                reference.registry(), new Credentials.Password(username, password), CredentialSource.NONE));
    }
}
