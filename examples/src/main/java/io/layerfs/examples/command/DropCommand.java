package io.layerfs.examples.command;

import io.layerfs.LayerStore;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code layerfs drop}. */
@Command(
        name = "drop",
        header = "Remove a writable view, and all that was changed in it.",
        footer = "%nExample:%n  layerfs drop work")
final class DropCommand extends StoreCommand {

    @Parameters(index = "0", paramLabel = "NAME", description = "The name of a view.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Override
    int run(LayerStore store) throws IOException, Failure {
        store.dropView(References.findView(store, name).name());
        return ExitCode.OK;
    }
}
