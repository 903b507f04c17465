package io.layerfs.oci;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.layerfs.MalformedLayerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The text of a JSON document, read to values: strictly, within limits, and with errors in words of our own. */
final class JsonText {

    /** Objects, arrays, strings, numbers and the like in a document: each takes a hundred bytes of memory. */
    private static final int MAX_VALUES = 200_000;

    /** How many levels a document may have. */
    static final int MAX_DEPTH = 64;

    private static final char BYTE_ORDER_MARK = '\ufeff';

    /** Of documents of images. */
    static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // names are the document's, and not to be kept for others
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxDocumentLength(Json.MAX_BYTES)
                    .build())
            .build();

    /** Of documents that are read piece by piece. */
    static final JsonFactory LARGE = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    /** Of a name that comes twice, the last one counts. */
    static final JsonFactory LENIENT = STRICT.rebuild()
            .disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private JsonText() {}

    /** The value that a document is: maps, lists, strings, longs and booleans. */
    static Object read(JsonFactory factory, String document, byte[] bytes) throws MalformedLayerException {
        if (bytes.length > Json.MAX_BYTES) {
            throw new MalformedLayerException(
                    document + ": " + bytes.length + " bytes; a document may have " + Json.MAX_BYTES);
        }
        char[] text = decode(document, bytes);
        try (JsonParser parser = factory.createParser(text, 0, text.length)) {
            parser.nextToken();
            Object value = new Values(document).value(parser);
            if (parser.nextToken() != null) {
                throw new MalformedLayerException(document + ": something follows the end of the document");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new MalformedLayerException(document + ": " + words(e), e);
        } catch (MalformedLayerException e) {
            throw e;
        } catch (IOException e) {
            throw new MalformedLayerException(document + ": " + e.getMessage(), e);
        }
    }

    /** The text, strictly: what decodes in two ways, or with a mark in the place of a byte, two readers read differently. */
    private static char[] decode(String document, byte[] bytes) throws MalformedLayerException {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            if (text.hasRemaining() && text.get(0) == BYTE_ORDER_MARK) {
                text.get();
            }
            char[] characters = new char[text.remaining()];
            text.get(characters);
            return characters;
        } catch (CharacterCodingException e) {
            throw new MalformedLayerException(document + ": not UTF-8", e);
        }
    }

    /** The value that the parser is at, in a document that is read piece by piece. */
    static Object value(JsonParser parser) throws IOException {
        return new Values("a piece of a document").value(parser);
    }

    /** Reads the values of one document, and counts them. */
    private static final class Values {
        private final String document;
        private int count;

        Values(String document) {
            this.document = document;
        }

        Object value(JsonParser parser) throws IOException {
            if (++count > MAX_VALUES) {
                throw new MalformedLayerException(document + ": more than " + MAX_VALUES + " values");
            }
            JsonToken token = parser.currentToken();
            if (token == JsonToken.START_OBJECT) {
                Map<String, Object> members = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    if (parser.currentToken() != JsonToken.VALUE_NULL) {
                        members.put(name, value(parser));
                    }
                }
                return members.isEmpty() ? Map.of() : members;
            }
            if (token == JsonToken.START_ARRAY) {
                List<Object> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                return items.isEmpty() ? List.of() : items;
            }
            if (token == JsonToken.VALUE_NUMBER_INT) {
                return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? parser.getText()
                        : (Object) parser.getLongValue();
            }
            if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
                return parser.getBooleanValue();
            }
            return token == null ? "" : parser.getText();
        }
    }

    /** What is wrong with a text that is no JSON, in words of our own: where, and what. */
    static String words(JsonProcessingException failure) {
        JsonLocation at = failure.getLocation();
        return (at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ")
                + "not JSON that is accepted" + reason(failure);
    }

    private static String reason(JsonProcessingException failure) {
        String parsers = String.valueOf(failure.getOriginalMessage());
        if (failure instanceof JsonEOFException) {
            return ": the text ends too early";
        }
        if (failure instanceof StreamConstraintsException) {
            return ": nested too deep, in more than " + MAX_DEPTH + " levels, or too long";
        }
        if (parsers.startsWith("Duplicate field '")) {
            return ": the name " + parsers.substring("Duplicate field ".length()) + " is there twice";
        }
        return parsers.startsWith("Invalid UTF-8") ? ": not UTF-8" : "";
    }
}
