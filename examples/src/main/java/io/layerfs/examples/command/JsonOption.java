package io.layerfs.examples.command;

import picocli.CommandLine.Option;

/** {@code --json}, for commands whose results a program may want to read. */
final class JsonOption {

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    boolean json() {
        return json;
    }
}
