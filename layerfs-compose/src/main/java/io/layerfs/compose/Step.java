package io.layerfs.compose;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** What was said of a composition, one after the other. */
sealed interface Step {

    /**
     * Changes files.
     *
     * @param history what the image says of it; nothing of the host is in it, so that it is the same everywhere
     */
    record Files(String history, Planning planning) implements Step {}

    /** Says what is to be done, which reads the inputs. */
    interface Planning {
        void plan(Plan out) throws IOException;
    }

    /**
     * Runs a program.
     *
     * @param inputs what else its result depends on
     */
    record Run(List<String> command, List<String> inputs) implements Step {
        String history() {
            return "run " + String.join(" ", command);
        }
    }

    /** Changes the config. */
    record Config(Consumer<ConfigDocument> change) implements Step {}
}
