package io.layerfs.examples;

import io.layerfs.examples.command.LayerfsCommand;
import io.layerfs.examples.terminal.Arguments;
import io.layerfs.examples.terminal.Terminal;
import picocli.CommandLine;

/** The command line {@code layerfs}; {@code layerfs --help} explains it. */
public final class Layerfs {

    private Layerfs() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(Terminal.system(), Arguments.restore(arguments)));
    }

    /** Runs a command; the exit code is the answer. */
    static int run(Terminal terminal, String... arguments) {
        CommandLine line = LayerfsCommand.commandLineFor(arguments, terminal, new QuickStartCommand(terminal));
        return LayerfsCommand.execute(line, terminal, arguments);
    }
}
