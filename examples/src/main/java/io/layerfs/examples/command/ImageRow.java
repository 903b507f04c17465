package io.layerfs.examples.command;

import com.fasterxml.jackson.core.JsonGenerator;
import io.layerfs.Digest;
import io.layerfs.Image;
import io.layerfs.Layer;
import java.io.IOException;

/** One image as commands tell of it. */
record ImageRow(Image image) {

    /** The sizes of its tars together, in bytes. */
    long size() {
        long size = 0;
        for (Layer layer : image.layers()) {
            size += layer.size();
        }
        return size;
    }

    /** Its tags, or a dash. */
    String tags() {
        return image.tags().isEmpty() ? "-" : String.join(",", image.tags());
    }

    /** Writes it as a JSON object. */
    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("tags");
        for (String tag : image.tags()) {
            json.writeString(tag);
        }
        json.writeEndArray();
        json.writeStringField("digest", image.digest().toString());
        json.writeStringField("config", image.configDigest().toString());
        json.writeStringField("chainId", Digest.chainId(image.diffIds()).toString());
        json.writeStringField("platform", image.platform().toString());
        json.writeNumberField("size", size());
        json.writeArrayFieldStart("layers");
        for (Digest diffId : image.diffIds()) {
            json.writeString(diffId.toString());
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
