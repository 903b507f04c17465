package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.LayerPath;
import io.layerfs.LayerStore;
import io.layerfs.Rebased;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code layerfs rebase}. */
@Command(
        name = "rebase",
        header = "Put an image's own layers onto another base.",
        description = {
            "Prints the digest of the new image's manifest. Paths that the image changes, and that the two bases do not show"
                    + " alike, are told on standard error: there the image's own layers win."
        },
        footer = "%nExample:%n  layerfs rebase app:1 --from debian:12.1 --onto debian:12.2 --tag app:1.1")
final class RebaseCommand extends ImageCommand {

    @Option(names = "--from", paramLabel = "IMAGE", required = true, description = "The base that the image has.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String from;

    @Option(names = "--onto", paramLabel = "IMAGE", required = true, description = "The base that it is to have.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String onto;

    @Option(names = "--tag", paramLabel = "TAG", description = "What to call the new image.")
    private @Nullable String tag;

    @Override
    int run(LayerStore store, Image image) throws IOException, Failure {
        try {
            Rebased made = store.rebase(image, References.find(store, from), References.find(store, onto), tag);
            for (LayerPath path : made.conflicts()) {
                terminal().note("conflict: " + terminal().show("/" + path));
            }
            terminal().println(made.image().digest().toString());
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
        return ExitCode.OK;
    }
}
