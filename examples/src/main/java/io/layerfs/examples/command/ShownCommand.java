package io.layerfs.examples.command;

import io.layerfs.LayerStore;
import picocli.CommandLine.Parameters;

/** A command that shows files of an image or of a writable view. */
abstract class ShownCommand extends StoreCommand {

    @Parameters(
            index = "0",
            paramLabel = "IMAGE",
            description =
                    "A tag, the digest of a manifest, or the start of one that fits no other; or the name of a view.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reference;

    @Override
    final int run(LayerStore store) throws Exception {
        try (ImageFiles files = ImageFiles.open(store, reference)) {
            return run(files);
        }
    }

    /** Runs on the files; the exit code is the answer. */
    abstract int run(ImageFiles files) throws Exception;
}
