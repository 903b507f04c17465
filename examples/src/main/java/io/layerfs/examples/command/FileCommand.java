package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** A command on one file of an image. */
abstract class FileCommand extends ImageCommand {

    @Parameters(
            index = "1",
            paramLabel = "PATH",
            description = "A path in the image. Symbolic links lead where they would lead in a container. "
                    + "A byte may be spelt \\xNN, for names that the locale cannot spell; \\x5c is a backslash.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String path;

    @Override
    final int run(LayerStore store, Image image) throws Exception {
        try (ImageFiles files = ImageFiles.open(store, image)) {
            return run(store, image, files.path(path));
        }
    }

    /** Runs on the file at {@code path}; the exit code is the answer. */
    abstract int run(LayerStore store, Image image, Path path) throws Exception;
}
