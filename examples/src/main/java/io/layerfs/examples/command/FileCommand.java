package io.layerfs.examples.command;

import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** A command on one file of an image or of a writable view. */
abstract class FileCommand extends ShownCommand {

    @Parameters(
            index = "1",
            paramLabel = "PATH",
            description = "A path in the image. Symbolic links lead where they would lead in a container. "
                    + "A byte may be spelt \\xNN, for names that the locale cannot spell; \\x5c is a backslash.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String path;

    @Override
    final int run(ImageFiles files) throws Exception {
        return run(files.path(path));
    }

    /** Runs on the file at {@code path}; the exit code is the answer. */
    abstract int run(Path path) throws Exception;
}
