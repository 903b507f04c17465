package io.layerfs.examples.command;

import io.layerfs.LayerStore;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code layerfs untag}. */
@Command(
        name = "untag",
        aliases = "rm-tag",
        header = "Take a name from an image.",
        description = {"The image stays, and can be named by its digest."},
        footer = "%nExample:%n  layerfs untag app:latest")
final class UntagCommand extends StoreCommand {

    @Parameters(paramLabel = "TAG", description = "The name, such as app:1.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String tag;

    @Override
    int run(LayerStore store) throws IOException, Failure {
        if (!store.untag(tag)) {
            throw Failure.notFound("no tag '" + tag + "'; 'layerfs images' lists them");
        }
        return ExitCode.OK;
    }
}
