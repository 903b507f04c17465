package io.layerfs.examples.command;

import io.layerfs.LayerStore;
import io.layerfs.examples.terminal.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.ParentCommand;

/** A command on the store, which is open while it runs. */
abstract class StoreCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private LayerfsCommand layerfs;

    @Override
    public final Integer call() throws Exception {
        try (LayerStore store = layerfs.openStore(createsStore())) {
            return run(store);
        }
    }

    /** Runs; the exit code is the answer. */
    abstract int run(LayerStore store) throws Exception;

    /** Whether it makes the store where there is none. */
    boolean createsStore() {
        return false;
    }

    final Terminal terminal() {
        return layerfs.terminal();
    }
}
