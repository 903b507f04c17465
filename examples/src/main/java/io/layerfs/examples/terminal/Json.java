package io.layerfs.examples.terminal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * One JSON document on standard output, in ASCII whatever the locale.
 *
 * <p>A byte of a name that is not UTF-8 is the escape of a lone surrogate ({@code \}{@code udcff} for FF), as Python's
 * {@code surrogateescape} has it.
 */
public final class Json {

    private Json() {}

    /** Writes a document's one value. */
    @FunctionalInterface
    public interface Body {
        /** Writes the value with {@code json}. */
        void write(JsonGenerator json) throws IOException;
    }

    /** Prints the document that {@code body} writes. */
    public static void print(Terminal terminal, Body body) throws IOException {
        JsonFactory factory = JsonFactory.builder()
                .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                .build();
        Writer writer = new OutputStreamWriter(terminal.out(), StandardCharsets.US_ASCII);
        try (JsonGenerator json = factory.createGenerator(writer)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            body.write(json);
        }
        writer.write("\n");
        writer.flush();
    }
}
