package io.layerfs.examples.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** {@code layerfs cat}. */
@Command(
        name = "cat",
        header = "Print what a file of an image holds.",
        description = {"The bytes of the file, as they are."},
        footer = "%nExample:%n  layerfs cat app:1 /etc/os-release")
final class CatCommand extends FileCommand {

    private static final int BUFFER = 1 << 17;

    @Override
    int run(Path path) throws IOException, Failure {
        if (Files.isDirectory(path)) {
            throw Failure.failed(terminal().show(path.toString()) + ": is a directory");
        }
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(path)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                terminal().out().write(buffer, 0, n);
            }
        }
        return ExitCode.OK;
    }
}
