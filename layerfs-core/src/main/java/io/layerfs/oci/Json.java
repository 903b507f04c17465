package io.layerfs.oci;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One object of a JSON document, with getters that say what is wrong, and where.
 *
 * <p>Documents are I-JSON as image-spec asks: UTF-8, no name twice. At most {@value #MAX_BYTES} bytes and {@value
 * #MAX_DEPTH} levels. A member that is null counts as absent.
 */
public final class Json {

    /** The size that a document may have. */
    public static final int MAX_BYTES = 4 << 20;

    /** Objects, arrays, strings, numbers and the like in a document: each takes a hundred bytes of memory. */
    private static final int MAX_VALUES = 200_000;

    private static final int MAX_DEPTH = 64;

    private static final char BYTE_ORDER_MARK = '\ufeff';

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // names are the document's, and not to be kept for others
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxDocumentLength(MAX_BYTES)
                    .build())
            .build();

    /** Of documents that are read piece by piece. */
    private static final JsonFactory LARGE = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    private static final JsonFactory LENIENT = FACTORY.rebuild()
            .disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final String document;
    private final String place;
    private final Map<String, Object> members;

    private Json(String document, String place, Map<String, Object> members) {
        this.document = document;
        this.place = place;
        this.members = members;
    }

    /**
     * Reads a document whose root is an object.
     *
     * @param document what it is, for messages
     */
    public static Json parse(String document, byte[] bytes) throws MalformedLayerException {
        return new Json(document, "", object(document, "", read(document, bytes)));
    }

    /** A parser of a document that is read piece by piece: it may have any size. */
    static JsonParser largeParser(InputStream in) throws IOException {
        return LARGE.createParser(in);
    }

    /** A generator, which leaves {@code out} open. */
    static JsonGenerator generator(OutputStream out) throws IOException {
        return LARGE.createGenerator(out);
    }

    /** An object that was read as a {@link #value}. */
    static Json of(String document, String place, Object value) throws MalformedLayerException {
        return new Json(document, place, object(document, place, value));
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

    /** Reads a document that people and programs write, not an image's: of a name that comes twice, the last one counts. */
    public static Json parseLenient(String document, byte[] bytes) throws MalformedLayerException {
        return new Json(document, "", object(document, "", read(LENIENT, document, bytes)));
    }

    /** Reads a document whose root is an array of objects. */
    public static List<Json> parseArray(String document, byte[] bytes) throws MalformedLayerException {
        return objects(document, "", read(document, bytes));
    }

    private static Object read(String document, byte[] bytes) throws MalformedLayerException {
        return read(FACTORY, document, bytes);
    }

    private static Object read(JsonFactory factory, String document, byte[] bytes) throws MalformedLayerException {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedLayerException(
                    document + ": " + bytes.length + " bytes; a document may have " + MAX_BYTES);
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

    /** The value that the parser is at, in a document that is read piece by piece: maps, lists, strings, longs and booleans. */
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

    /** What this object is, for messages: the document and the place in it. */
    public String where() {
        return document + (place.isEmpty() ? "" : " at " + place);
    }

    /** Whether there is a member of that name, other than null. */
    public boolean has(String name) {
        return members.containsKey(name);
    }

    /** The string {@code name}, or null. */
    public @Nullable String string(String name) throws MalformedLayerException {
        Object value = members.get(name);
        if (value != null && !(value instanceof String)) {
            throw wrong(name, "is not a string");
        }
        return (String) value;
    }

    /** The string {@code name}, which must be there. */
    public String requireString(String name) throws MalformedLayerException {
        String value = string(name);
        if (value == null) {
            throw wrong(name, "is missing");
        }
        return value;
    }

    /** The whole number {@code name}, which must be there. */
    public long requireLong(String name) throws MalformedLayerException {
        if (members.get(name) instanceof Long value) {
            return value;
        }
        throw wrong(name, has(name) ? "is not a whole number of 64 bits" : "is missing");
    }

    /** The digest {@code name}, which must be there. */
    public Digest requireDigest(String name) throws MalformedLayerException {
        return digest(requireString(name), name);
    }

    private Digest digest(String text, String name) throws MalformedLayerException {
        try {
            return Digest.parse(text);
        } catch (IllegalArgumentException e) {
            throw new MalformedLayerException(where() + ": '" + name + "': " + e.getMessage(), e);
        }
    }

    /** The digests of the array {@code name}, which must be there. */
    public List<Digest> requireDigests(String name) throws MalformedLayerException {
        List<Digest> digests = new ArrayList<>();
        for (String text : strings(name)) {
            digests.add(digest(text, name));
        }
        if (!has(name)) {
            throw wrong(name, "is missing");
        }
        return digests;
    }

    /** The strings of the array {@code name}; none where it is absent. */
    public List<String> strings(String name) throws MalformedLayerException {
        List<String> strings = new ArrayList<>();
        Object value = members.getOrDefault(name, List.of());
        if (!(value instanceof List<?> items)) {
            throw wrong(name, "is not an array");
        }
        for (Object item : items) {
            if (!(item instanceof String text)) {
                throw wrong(name, "holds something other than strings");
            }
            strings.add(text);
        }
        return strings;
    }

    /** The object {@code name}, or null. */
    public @Nullable Json object(String name) throws MalformedLayerException {
        Object value = members.get(name);
        return value == null
                ? null
                : new Json(document, place + "/" + name, object(document, place + "/" + name, value));
    }

    /** The object {@code name}, which must be there. */
    public Json requireObject(String name) throws MalformedLayerException {
        Json value = object(name);
        if (value == null) {
            throw wrong(name, "is missing");
        }
        return value;
    }

    /** The objects of the array {@code name}; none where it is absent. */
    public List<Json> objects(String name) throws MalformedLayerException {
        return has(name) ? objects(document, place + "/" + name, members.get(name)) : List.of();
    }

    /** The members, for keeping what one does not know. Numbers are Long, or text where they are not whole. */
    public Map<String, Object> members() {
        return Collections.unmodifiableMap(members);
    }

    private MalformedLayerException wrong(String name, String what) {
        return new MalformedLayerException(where() + ": '" + name + "' " + what);
    }

    private static List<Json> objects(String document, String place, @Nullable Object value)
            throws MalformedLayerException {
        if (!(value instanceof List<?> items)) {
            throw new MalformedLayerException(document + " at " + place + ": not an array");
        }
        List<Json> objects = new ArrayList<>();
        for (Object item : items) {
            String at = place + "/" + objects.size();
            objects.add(new Json(document, at, object(document, at, item)));
        }
        return objects;
    }

    @SuppressWarnings("unchecked") // read() puts nothing else into a map
    private static Map<String, Object> object(String document, String place, @Nullable Object value)
            throws MalformedLayerException {
        if (!(value instanceof Map<?, ?>)) {
            throw new MalformedLayerException(document + (place.isEmpty() ? "" : " at " + place) + ": not an object");
        }
        return (Map<String, Object>) value;
    }

    /** Writes maps, lists, strings, longs and booleans, in their order, without white space: same value, same bytes. */
    public static byte[] write(Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            write(generator, value);
        } catch (IOException e) {
            throw new AssertionError("writing to memory", e);
        }
        return out.toByteArray();
    }

    static void write(JsonGenerator generator, Object value) throws IOException {
        if (value instanceof Map<?, ?> members) {
            generator.writeStartObject();
            for (Map.Entry<?, ?> member : members.entrySet()) {
                generator.writeFieldName((String) member.getKey());
                write(generator, member.getValue());
            }
            generator.writeEndObject();
        } else if (value instanceof List<?> items) {
            generator.writeStartArray();
            for (Object item : items) {
                write(generator, item);
            }
            generator.writeEndArray();
        } else if (value instanceof Long number) {
            generator.writeNumber(number);
        } else if (value instanceof Boolean bit) {
            generator.writeBoolean(bit);
        } else {
            generator.writeString((String) value);
        }
    }
}
