package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.ImagePolicy;
import io.layerfs.LayerStore;
import io.layerfs.examples.terminal.Arguments;
import io.layerfs.examples.terminal.Json;
import io.layerfs.trust.TrustPolicy;
import io.layerfs.trust.TrustRule;
import io.layerfs.trust.Verdict;
import io.layerfs.trust.VerificationKey;
import io.layerfs.trust.VerifiedSignature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layerfs verify-signature}. */
@Command(
        name = "verify-signature",
        header = "Check that an image of the store is signed.",
        description = {
            "By one of the given keys, or as a policy asks for. Prints each signature that counts: the key, the digest that is"
                    + " signed, what the image is called, and what else was signed. Ends with 5, and why each signature does not"
                    + " count, where it is not signed so. No transparency log and no certificate is looked at."
        },
        footer = {
            "%nExamples:",
            "  layerfs verify-signature app:1 --key key.pub --identity registry.example.com/team/app",
            "  layerfs verify-signature app:1 --policy policy.json"
        })
final class VerifySignatureCommand extends StoreCommand {

    @Parameters(index = "0", paramLabel = "IMAGE", description = "A tag, or the start of a digest.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reference;

    @Option(names = "--key", paramLabel = "PEM", description = "A public key; may be given several times.")
    private List<String> keys = new ArrayList<>();

    @Option(
            names = "--identity",
            paramLabel = "REPOSITORY",
            description = "With --key: what the signature must call the image. Else anything.")
    private @Nullable String identity;

    @Mixin
    private final PolicyOption policy = new PolicyOption();

    @Mixin
    private final JsonOption output = new JsonOption();

    @Override
    int run(LayerStore store) throws IOException, Failure {
        if (keys.isEmpty() != policy.isGiven()) {
            throw Failure.usage("either --key or --policy");
        }
        Image image = References.find(store, reference);
        ImagePolicy asked = keys.isEmpty() ? policy.read(terminal()) : byKeys();
        List<VerifiedSignature> found = new ArrayList<>();
        store.admit(image, candidate -> {
            asked.check(candidate);
            if (asked instanceof TrustPolicy trust) {
                trust.judge(candidate).stream().map(Verdict::signatures).forEach(found::addAll);
            }
        });
        List<VerifiedSignature> distinct = found.stream().distinct().toList();
        if (output.json()) {
            printJson(distinct);
        } else {
            print(distinct);
        }
        return ExitCode.OK;
    }

    private TrustPolicy byKeys() throws IOException {
        List<VerificationKey> read = new ArrayList<>();
        for (String key : keys) {
            read.add(VerificationKey.read(Arguments.hostPath(key)));
        }
        TrustRule rule = TrustRule.of("**").signedBy(1, read).identity(identity == null ? "*" : identity);
        return TrustPolicy.of(List.of(rule), warning -> {});
    }

    private void print(List<VerifiedSignature> found) throws IOException {
        for (VerifiedSignature signature : found) {
            StringBuilder line =
                    new StringBuilder(signature.key() + "  " + signature.digest() + "  " + signature.reference());
            new TreeMap<>(signature.annotations())
                    .forEach((name, value) ->
                            line.append("  ").append(name).append('=').append(value));
            terminal().println(terminal().safe(line.toString()));
        }
    }

    private void printJson(List<VerifiedSignature> found) throws IOException {
        Json.print(terminal(), json -> {
            json.writeStartArray();
            for (VerifiedSignature signature : found) {
                json.writeStartObject();
                json.writeStringField("key", signature.key().toString());
                json.writeStringField(
                        "fingerprint", signature.key().fingerprint().toString());
                json.writeStringField("digest", signature.digest().toString());
                json.writeStringField("reference", signature.reference());
                json.writeObjectFieldStart("annotations");
                for (Map.Entry<String, Object> said : new TreeMap<>(signature.annotations()).entrySet()) {
                    json.writeStringField(said.getKey(), said.getValue().toString());
                }
                json.writeEndObject();
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
