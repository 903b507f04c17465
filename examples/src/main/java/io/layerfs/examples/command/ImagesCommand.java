package io.layerfs.examples.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.layerfs.DamagedImage;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.examples.terminal.Columns;
import io.layerfs.examples.terminal.Json;
import io.layerfs.examples.terminal.Sizes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code layerfs images}. */
@Command(
        name = "images",
        header = "List the images in the store.",
        description = {
            "Tags, the start of the manifest's digest, platform, number of layers, and the size of their tars. An image of"
                    + " which something is missing is called damaged; the reason is told on standard error."
        },
        footer = "%nExample:%n  layerfs images --json")
final class ImagesCommand extends StoreCommand {

    @Mixin
    private final JsonOption output = new JsonOption();

    @Override
    int run(LayerStore store) throws IOException {
        List<DamagedImage> damaged = new ArrayList<>();
        List<Image> images = store.images(damaged::add);
        if (output.json()) {
            Json.print(terminal(), json -> {
                json.writeStartArray();
                for (Image image : images) {
                    new ImageRow(image).write(json);
                }
                for (DamagedImage image : damaged) {
                    write(json, image);
                }
                json.writeEndArray();
            });
        } else {
            print(images, damaged);
        }
        for (DamagedImage image : damaged) {
            terminal().note("layerfs: image " + image.digest() + " is damaged: " + Errors.message(image.reason()));
        }
        return ExitCode.OK;
    }

    private static void write(JsonGenerator json, DamagedImage image) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("tags");
        for (String tag : image.tags()) {
            json.writeString(tag);
        }
        json.writeEndArray();
        json.writeStringField("digest", image.digest().toString());
        json.writeStringField("damaged", Errors.message(image.reason()));
        json.writeEndObject();
    }

    private void print(List<Image> images, List<DamagedImage> damaged) throws IOException {
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
        for (DamagedImage image : damaged) {
            String tags = image.tags().isEmpty() ? "-" : String.join(",", image.tags());
            columns.add(terminal().show(tags), References.abbreviate(image.digest()), "damaged", "-", "-");
        }
        columns.print(terminal());
    }
}
