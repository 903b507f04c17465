package io.layerfs.examples.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.layerfs.Layer;
import io.layerfs.LayerComparison;
import io.layerfs.LayerComparison.Difference;
import io.layerfs.LayerComparison.Field;
import io.layerfs.LayerComparison.FirstByte;
import io.layerfs.LayerStore;
import io.layerfs.examples.terminal.Json;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code layerfs explain}. */
@Command(
        name = "explain",
        header = "Tell why two layers have different digests.",
        description = {
            "First in what they differ: what they say, or only how their tars say it (order, format, bytes that say nothing)."
                    + " Then the first byte that differs, and what it belongs to; then each entry that differs, with both values."
        },
        footer = "%nExample:%n  layerfs explain 9a2f03 77b1c0")
final class ExplainCommand extends StoreCommand {

    @Parameters(index = "0", paramLabel = "LAYER", description = "A layer's diff id, or the start of one.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String first;

    @Parameters(index = "1", paramLabel = "LAYER", description = "The other layer.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String second;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "How many entries to print (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Mixin
    private final JsonOption output = new JsonOption();

    @Override
    int run(LayerStore store) throws IOException, Failure {
        Layer one = References.findLayer(store, first);
        Layer other = References.findLayer(store, second);
        LayerComparison found = LayerComparison.between(one, other);
        if (output.json()) {
            Json.print(terminal(), json -> write(json, found));
        } else {
            print(found);
        }
        return ExitCode.OK;
    }

    private void print(LayerComparison found) throws IOException {
        FirstByte firstByte = found.firstByte();
        if (firstByte == null) {
            terminal().println("the same layer, byte for byte");
            return;
        }
        terminal()
                .println((found.sameTree() ? "the same tree" : "different trees") + "; what differs: " + words(found));
        terminal()
                .println("first at byte " + firstByte.offset() + ": "
                        + terminal().safe(firstByte.first())
                        + (firstByte.first().equals(firstByte.second())
                                ? ""
                                : "; in the second layer: " + terminal().safe(firstByte.second())));
        List<Difference> differences = found.differences();
        for (Difference difference : differences.subList(0, Math.min(limit, differences.size()))) {
            print(difference);
        }
        if (found.count() > limit) {
            terminal().println((found.count() - limit) + " more");
        }
    }

    private static String words(LayerComparison found) {
        return String.join(
                ", ", found.aspects().stream().map(ExplainCommand::spelled).toList());
    }

    private void print(Difference difference) throws IOException {
        String path = difference.path().isEmpty() ? "(archive)" : terminal().show(difference.path());
        if (difference.fields().isEmpty()) {
            boolean both = difference.firstOffset() >= 0 && difference.secondOffset() >= 0;
            String where = difference.firstOffset() < 0 ? "only in the second" : "only in the first";
            terminal().println(path + "  " + (both ? "at another place in the order" : where));
        }
        for (Field field : difference.fields()) {
            terminal()
                    .println(path + "  " + terminal().safe(field.field()) + ": "
                            + (field.first().isEmpty() ? "-" : terminal().show(field.first())) + " -> "
                            + (field.second().isEmpty() ? "-" : terminal().show(field.second())));
        }
    }

    private static String spelled(LayerComparison.Aspect aspect) {
        return aspect.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static void write(JsonGenerator json, LayerComparison found) throws IOException {
        json.writeStartObject();
        json.writeBooleanField("identical", found.identical());
        json.writeBooleanField("sameTree", found.sameTree());
        json.writeArrayFieldStart("aspects");
        for (LayerComparison.Aspect aspect : found.aspects()) {
            json.writeString(spelled(aspect));
        }
        json.writeEndArray();
        FirstByte firstByte = found.firstByte();
        if (firstByte != null) {
            json.writeObjectFieldStart("firstByte");
            json.writeNumberField("offset", firstByte.offset());
            json.writeStringField("first", firstByte.first());
            json.writeStringField("second", firstByte.second());
            json.writeEndObject();
        }
        json.writeNumberField("count", found.count());
        json.writeArrayFieldStart("differences");
        for (Difference difference : found.differences()) {
            write(json, difference);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Difference difference) throws IOException {
        json.writeStartObject();
        json.writeStringField("path", difference.path());
        json.writeNumberField("firstOffset", difference.firstOffset());
        json.writeNumberField("secondOffset", difference.secondOffset());
        json.writeArrayFieldStart("fields");
        for (Field field : difference.fields()) {
            json.writeStartObject();
            json.writeStringField("aspect", spelled(field.aspect()));
            json.writeStringField("field", field.field());
            json.writeStringField("first", field.first());
            json.writeStringField("second", field.second());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
