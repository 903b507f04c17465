package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import picocli.CommandLine.Parameters;

/** A command on one image. */
abstract class ImageCommand extends StoreCommand {

    @Parameters(
            index = "0",
            paramLabel = "IMAGE",
            description = "A tag, the digest of a manifest, or the start of one that fits no other.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reference;

    @Override
    final int run(LayerStore store) throws Exception {
        return run(store, References.find(store, reference));
    }

    /** Runs on the image; the exit code is the answer. */
    abstract int run(LayerStore store, Image image) throws Exception;
}
