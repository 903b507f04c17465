package io.layerfs.examples.command;

import io.layerfs.examples.terminal.Arguments;
import io.layerfs.registry.CredentialSource;
import io.layerfs.registry.Credentials;
import io.layerfs.registry.Reference;
import io.layerfs.registry.RegistryOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

    @Option(names = "--username", paramLabel = "NAME", description = "Who asks, instead of whom Docker's config names.")
    private @Nullable String username;

    @Option(names = "--password-stdin", description = "The password of that user is on standard input.")
    private boolean passwordOnInput;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "Trust what these certificates (PEM) have signed, too, and speak TLS to this machine as well.")
    private @Nullable String authorities;

    /** The reference that was given. */
    static Reference parse(String reference) throws Failure {
        try {
            return Reference.parse(reference);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
    }

    /** For the registry of {@code reference}. */
    RegistryOptions options(Reference reference) throws IOException, Failure {
        RegistryOptions options = RegistryOptions.DEFAULT.withPlainHttp(plainHttp);
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
