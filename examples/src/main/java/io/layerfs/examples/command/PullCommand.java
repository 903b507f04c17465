package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.examples.terminal.Json;
import io.layerfs.examples.terminal.Progress;
import io.layerfs.registry.PullOptions;
import io.layerfs.registry.Reference;
import io.layerfs.registry.Registry;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layerfs pull}. */
@Command(
        name = "pull",
        header = "Take an image from a registry into the store.",
        description = {
            "Layers that are here are not fetched. The image is called by its reference, also for short: alpine:3.20.",
            "Prints the digest of the manifest. A failed pull leaves the store as it was."
        },
        footer = "%nExamples:%n  layerfs pull alpine:3.20%n  layerfs pull quay.io/org/app:1 --platform linux/arm64")
final class PullCommand extends StoreCommand {

    @Parameters(paramLabel = "REF", description = "Such as alpine:3.20 or localhost:5000/app@sha256:...")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reference;

    @Option(names = "--tag", paramLabel = "TAG", description = "What to call the image instead of its reference.")
    private @Nullable String tag;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH[/VARIANT]",
            converter = PlatformConverter.class,
            description = "Which image of an index, such as linux/arm64. Else linux and this machine's architecture.")
    private @Nullable Platform platform;

    @Option(names = "--signatures", description = "Fetch the signatures of the image, too. Implied by --policy.")
    private boolean signatures;

    @Mixin
    private final PolicyOption policy = new PolicyOption();

    @Mixin
    private final RegistryOption registries = new RegistryOption();

    @Mixin
    private final JsonOption output = new JsonOption();

    @Override
    boolean createsStore() {
        return true;
    }

    @Override
    int run(LayerStore store) throws IOException, Failure {
        Reference from = RegistryOption.parse(reference);
        Image image;
        try (Registry registry = Registry.open(registries.options(from));
                Progress progress = Progress.ofEach(terminal())) {
            image = registry.pull(store, from, new PullOptions(options(progress), signatures));
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
        if (output.json()) {
            Json.print(terminal(), json -> new ImageRow(image).write(json));
        } else {
            terminal().println(image.digest().toString());
        }
        return ExitCode.OK;
    }

    private ImportOptions options(Progress progress) throws IOException, Failure {
        ImportOptions options = ImportOptions.DEFAULT.withListener(progress).withPolicy(policy.read(terminal()));
        if (tag != null) {
            options = options.withTag(tag);
        }
        return platform == null ? options : options.withPlatform(platform);
    }
}
