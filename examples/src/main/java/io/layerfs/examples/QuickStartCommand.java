package io.layerfs.examples;

import io.layerfs.examples.terminal.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code layerfs quickstart}: runs {@link QuickStart}. */
@Command(
        name = "quickstart",
        header = "See it work: make an image, import it, read it.",
        description = {
            "Makes a small image of two layers in a temporary directory, imports it into a store, lists it, and reads a file"
                    + " through java.nio.file; then removes it all. Needs no privilege, and no image."
        },
        footer = "%nExample:%n  layerfs quickstart")
final class QuickStartCommand implements Callable<Integer> {

    private final Terminal terminal;

    QuickStartCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        PrintStream out = new PrintStream(terminal.out(), false, StandardCharsets.US_ASCII);
        QuickStart.run(out);
        out.flush();
        return 0;
    }
}
