package io.layerfs.examples.command;

import io.layerfs.Backend;
import io.layerfs.Backends;
import io.layerfs.LayerStore;
import io.layerfs.examples.terminal.Columns;
import io.layerfs.overlay.Examination;
import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code layerfs doctor}. */
@Command(
        name = "doctor",
        header =
                "Tell what works here: which backends, and in which ways the kernel can mount the images of this store.",
        description = {"Each way is tried with a small image, in a directory of the store that is deleted again."},
        footer = "%nExample:%n  layerfs doctor")
final class DoctorCommand extends StoreCommand {

    @Override
    int run(LayerStore store) throws IOException {
        Columns columns = new Columns("ll");
        columns.add("WHAT", "FINDING");
        for (Backend backend : Backends.all()) {
            String problem = backend.unavailable(store);
            columns.add("backend " + backend.name(), problem == null ? "works" : problem);
        }
        for (Examination.Finding finding : Examination.of(store.directory())) {
            String problem = finding.problem();
            columns.add("kernel, " + finding.way(), problem == null ? "works" : problem);
        }
        columns.add("best", Backends.best(store).reason());
        columns.print(terminal());
        return ExitCode.OK;
    }

    @Override
    boolean createsStore() {
        return true;
    }
}
