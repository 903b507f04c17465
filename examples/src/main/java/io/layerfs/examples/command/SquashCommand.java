package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.LayerOptions;
import io.layerfs.LayerStore;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code layerfs squash}. */
@Command(
        name = "squash",
        header = "Make an image that shows the same with fewer layers.",
        description = {
            "One layer stands for all above those that are kept; what upper layers hide of lower ones is gone from it."
                    + " Prints the digest of the new image's manifest."
        },
        footer = "%nExample:%n  layerfs squash app:1 --keep 2 --tag app:small")
final class SquashCommand extends ImageCommand {

    @Option(names = "--keep", paramLabel = "N", required = true, description = "How many layers stay, from the base.")
    private int keep;

    @Option(names = "--tag", paramLabel = "TAG", description = "What to call the new image.")
    private @Nullable String tag;

    @Mixin
    private final HistoryOptions said = new HistoryOptions();

    @Override
    int run(LayerStore store, Image image) throws IOException, Failure {
        if (keep < 0 || keep >= image.layers().size()) {
            throw Failure.usage("--keep " + keep + " of " + image.layers().size() + " layers leaves nothing to squash");
        }
        try {
            Image made = store.squash(
                    image,
                    keep,
                    said.history(
                            "layerfs squash", LayerOptions.fromEnvironment().latest()),
                    tag);
            terminal().println(made.digest().toString());
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
        return ExitCode.OK;
    }
}
