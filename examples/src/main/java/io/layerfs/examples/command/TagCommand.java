package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code layerfs tag}. */
@Command(
        name = "tag",
        header = "Give an image a further name.",
        description = {"If another image has the tag, it loses it."},
        footer = "%nExample:%n  layerfs tag 3f2a9c app:latest")
final class TagCommand extends ImageCommand {

    @Parameters(index = "1", paramLabel = "TAG", description = "The name, such as app:1.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String tag;

    @Override
    int run(LayerStore store, Image image) throws IOException, Failure {
        try {
            store.tag(image, tag);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
        return ExitCode.OK;
    }
}
