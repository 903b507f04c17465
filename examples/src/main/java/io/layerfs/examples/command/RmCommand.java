package io.layerfs.examples.command;

import io.layerfs.LayerStore;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layerfs rm}. */
@Command(
        name = "rm",
        header = "Remove a file from a writable view.",
        description = {"A symbolic link is removed itself. The image below stays as it is."},
        footer = "%nExample:%n  layerfs rm -r work:/var/cache")
final class RmCommand extends StoreCommand {

    @Option(names = "-r", description = "A directory, with all that is in it.")
    private boolean recursive;

    @Parameters(index = "0", paramLabel = "NAME:/PATH", description = "A path in a view.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String argument;

    @Override
    int run(LayerStore store) throws IOException, Failure {
        ViewPath path = ViewPath.parse(argument);
        if (path == null) {
            throw Failure.usage("not of the form NAME:/PATH: '" + argument + "'");
        }
        String name = References.findView(store, path.name()).name();
        try (ImageFiles files = ImageFiles.openToChange(store, name)) {
            remove(files.path(path.path()));
        }
        return ExitCode.OK;
    }

    private void remove(Path path) throws IOException, Failure {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(path);
        } else if (recursive) {
            Files.walkFileTree(path, new Remover());
        } else {
            throw Failure.failed(terminal().show(path.toString()) + ": is a directory; -r removes it");
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null) {
                throw failure;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
