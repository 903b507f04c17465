package io.layerfs.examples.command;

import io.layerfs.LayerStore;
import io.layerfs.examples.terminal.Arguments;
import io.layerfs.host.HostPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layerfs cp}. */
@Command(
        name = "cp",
        header = "Copy files into a writable view, and out of one or of an image.",
        description = {
            "A directory is copied with all that is in it. Where the target is a directory, the copy is put into it."
                    + " Symbolic links are copied as such; permissions, times, hard links, pipes, devices and the user's"
                    + " extended attributes are kept.",
            "What cannot be copied is told, and the rest is copied. A directory is not copied into itself.",
            "What comes from the host belongs to 0:0, unless --archive keeps its owner; what goes to the host belongs"
                    + " to you, unless --archive keeps its owner (which needs root); without it, setuid bits of what goes"
                    + " to the host are lost."
        },
        footer = "%nExamples:%n  layerfs cp app.jar work:/app/%n  layerfs cp app:1:/etc/passwd .")
final class CpCommand extends StoreCommand {

    @Option(
            names = {"-a", "--archive"},
            description = "Keep owners and groups, by their numbers.")
    private boolean archive;

    @Parameters(index = "0", paramLabel = "SOURCE", description = "A path of the host, or NAME:/PATH.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String source;

    @Parameters(index = "1", paramLabel = "TARGET", description = "A path of the host, or NAME:/PATH of a view.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String target;

    @Override
    int run(LayerStore store) throws IOException, Failure {
        ViewPath from = ViewPath.parse(source);
        ViewPath to = ViewPath.parse(target);
        if (to != null) {
            References.findView(store, to.name());
        }
        if (from == null && to == null) {
            throw Failure.usage("neither SOURCE nor TARGET is of the form NAME:/PATH");
        }
        if (from != null && to != null && from.name().equals(to.name())) {
            try (ImageFiles files = ImageFiles.openToChange(store, from.name())) {
                return copy(files.path(from.path()), files.path(to.path()));
            }
        }
        try (ImageFiles sources = from == null ? null : ImageFiles.open(store, from.name());
                ImageFiles targets = to == null ? null : ImageFiles.openToChange(store, to.name())) {
            Path file = from == null || sources == null ? Arguments.hostPath(source) : sources.path(from.path());
            Path place = to == null || targets == null ? Arguments.hostPath(target) : targets.path(to.path());
            return copy(file, place);
        }
    }

    private int copy(Path file, Path place) throws IOException, Failure {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw Failure.notFound(show(file) + ": no such file or directory");
        }
        Path real = file.toAbsolutePath().normalize();
        boolean into = Files.isDirectory(place) && real.getFileName() != null;
        Path to = into ? HostPaths.child(place, HostPaths.name(real)) : place;
        if (isSame(file, to)) {
            throw Failure.failed(show(file) + " and " + show(to) + " are the same file");
        }
        if (isInside(file, to)) {
            throw Failure.failed(show(file) + ": cannot be copied into itself, which " + show(to) + " is in");
        }
        int[] failures = new int[1];
        TreeCopy copy = new TreeCopy(archive, (failed, reason) -> {
            failures[0]++;
            terminal().note(show(failed) + ": " + reason);
        });
        copy.copy(file, to);
        return failures[0] == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    private String show(Path file) {
        return terminal().show(HostPaths.text(file));
    }

    private static boolean isSame(Path file, Path to) throws IOException {
        return file.getFileSystem().equals(to.getFileSystem())
                && Files.exists(to, LinkOption.NOFOLLOW_LINKS)
                && !Files.isSymbolicLink(file)
                && !Files.isSymbolicLink(to)
                && Files.isSameFile(file, to);
    }

    private static boolean isInside(Path directory, Path to) throws IOException {
        if (!directory.getFileSystem().equals(to.getFileSystem())
                || !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        Path there = to.toAbsolutePath().normalize();
        for (Path above = there.getParent(); above != null && !Files.exists(there); above = above.getParent()) {
            there = above;
        }
        return there.toRealPath().startsWith(directory.toRealPath());
    }
}
