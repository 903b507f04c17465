package io.layerfs.examples.command;

import io.layerfs.Image;
import io.layerfs.Layer;
import io.layerfs.LayerStore;
import io.layerfs.examples.terminal.Columns;
import io.layerfs.examples.terminal.Json;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code layerfs layers}. */
@Command(
        name = "layers",
        header = "List the layers of an image.",
        description = {
            "Number (the base is 0), size of the tar in bytes, and diff id: the digest of the uncompressed tar."
        },
        footer = "%nExample:%n  layerfs layers app:1")
final class LayersCommand extends ImageCommand {

    @Mixin
    private final JsonOption output = new JsonOption();

    @Override
    int run(LayerStore store, Image image) throws IOException {
        List<Layer> layers = image.layers();
        if (output.json()) {
            printJson(layers);
        } else {
            print(layers);
        }
        return ExitCode.OK;
    }

    private void print(List<Layer> layers) throws IOException {
        Columns columns = new Columns("rrl");
        columns.add("LAYER", "SIZE", "DIFF ID");
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            columns.add(
                    Integer.toString(i),
                    Long.toString(layer.size()),
                    layer.diffId().toString());
        }
        columns.print(terminal());
    }

    private void printJson(List<Layer> layers) throws IOException {
        Json.print(terminal(), json -> {
            json.writeStartArray();
            for (int i = 0; i < layers.size(); i++) {
                json.writeStartObject();
                json.writeNumberField("layer", i);
                json.writeStringField("diffId", layers.get(i).diffId().toString());
                json.writeNumberField("size", layers.get(i).size());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
