package io.layerfs.examples.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.layerfs.Image;
import io.layerfs.LayerStore;
import io.layerfs.examples.inspect.Change.Kind;
import io.layerfs.examples.inspect.InspectPage;
import io.layerfs.examples.inspect.Inspection;
import io.layerfs.examples.inspect.LayerFacts;
import io.layerfs.examples.terminal.Columns;
import io.layerfs.examples.terminal.Json;
import io.layerfs.examples.terminal.Sizes;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code layerfs inspect}. */
@Command(
        name = "inspect",
        header = "Tell what each layer of an image does, and what it costs.",
        description = {
            "For each layer, base first: the size of its tar, how many paths it adds, changes and removes, the bytes"
                    + " that it stores though no name is left for them, and the command that made it. Then the largest"
                    + " files that are stored and not seen.",
            "A page made with --html shows all of it, with a map of the space and a search. It is one file, and loads"
                    + " nothing from anywhere."
        },
        footer = "%nExamples:%n  layerfs inspect app:1%n  layerfs inspect app:1 --html app.html")
final class InspectCommand extends ImageCommand {

    private static final int LARGEST = 10;
    private static final int COMMAND_WIDTH = 60;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write a page to look at in a browser; - is standard output.")
    private @Nullable String html;

    @Mixin
    private final JsonOption output = new JsonOption();

    @Override
    int run(LayerStore store, Image image) throws IOException, Failure {
        Inspection inspection = Inspection.of(store, image);
        if (html != null) {
            writePage(inspection, html);
        } else if (output.json()) {
            Json.print(terminal(), json -> write(json, inspection));
        } else {
            print(inspection);
        }
        return ExitCode.OK;
    }

    private void writePage(Inspection inspection, String file) throws IOException, Failure {
        writeTo(file, true, stream -> {
            Writer out = new OutputStreamWriter(stream, StandardCharsets.UTF_8);
            InspectPage.write(inspection, out);
            out.flush();
        });
    }

    private void print(Inspection inspection) throws IOException {
        Columns columns = new Columns("rrrrrrl");
        columns.add("LAYER", "SIZE", "ADDED", "CHANGED", "REMOVED", "WASTED", "COMMAND");
        for (LayerFacts layer : inspection.layers()) {
            columns.add(
                    Integer.toString(layer.number()),
                    Sizes.show(layer.size()),
                    Long.toString(layer.count(Kind.ADDED)),
                    Long.toString(layer.count(Kind.CHANGED) + layer.count(Kind.METADATA)),
                    Long.toString(layer.count(Kind.REMOVED)),
                    Sizes.show(layer.wasted()),
                    command(layer));
        }
        columns.print(terminal());
        terminal().println("Wasted: " + Sizes.show(inspection.wasted()) + " of " + Sizes.show(inspection.size()));
        List<Inspection.Waste> waste = inspection.waste();
        for (Inspection.Waste file : waste.subList(0, Math.min(LARGEST, waste.size()))) {
            terminal()
                    .println(String.format(
                            Locale.ROOT,
                            "  %8s  layer %d, hidden by %d  %s",
                            Sizes.show(file.bytes()),
                            file.layer(),
                            file.hiddenBy(),
                            terminal().show(file.path())));
        }
    }

    private String command(LayerFacts layer) {
        String command = layer.command() == null ? "-" : terminal().show(layer.command());
        return command.length() <= COMMAND_WIDTH ? command : command.substring(0, COMMAND_WIDTH) + "...";
    }

    private static void write(JsonGenerator json, Inspection inspection) throws IOException {
        json.writeStartObject();
        json.writeStringField("digest", inspection.image().digest().toString());
        json.writeNumberField("size", inspection.size());
        json.writeNumberField("wasted", inspection.wasted());
        json.writeArrayFieldStart("layers");
        for (LayerFacts layer : inspection.layers()) {
            write(json, layer);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("waste");
        for (Inspection.Waste file : inspection.waste()) {
            json.writeStartObject();
            json.writeStringField("path", file.path());
            json.writeNumberField("bytes", file.bytes());
            json.writeNumberField("layer", file.layer());
            json.writeNumberField("hiddenBy", file.hiddenBy());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, LayerFacts layer) throws IOException {
        json.writeStartObject();
        json.writeNumberField("layer", layer.number());
        json.writeStringField("diffId", layer.diffId().toString());
        json.writeNumberField("size", layer.size());
        if (layer.compressed() != null) {
            json.writeNumberField("compressed", layer.compressed());
        }
        if (layer.command() != null) {
            json.writeStringField("command", layer.command());
        }
        for (Kind kind : Kind.values()) {
            json.writeObjectFieldStart(kind.name().toLowerCase(Locale.ROOT));
            json.writeNumberField("paths", layer.count(kind));
            json.writeNumberField("bytes", layer.bytes(kind));
            json.writeEndObject();
        }
        json.writeNumberField("wasted", layer.wasted());
        json.writeEndObject();
    }
}
