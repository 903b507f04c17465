package io.layerfs.examples.command;

import io.layerfs.LayerStore;
import io.layerfs.ViewInfo;
import io.layerfs.examples.terminal.Columns;
import io.layerfs.examples.terminal.Json;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code layerfs views}. */
@Command(
        name = "views",
        header = "List the writable views in the store.",
        description = {"Name, the start of the digest of the image that it was made of, and when."},
        footer = "%nExample:%n  layerfs views --json")
final class ViewsCommand extends StoreCommand {

    @Mixin
    private final JsonOption output = new JsonOption();

    @Override
    int run(LayerStore store) throws IOException {
        List<ViewInfo> views = store.views();
        if (output.json()) {
            Json.print(terminal(), json -> {
                json.writeStartArray();
                for (ViewInfo view : views) {
                    json.writeStartObject();
                    json.writeStringField("name", view.name());
                    json.writeStringField("image", view.image().toString());
                    json.writeStringField("created", view.created().toString());
                    json.writeNumberField("quota", view.quota());
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
        } else {
            Columns columns = new Columns("lll");
            columns.add("NAME", "IMAGE", "CREATED");
            for (ViewInfo view : views) {
                columns.add(
                        view.name(),
                        References.abbreviate(view.image()),
                        view.created().truncatedTo(ChronoUnit.SECONDS).toString());
            }
            columns.print(terminal());
        }
        return ExitCode.OK;
    }
}
