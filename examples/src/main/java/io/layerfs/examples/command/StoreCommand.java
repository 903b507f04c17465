package io.layerfs.examples.command;

import io.layerfs.LayerStore;
import io.layerfs.examples.terminal.Arguments;
import io.layerfs.examples.terminal.ClosedPipeException;
import io.layerfs.examples.terminal.Terminal;
import io.layerfs.store.WholeFile;
import java.io.IOException;
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

    /**
     * Writes what goes to standard output where {@code target} is {@code -}, else to a file that is whole or absent.
     *
     * @throws Failure where whoever read standard output has gone: then it was not all
     */
    final void writeTo(String target, boolean replace, WholeFile.Writing writing) throws IOException, Failure {
        if (!target.equals("-")) {
            WholeFile.write(Arguments.hostPath(target), replace, writing);
            return;
        }
        try {
            writing.write(terminal().out());
            terminal().flush();
        } catch (ClosedPipeException e) {
            throw Failure.closedPipe();
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
