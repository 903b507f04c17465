package io.layerfs.examples.command;

import io.layerfs.LayerStore;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code layerfs rmi}. */
@Command(
        name = "rmi",
        header = "Remove an image.",
        description = {
            "By a tag: that name, and the image if it has no other. By its digest: the image, with all its names. Its data"
                    + " goes with the next 'layerfs gc'; mounts and views of it go on."
        },
        footer = "%nExample:%n  layerfs rmi app:1 && layerfs gc")
final class RmiCommand extends StoreCommand {

    @Parameters(
            paramLabel = "IMAGE",
            description = "A tag, the digest of a manifest, or the start of one that fits no other.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reference;

    @Override
    int run(LayerStore store) throws IOException, Failure {
        if (!store.remove(reference)) {
            throw Failure.notFound("no image '" + reference + "'; 'layerfs images' lists them");
        }
        return ExitCode.OK;
    }
}
