package io.layerfs.examples.command;

import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.examples.terminal.Progress;
import io.layerfs.registry.PushOptions;
import io.layerfs.registry.Reference;
import io.layerfs.registry.Registry;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layerfs push}. */
@Command(
        name = "push",
        header = "Send an image to a registry.",
        description = {
            "As it is in the store, byte for byte, unless --compress says otherwise. What the registry has is not sent.",
            "Prints the digest of the manifest."
        },
        footer =
                "%nExamples:%n  layerfs push app:2 quay.io/org/app:2%n  layerfs push app:2 quay.io/org/app:2 --compress zstd")
final class PushCommand extends ImageCommand {

    @Parameters(index = "1", paramLabel = "REF", description = "Where to, such as quay.io/org/app:2.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reference;

    @Option(names = "--signatures", description = "Add the signatures of the image to those that the registry has.")
    private boolean signatures;

    @Mixin
    private final CompressionOption compression = new CompressionOption();

    @Mixin
    private final RegistryOption registries = new RegistryOption();

    @Override
    int run(LayerStore store, Image image) throws IOException, Failure {
        Reference to = RegistryOption.parse(reference);
        Digest digest;
        try (Registry registry = Registry.open(registries.options(to));
                Progress progress = Progress.ofEach(terminal())) {
            PushOptions options = new PushOptions(List.of(), progress, signatures, compression.read());
            digest = registry.push(store, image, to, options);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
        terminal().println(digest.toString());
        return ExitCode.OK;
    }
}
