package io.layerfs.examples.command;

import io.layerfs.examples.terminal.Arguments;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the passphrase of a key is had from: never from the command line, which others can see. */
final class PassphraseOption {

    private static final String VARIABLE = "LAYERFS_PASSPHRASE";

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "A file whose first line is the passphrase of the key. Else $$" + VARIABLE
                    + ", else it is asked for.")
    private @Nullable String file;

    char[] read(String key) throws IOException, Failure {
        if (file != null) {
            return Files.readString(Arguments.hostPath(file))
                    .lines()
                    .findFirst()
                    .orElse("")
                    .toCharArray();
        }
        String variable = System.getenv(VARIABLE);
        if (variable != null) {
            return variable.toCharArray();
        }
        Console console = System.console();
        char[] typed = console == null ? null : console.readPassword("Passphrase of %s: ", key);
        if (typed == null) {
            throw Failure.usage(key + ": it is encrypted, and there is no terminal to ask for the passphrase; see"
                    + " --passphrase-file");
        }
        return typed;
    }
}
