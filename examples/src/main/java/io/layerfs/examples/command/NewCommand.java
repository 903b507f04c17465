package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layerfs new}. */
@Command(
        name = "new",
        header = "Make a writable view of an image.",
        description = {
            "It takes no time and no space, whatever the image; what is changed in it is kept under its name, and the image"
                    + " stays as it is. 'ls', 'cat', 'stat' and 'tree' show it as they show an image; 'cp' and 'rm' change it;"
                    + " 'diff' tells what was changed; 'commit' makes an image of it; 'drop' removes it."
        },
        footer = "%nExample:%n  layerfs new work app:1")
final class NewCommand extends StoreCommand {

    @Parameters(index = "0", paramLabel = "NAME", description = "Letters and digits, with one of -._ between.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Parameters(index = "1", paramLabel = "IMAGE", description = "A tag, or the start of a digest.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reference;

    @Option(
            names = "--quota",
            paramLabel = "BYTES",
            description = "How much the data of changed files may take; else as much as there is.")
    private long quota = Long.MAX_VALUE;

    @Override
    int run(LayerStore store) throws IOException, Failure {
        Image image = References.find(store, reference);
        if (quota < 0) {
            throw Failure.usage("a quota of " + quota + " bytes");
        }
        if (isImage(store)) {
            throw Failure.failed("'" + name + "' is the name of an image");
        }
        try {
            store.createView(name, image, quota).close();
        } catch (IllegalArgumentException e) {
            throw Failure.usage(e.getMessage());
        }
        return ExitCode.OK;
    }

    private boolean isImage(LayerStore store) throws IOException {
        try {
            return store.image(name).tags().contains(name);
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
