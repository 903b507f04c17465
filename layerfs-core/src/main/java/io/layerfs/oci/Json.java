package io.layerfs.oci;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One object of a JSON document, with getters that say what is wrong, and where.
 *
 * <p>Documents are I-JSON as image-spec asks: UTF-8, no name twice. At most {@value #MAX_BYTES} bytes and {@value
 * JsonText#MAX_DEPTH} levels. A member that is null counts as absent.
 */
public final class Json {

    /** The size that a document may have. */
    public static final int MAX_BYTES = 4 << 20;

    private final String document;
    private final String place;
    private final Map<String, Object> members;
    private final boolean folded;

    private Json(String document, String place, Map<String, Object> members) {
        this(document, place, members, false);
    }

    private Json(String document, String place, Map<String, Object> members, boolean folded) {
        this.document = document;
        this.place = place;
        this.members = members;
        this.folded = folded;
    }

    /**
     * The same, whose names are found whatever their case, in what it holds, too: as Go finds those of Docker's documents.
     *
     * @throws MalformedLayerException where two names differ by their case alone: readers choose differently between them
     */
    Json folded() throws MalformedLayerException {
        Map<String, Object> lower = new LinkedHashMap<>();
        for (Map.Entry<String, Object> member : members.entrySet()) {
            if (lower.put(member.getKey().toLowerCase(Locale.ROOT), member.getValue()) != null) {
                throw wrong(member.getKey(), "is there twice, in two spellings");
            }
        }
        return new Json(document, place, lower, true);
    }

    private @Nullable Object member(String name) {
        return members.get(folded ? name.toLowerCase(Locale.ROOT) : name);
    }

    private Json inside(String place, @Nullable Object value) throws MalformedLayerException {
        Json json = new Json(document, place, object(document, place, value));
        return folded ? json.folded() : json;
    }

    /**
     * Reads a document whose root is an object.
     *
     * @param document what it is, for messages
     */
    public static Json parse(String document, byte[] bytes) throws MalformedLayerException {
        return new Json(document, "", object(document, "", JsonText.read(JsonText.STRICT, document, bytes)));
    }

    /** A parser of a document that is read piece by piece: it may have any size. */
    static JsonParser largeParser(InputStream in) throws IOException {
        return JsonText.LARGE.createParser(in);
    }

    /** A generator, which leaves {@code out} open. */
    static JsonGenerator generator(OutputStream out) throws IOException {
        return JsonText.LARGE.createGenerator(out);
    }

    /** An object that was read as a {@link #value}. */
    static Json of(String document, String place, Object value) throws MalformedLayerException {
        return new Json(document, place, object(document, place, value));
    }

    /** Reads a document that people and programs write, not an image's: of a name that comes twice, the last one counts. */
    public static Json parseLenient(String document, byte[] bytes) throws MalformedLayerException {
        return new Json(document, "", object(document, "", JsonText.read(JsonText.LENIENT, document, bytes)));
    }

    /** Reads a document whose root is an array of objects. */
    public static List<Json> parseArray(String document, byte[] bytes) throws MalformedLayerException {
        List<Json> objects = new ArrayList<>();
        for (Object item : items(document, "", JsonText.read(JsonText.STRICT, document, bytes))) {
            String at = "/" + objects.size();
            objects.add(new Json(document, at, object(document, at, item)));
        }
        return objects;
    }

    /** The value that the parser is at, in a document that is read piece by piece: maps, lists, strings, longs and booleans. */
    static Object value(String document, JsonParser parser) throws IOException {
        return JsonText.value(document, parser);
    }

    /** What this object is, for messages: the document and the place in it. */
    public String where() {
        return document + (place.isEmpty() ? "" : " at " + place);
    }

    /** Whether there is a member of that name, other than null. */
    public boolean has(String name) {
        return member(name) != null;
    }

    /** The string {@code name}, or null. */
    public @Nullable String string(String name) throws MalformedLayerException {
        Object value = member(name);
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
        if (member(name) instanceof Long value) {
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
        List<Digest> digests = digests(name);
        if (!has(name)) {
            throw wrong(name, "is missing");
        }
        return digests;
    }

    /** The digests of the array {@code name}; none where it is absent. */
    public List<Digest> digests(String name) throws MalformedLayerException {
        List<Digest> digests = new ArrayList<>();
        for (String text : strings(name)) {
            digests.add(digest(text, name));
        }
        return digests;
    }

    /** The strings of the array {@code name}; none where it is absent. */
    public List<String> strings(String name) throws MalformedLayerException {
        List<String> strings = new ArrayList<>();
        if (!has(name)) {
            return strings;
        }
        if (!(member(name) instanceof List<?> items)) {
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
        Object value = member(name);
        return value == null ? null : inside(place + "/" + name, value);
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
        List<Json> objects = new ArrayList<>();
        if (has(name)) {
            for (Object item : items(document, place + "/" + name, member(name))) {
                objects.add(inside(place + "/" + name + "/" + objects.size(), item));
            }
        }
        return objects;
    }

    /** The members, for keeping what one does not know. Numbers are Long, or text where they are not whole. */
    public Map<String, Object> members() {
        return Collections.unmodifiableMap(members);
    }

    private MalformedLayerException wrong(String name, String what) {
        return new MalformedLayerException(where() + ": '" + name + "' " + what);
    }

    private static List<?> items(String document, String place, @Nullable Object value) throws MalformedLayerException {
        if (!(value instanceof List<?> items)) {
            throw new MalformedLayerException(document + (place.isEmpty() ? "" : " at " + place) + ": not an array");
        }
        return items;
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
        try (JsonGenerator generator = JsonText.STRICT.createGenerator(out)) {
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
