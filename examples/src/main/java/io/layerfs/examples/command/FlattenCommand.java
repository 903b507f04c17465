package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.LayerOptions;
import io.layerfs.LayerStore;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code layerfs flatten}. */
@Command(
        name = "flatten",
        header = "Make an image of one layer that shows the same.",
        description = {"Prints the digest of the new image's manifest."},
        footer = "%nExample:%n  layerfs flatten app:1 --tag app:flat")
final class FlattenCommand extends ImageCommand {

    @Option(names = "--tag", paramLabel = "TAG", description = "What to call the new image.")
    private @Nullable String tag;

    @Mixin
    private final HistoryOptions said = new HistoryOptions();

    @Override
    int run(LayerStore store, Image image) throws IOException, Failure {
        try {
            Image made = store.squash(
                    image,
                    0,
                    said.history(
                            "layerfs flatten", LayerOptions.fromEnvironment().latest()),
                    tag);
            terminal().println(made.digest().toString());
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
        return ExitCode.OK;
    }
}
