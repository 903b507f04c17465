package io.layerfs.examples.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.layerfs.Entry;
import io.layerfs.Image;
import io.layerfs.LayerPath;
import io.layerfs.Provenance;
import java.io.IOException;
import java.util.Locale;

/** Writes where a path of an image comes from. */
record ProvenanceJson(JsonGenerator json, Image image) {

    void write(Provenance found) throws IOException {
        Provenance.Statement provider = found.provider();
        json.writeStartObject();
        json.writeStringField("path", absolute(found.path()));
        if (provider == null) {
            json.writeNullField("provider");
        } else {
            json.writeNumberField("provider", provider.layer());
        }
        json.writeArrayFieldStart("layers");
        for (Provenance.Statement statement : found.statements()) {
            write(statement);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void write(Provenance.Statement statement) throws IOException {
        json.writeStartObject();
        json.writeStringField("role", statement.role().name().toLowerCase(Locale.ROOT));
        writeEntry(statement.layer(), statement.entry());
        Provenance.Cause cause = statement.hiddenBy();
        if (cause != null) {
            json.writeObjectFieldStart("hiddenBy");
            json.writeStringField("path", absolute(cause.path()));
            writeEntry(cause.layer(), cause.entry());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private void writeEntry(int layer, Entry entry) throws IOException {
        json.writeNumberField("layer", layer);
        json.writeStringField("diffId", image.layers().get(layer).diffId().toString());
        json.writeStringField("entry", EntryText.kind(entry));
        if (entry instanceof Entry.RegularFile file) {
            json.writeNumberField("size", file.content().size());
        } else if (entry instanceof Entry.Symlink link) {
            json.writeStringField("target", link.target());
        } else if (entry instanceof Entry.HardLink link) {
            json.writeStringField("target", absolute(link.target()));
        }
    }

    static String absolute(LayerPath path) {
        return path.depth() == 0 ? "/" : "/" + path;
    }
}
