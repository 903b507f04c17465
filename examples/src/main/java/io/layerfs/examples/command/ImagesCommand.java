package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.examples.terminal.Columns;
import io.layerfs.examples.terminal.Json;
import io.layerfs.examples.terminal.Sizes;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code layerfs images}. */
@Command(
        name = "images",
        header = "List the images in the store.",
        description = {
            "Tags, the start of the manifest's digest, platform, number of layers, and the size of their tars."
        },
        footer = "%nExample:%n  layerfs images --json")
final class ImagesCommand extends StoreCommand {

    @Mixin
    private final JsonOption output = new JsonOption();

    @Override
    int run(LayerStore store) throws IOException {
        List<Image> images = store.images();
        if (output.json()) {
            Json.print(terminal(), json -> {
                json.writeStartArray();
                for (Image image : images) {
                    new ImageRow(image).write(json);
                }
                json.writeEndArray();
            });
        } else {
            print(images);
        }
        return ExitCode.OK;
    }

    private void print(List<Image> images) throws IOException {
        Columns columns = new Columns("lllrr");
        columns.add("TAG", "DIGEST", "PLATFORM", "LAYERS", "SIZE");
        for (Image image : images) {
            ImageRow row = new ImageRow(image);
            columns.add(
                    terminal().show(row.tags()),
                    References.abbreviate(image.digest()),
                    terminal().show(image.platform().toString()),
                    Integer.toString(image.layers().size()),
                    Sizes.show(row.size()));
        }
        columns.print(terminal());
    }
}
