package io.layerfs.examples.inspect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import io.layerfs.examples.terminal.Text;
import java.io.IOException;
import java.io.StringWriter;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows, as JSON that can stand in a script element: no {@code <} in it.
 *
 * <p>Made for 100 000 paths: names once, in a list, each with the number of its directory; what layers do as columns. Of a
 * layer, {@code n} has the numbers of the names, each less the one before; {@code k} a letter for each, small for directories;
 * {@code s} the bytes stored, of removals those seen before; {@code h} the layer that took it away, 0 for none, negative where
 * another name still shows the bytes; {@code x} pairs of an index and the bytes that are seen, where those are others. Names
 * are escaped as on the terminal: what is shown is all that the page knows.
 */
final class PageData {

    private final Inspection inspection;
    private final Set<Stored> shown = new HashSet<>();

    PageData(Inspection inspection) {
        this.inspection = inspection;
    }

    String toJson() throws IOException {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.setCharacterEscapes(new ScriptEscapes());
            json.writeStartObject();
            writeImage(json);
            writeHistory(json);
            json.writeArrayFieldStart("layers");
            for (LayerFacts layer : inspection.layers()) {
                writeLayer(json, layer);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("names");
            for (PathNode node : inspection.nodes()) {
                json.writeString(node.parent == null ? "" : Text.show(node.name.toString(), true));
            }
            json.writeEndArray();
            json.writeArrayFieldStart("parents");
            for (PathNode node : inspection.nodes()) {
                json.writeNumber(node.parent == null ? -1 : node.parent.number);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out.toString();
    }

    private static void write(JsonGenerator json, String name, @Nullable String text) throws IOException {
        if (text != null) {
            json.writeStringField(name, Text.safe(text, true));
        }
    }

    private void writeImage(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("image");
        write(json, "title", inspection.image().toString());
        write(json, "digest", inspection.image().digest().toString());
        write(json, "config", inspection.image().configDigest().toString());
        write(json, "platform", inspection.image().platform().toString());
        json.writeArrayFieldStart("tags");
        for (String tag : inspection.image().tags()) {
            json.writeString(tag);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("facts");
        for (Inspection.Fact fact : inspection.facts()) {
            json.writeStartArray();
            json.writeString(fact.name());
            json.writeString(Text.safe(fact.value(), true));
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void writeHistory(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("history");
        for (Inspection.HistoryStep step : inspection.history()) {
            json.writeStartObject();
            if (step.layer() != null) {
                json.writeNumberField("layer", step.layer());
            }
            write(json, "command", step.command());
            write(json, "created", step.created());
            write(json, "comment", step.comment());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void writeLayer(JsonGenerator json, LayerFacts layer) throws IOException {
        json.writeStartObject();
        write(json, "diffId", layer.diffId().toString());
        json.writeNumberField("size", layer.size());
        if (layer.compressed() != null) {
            json.writeNumberField("compressed", layer.compressed());
        }
        write(json, "command", layer.command());
        write(json, "created", layer.created());
        json.writeNumberField("wasted", layer.wasted());
        json.writeArrayFieldStart("n");
        int last = 0;
        for (Change change : layer.changes()) {
            json.writeNumber(change.node.number - last);
            last = change.node.number;
        }
        json.writeEndArray();
        StringBuilder kinds = new StringBuilder();
        for (Change change : layer.changes()) {
            kinds.append(change.directory ? Character.toLowerCase(change.kind.letter) : change.kind.letter);
        }
        json.writeStringField("k", kinds.toString());
        json.writeArrayFieldStart("s");
        for (Change change : layer.changes()) {
            json.writeNumber(change.kind == Change.Kind.REMOVED ? change.before : change.size);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("h");
        for (Change change : layer.changes()) {
            json.writeNumber(hidden(change));
        }
        json.writeEndArray();
        writeShown(json, layer);
        json.writeEndObject();
    }

    private static int hidden(Change change) {
        if (change.hiddenBy < 0) {
            return 0;
        }
        boolean lives = change.size > 0 && change.stored != null && !change.stored.isWasted();
        return lives ? -change.hiddenBy : change.hiddenBy;
    }

    /** Where a file is seen by a name that is not the one its bytes count for. */
    private void writeShown(JsonGenerator json, LayerFacts layer) throws IOException {
        json.writeArrayFieldStart("x");
        for (int i = 0; i < layer.changes().size(); i++) {
            Change change = layer.changes().get(i);
            if (change.hiddenBy < 0 && change.stored != null) {
                long bytes = shown.add(change.stored) ? change.stored.size : 0;
                if (bytes != change.size) {
                    json.writeNumber(i);
                    json.writeNumber(bytes);
                }
            }
        }
        json.writeEndArray();
    }

    /** Escapes what could end or start something in HTML. */
    private static final class ScriptEscapes extends CharacterEscapes {
        private static final long serialVersionUID = 1L;

        private final int[] escapes = CharacterEscapes.standardAsciiEscapesForJSON();

        ScriptEscapes() {
            for (char c : new char[] {'<', '>', '&'}) {
                escapes[c] = CharacterEscapes.ESCAPE_STANDARD;
            }
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return escapes.clone();
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int c) {
            return null;
        }
    }
}
