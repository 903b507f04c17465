package io.layerfs.examples.command;

import io.layerfs.Changeset;
import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerPath;
import io.layerfs.LayerStore;
import io.layerfs.Provenance;
import io.layerfs.examples.terminal.Columns;
import io.layerfs.examples.terminal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code layerfs find-provider}. */
@Command(
        name = "find-provider",
        header = "Tell which layer gives a path, and what it hides.",
        description = {
            "The layers that say something of the path, top first; 0 is the base. Each one",
            "  provides  what is seen (of a directory, its attributes are)",
            "  merges    a directory whose names are seen with the provider's",
            "  removes   what lower layers have there",
            "  hidden    by a higher layer: by what, and where",
            "Symbolic links on the way are followed; of one at the end, the link itself is meant.",
            "Ends with 3 where the image shows nothing at the path, even if a lower layer has it."
        },
        footer = "%nExample:%n  layerfs find-provider app:1 /etc/os-release")
final class FindProviderCommand extends ImageCommand {

    @Mixin
    private final JsonOption output = new JsonOption();

    @Parameters(
            index = "1",
            paramLabel = "PATH",
            description = "A path in the image. Symbolic links lead where they would lead in a container. "
                    + "A byte may be spelt \\xNN, for names that the locale cannot spell; \\x5c is a backslash.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String argument;

    @Override
    int run(LayerStore store, Image image) throws IOException, Failure {
        try (ImageFiles files = ImageFiles.open(store, image)) {
            return run(image, files.path(argument));
        }
    }

    private int run(Image image, Path path) throws IOException, Failure {
        List<Changeset> baseFirst = new ArrayList<>();
        for (Layer layer : image.layers()) {
            baseFirst.add(layer.changeset());
        }
        Provenance found = Provenance.of(baseFirst, locate(path));
        if (found.statements().isEmpty()) {
            throw Failure.notFound(terminal().show(path.toString()) + ": no layer of the image has it");
        }
        if (output.json()) {
            Json.print(terminal(), json -> new ProvenanceJson(json, image).write(found));
        } else {
            print(image, found);
        }
        return found.provider() == null ? ExitCode.NOT_FOUND : ExitCode.OK;
    }

    /** The path without symbolic links, where the image has its directory; layers know no links. */
    private static LayerPath locate(Path path) throws IOException {
        Path parent = path.getParent();
        Path name = path.getFileName();
        if (parent == null || name == null || name.toString().equals("..")) {
            return LayerPath.of(path.toRealPath().toString());
        }
        Path real = Files.isDirectory(parent) ? parent.toRealPath().resolve(name) : path.normalize();
        return LayerPath.of(real.toString());
    }

    private void print(Image image, Provenance found) throws IOException {
        Columns columns = new Columns("rlll");
        for (Provenance.Statement statement : found.statements()) {
            columns.add(
                    Integer.toString(statement.layer()),
                    References.abbreviate(image.layers().get(statement.layer()).diffId()),
                    statement.role().name().toLowerCase(Locale.ROOT),
                    EntryText.describe(statement.entry(), terminal()) + reason(statement.hiddenBy()));
        }
        columns.print(terminal());
    }

    private String reason(Provenance.@Nullable Cause cause) {
        return cause == null
                ? ""
                : ", by layer " + cause.layer() + ": " + EntryText.describe(cause.entry(), terminal()) + " at "
                        + terminal().show(ProvenanceJson.absolute(cause.path()));
    }
}
