package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.ImportOptions;
import io.layerfs.LayerStore;
import io.layerfs.Platform;
import io.layerfs.examples.terminal.Arguments;
import io.layerfs.examples.terminal.Json;
import io.layerfs.examples.terminal.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layerfs import}. */
@Command(
        name = "import",
        header = "Take an image into the store.",
        description = {
            "From an OCI layout (a directory or a tar), a docker archive (docker save, both forms), the tar of one"
                    + " layer (plain, gzip, zstd, xz, bzip2), or any other directory. What it is, its content tells.",
            "Prints the digest of the manifest. A failed import leaves the store as it was."
        },
        footer =
                "%nExamples:%n  layerfs import app.oci.tar --tag app:1%n  docker save app:1 | layerfs import -%n  layerfs import ./rootfs --tag dev --owner"
                        + " 0:0")
final class ImportCommand extends StoreCommand {

    @Parameters(paramLabel = "FILE|DIR|-", description = "What to import; - is standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String source;

    @Option(
            names = "--tag",
            paramLabel = "TAG",
            description = "What to call the image, such as app:1. Else what the source calls it.")
    private @Nullable String tag;

    @Option(
            names = "--reference",
            paramLabel = "NAME",
            description = "Which image of an archive that has several, by its name there.")
    private @Nullable String reference;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH[/VARIANT]",
            converter = PlatformConverter.class,
            description = "Which image of an index, such as linux/arm64. Else linux and this machine's architecture.")
    private @Nullable Platform platform;

    @Option(
            names = "--owner",
            paramLabel = "keep|UID:GID",
            converter = Owner.Converter.class,
            description = "Who owns the files of an imported directory: as they are (keep), or these numbers.")
    private @Nullable Owner owner;

    @Mixin
    private final PolicyOption policy = new PolicyOption();

    @Mixin
    private final JsonOption output = new JsonOption();

    @Override
    boolean createsStore() {
        return true;
    }

    @Override
    int run(LayerStore store) throws IOException, Failure {
        Path path = Arguments.hostPath(source);
        boolean isInput = source.equals("-");
        if (!isInput && !Files.exists(path)) {
            throw Failure.notFound(terminal().show(source) + ": no such file or directory");
        }
        Image image;
        try (Progress progress = Progress.start(terminal(), "import")) {
            image = isInput
                    ? store.importImage(System.in, options(progress))
                    : store.importImage(path, options(progress));
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

    private ImportOptions options(Progress progress) throws IOException {
        ImportOptions options = ImportOptions.DEFAULT
                .withListener(progress)
                .withPolicy(policy.read(terminal()))
                .withSkipped((path, reason) ->
                        terminal().note("left out: " + terminal().show(path.toString()) + ": " + reason));
        if (tag != null) {
            options = options.withTag(tag);
        }
        if (reference != null) {
            options = options.withReference(reference);
        }
        if (platform != null) {
            options = options.withPlatform(platform);
        }
        if (owner != null && !owner.keep()) {
            options = options.withOwner(new ImportOptions.Owner(owner.uid(), owner.gid()));
        }
        return options;
    }
}
