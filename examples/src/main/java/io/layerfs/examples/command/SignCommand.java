package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.ImageSignature;
import io.layerfs.LayerStore;
import io.layerfs.examples.terminal.Arguments;
import io.layerfs.trust.Signer;
import io.layerfs.trust.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layerfs sign}. */
@Command(
        name = "sign",
        header = "Sign an image; the signature lies beside it in the store.",
        description = {
            "As 'cosign sign --key' does: the digest of the manifest and the repository are signed. A signature that the key"
                    + " made before for that repository is replaced. Keys are PEM: ECDSA P-256, Ed25519 or RSA, as openssl and"
                    + " cosign write them. Prints the digest of what was signed."
        },
        footer = {
            "%nExamples:",
            "  openssl genpkey -algorithm ED25519 -aes256 -out key.pem",
            "  layerfs sign app:1 --key key.pem --annotation build=42"
        })
final class SignCommand extends StoreCommand {

    @Parameters(index = "0", paramLabel = "IMAGE", description = "A tag, or the start of a digest.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reference;

    @Option(names = "--key", paramLabel = "PEM", required = true, description = "The private key.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String key;

    @Mixin
    private final PassphraseOption passphrase = new PassphraseOption();

    @Option(names = "--annotation", paramLabel = "NAME=VALUE", description = "Something more that is signed.")
    private Map<String, String> annotations = new LinkedHashMap<>();

    @Option(
            names = "--identity",
            paramLabel = "REPOSITORY",
            description =
                    "What the image is called where it is used, such as registry.example.com/team/app. Else as here.")
    private @Nullable String identity;

    @Override
    int run(LayerStore store) throws IOException, Failure {
        Image image = References.find(store, reference);
        Signer signer = Signer.of(readKey());
        ImageSignature made = signer.sign(store, image, name(image), annotations);
        terminal().println(made.digest().toString());
        return ExitCode.OK;
    }

    private SigningKey readKey() throws IOException, Failure {
        Path file = Arguments.hostPath(key);
        char[] secret = SigningKey.isEncrypted(file) ? passphrase.read(key) : null;
        try {
            return SigningKey.read(file, secret);
        } finally {
            if (secret != null) {
                Arrays.fill(secret, '\0');
            }
        }
    }

    private String name(Image image) throws Failure {
        if (identity != null) {
            return identity;
        }
        if (image.tags().isEmpty()) {
            throw Failure.usage("the image has no tag; --identity says what it is called");
        }
        return image.tags().contains(reference) ? reference : image.tags().get(0);
    }
}
