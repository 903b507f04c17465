package io.layerfs.oci;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
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

/**
 * The text of a JSON document, read to values: strictly, within limits, and with errors in words of our own.
 *
 * <p>The limits are kept here and not by the parser: which one there is depends on the program, and older ones have none.
 */
final class JsonText {

    /** Objects, arrays, strings, numbers and the like in a document: each takes a hundred bytes of memory. */
    private static final int MAX_VALUES = 200_000;

    /** How many levels a document may have. */
    static final int MAX_DEPTH = 64;

    /** A longer number is no size, no time and no identifier, and old parsers take a time that grows with its square. */
    private static final int MAX_DIGITS = 1000;

    /** A whole number that is no longer fits into a long. */
    private static final int LONG_DIGITS = 18;

    private static final char BYTE_ORDER_MARK = '\ufeff';

    /** Of documents of images. */
    static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // names are the document's, and not to be kept for others
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    /** Of documents that are read piece by piece. */
    static final JsonFactory LARGE = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
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
    static Object value(String document, JsonParser parser) throws IOException {
        return new Values(document).value(parser);
    }

    /** Reads the values of one document, and counts them. */
    private static final class Values {
        private final String document;
        private int count;
        private int depth;

        Values(String document) {
            this.document = document;
        }

        Object value(JsonParser parser) throws IOException {
            if (++count > MAX_VALUES) {
                throw new MalformedLayerException(document + ": more than " + MAX_VALUES + " values");
            }
            JsonToken token = parser.currentToken();
            if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
                return nested(parser, token);
            }
            if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
                return number(parser, token);
            }
            if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
                return parser.getBooleanValue();
            }
            return token == null ? "" : parser.getText();
        }

        private Object nested(JsonParser parser, JsonToken token) throws IOException {
            if (++depth > MAX_DEPTH) {
                throw new MalformedLayerException(
                        document + ": nested too deep, in more than " + MAX_DEPTH + " levels");
            }
            Object value = token == JsonToken.START_OBJECT ? members(parser) : items(parser);
            depth--;
            return value;
        }

        private Object members(JsonParser parser) throws IOException {
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

        private Object items(JsonParser parser) throws IOException {
            List<Object> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(value(parser));
            }
            return items.isEmpty() ? List.of() : items;
        }

        private Object number(JsonParser parser, JsonToken token) throws IOException {
            int length = parser.getTextLength();
            if (length > MAX_DIGITS) {
                throw new MalformedLayerException(
                        document + ": a number of " + length + " digits; it may have " + MAX_DIGITS);
            }
            boolean isLong = token == JsonToken.VALUE_NUMBER_INT
                    && (length <= LONG_DIGITS || parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER);
            return isLong ? (Object) parser.getLongValue() : parser.getText();
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
        if (parsers.startsWith("Duplicate field '")) {
            return ": the name " + parsers.substring("Duplicate field ".length()) + " is there twice";
        }
        return parsers.startsWith("Invalid UTF-8") ? ": not UTF-8" : "";
    }
}
