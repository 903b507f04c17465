package io.layerfs.oci;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.layerfs.Digest;
import io.layerfs.MalformedLayerException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code index.json} of a layout, of any size: a million entries take some 200 MiB. Written and read as a stream.
 *
 * <p>Others may have written it. An entry that is not what it should be is an {@link Entry} with a defect, which stands in nobody's
 * way, and is written again as it was; so is whatever else the document says. Only a document that is no JSON, or no index, is
 * refused. A value; safe for use by many threads.
 *
 * @param members what the document says beside its entries
 */
public record LayoutIndex(Map<String, Object> members, List<Entry> entries) {

    private static final int BUFFER = 256 << 10;

    /**
     * An entry.
     *
     * @param descriptor as far as it could be read, with its digest and name at least; null where it has no digest
     * @param json what it says, where that is more than the descriptor does; null where it is not
     * @param defect what is wrong with it; null where nothing is
     */
    public record Entry(
            @Nullable Descriptor descriptor,
            @Nullable Map<String, Object> json,
            @Nullable String defect) {

        /** A new one. */
        public static Entry of(Descriptor descriptor) {
            return new Entry(descriptor, null, null);
        }

        /** Whether it is called exactly so. */
        public boolean isNamed(String name) {
            return descriptor != null && name.equals(descriptor.name());
        }

        /** Whether it is of this blob. */
        public boolean isOf(Digest digest) {
            return descriptor != null && descriptor.digest().equals(digest);
        }

        private Object toJson() {
            if (json != null) {
                return json;
            }
            return descriptor == null ? Map.of() : descriptor.toJson();
        }
    }

    /** One without entries. */
    public static LayoutIndex empty() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("schemaVersion", 2L);
        members.put("mediaType", MediaTypes.INDEX);
        return new LayoutIndex(members, List.of());
    }

    /** The same, with other entries. */
    public LayoutIndex with(List<Entry> others) {
        return new LayoutIndex(members, others);
    }

    /** What its entries name, of those that name something. */
    public List<Descriptor> descriptors() {
        List<Descriptor> all = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            if (entry.descriptor != null) {
                all.add(entry.descriptor);
            }
        }
        return all;
    }

    /** Reads a file. */
    public static LayoutIndex read(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            return read(file.toString(), in);
        }
    }

    /**
     * Reads a document.
     *
     * @throws MalformedLayerException where it is no index, with the line and the column
     */
    public static LayoutIndex read(String document, InputStream in) throws IOException {
        PieceInputStream pieces = new PieceInputStream(document, in);
        try (JsonParser parser = Json.largeParser(pieces)) {
            return new Reading(document, pieces, parser).read();
        } catch (JsonProcessingException e) {
            throw new MalformedLayerException(document + ": " + JsonText.words(e), e);
        } catch (java.io.CharConversionException e) {
            throw new MalformedLayerException(document + ": not UTF-8: " + e.getMessage(), e);
        }
    }

    /** One reading. */
    private static final class Reading {
        private final String document;
        private final PieceInputStream pieces;
        private final JsonParser parser;
        private final Map<String, Object> members = new LinkedHashMap<>();
        private final List<Entry> entries = new ArrayList<>();
        private final Map<Object, Object> known = new HashMap<>();

        Reading(String document, PieceInputStream pieces, JsonParser parser) {
            this.document = document;
            this.pieces = pieces;
            this.parser = parser;
        }

        LayoutIndex read() throws IOException {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedLayerException(document + ": not an object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                pieces.next();
                parser.nextToken();
                if (name.equals("manifests")) {
                    readEntries();
                } else if (parser.currentToken() != JsonToken.VALUE_NULL) {
                    members.put(name, Json.value(document, parser));
                }
            }
            if (parser.nextToken() != null) {
                throw new MalformedLayerException(document + ": something follows the end of the document");
            }
            Json json = Json.of(document, "", members);
            Manifest.check(json, MediaTypes.INDEX);
            Index.check(json);
            return new LayoutIndex(members, entries);
        }

        private void readEntries() throws IOException {
            if (parser.currentToken() == JsonToken.VALUE_NULL) {
                return; // as Go writes an empty list
            }
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw new MalformedLayerException(document + ": 'manifests' is not an array");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                pieces.next();
                entries.add(entry(parser.currentToken() == JsonToken.VALUE_NULL ? "" : Json.value(document, parser)));
            }
        }

        private Entry entry(Object value) {
            String place = "/manifests/" + entries.size();
            try {
                Json json = Json.of(document, place, value);
                return parse(json);
            } catch (MalformedLayerException e) {
                return new Entry(null, null, e.getMessage());
            }
        }

        private Entry parse(Json json) {
            try {
                Descriptor found = Descriptor.parse(json);
                Map<String, String> notes = new LinkedHashMap<>();
                found.annotations().forEach((name, text) -> notes.put(shared(name), text));
                boolean single = notes.size() == 1;
                Descriptor descriptor = new Descriptor(
                        shared(found.mediaType()),
                        shared(found.digest()),
                        found.size(),
                        found.platform(),
                        single ? Map.copyOf(notes) : notes);
                boolean all = descriptor.toJson().equals(json.members());
                return new Entry(descriptor, all ? null : json.members(), null);
            } catch (IOException e) {
                return new Entry(salvaged(json), json.members(), e.getMessage());
            }
        }

        /** What can be known of an entry that says something wrong. */
        private @Nullable Descriptor salvaged(Json json) {
            try {
                Digest digest = shared(json.requireDigest("digest"));
                boolean typed = json.members().get("mediaType") instanceof String;
                Map<String, String> notes = Map.of();
                if (json.members().get("annotations") instanceof Map<?, ?> annotations
                        && annotations.get(Descriptor.REF_NAME) instanceof String name) {
                    notes = Map.of(Descriptor.REF_NAME, name);
                }
                return new Descriptor(
                        typed ? json.requireString("mediaType") : MediaTypes.MANIFEST, digest, 0, null, notes);
            } catch (MalformedLayerException e) {
                return null;
            }
        }

        /** The equal value that was read before: many entries have it. */
        @SuppressWarnings("unchecked") // a value is its own key
        private <T> T shared(T value) {
            T before = (T) known.putIfAbsent(value, value);
            return before == null ? value : before;
        }
    }

    /** Writes it; {@code out} stays open. */
    public void write(OutputStream out) throws IOException {
        JsonGenerator generator = Json.generator(out);
        generator.writeStartObject();
        for (Map.Entry<String, Object> member : members.entrySet()) {
            generator.writeFieldName(member.getKey());
            Json.write(generator, member.getValue());
        }
        generator.writeFieldName("manifests");
        generator.writeStartArray();
        for (Entry entry : entries) {
            if (entry.descriptor != null || entry.json != null) {
                Json.write(generator, entry.toJson());
            }
        }
        generator.writeEndArray();
        generator.writeEndObject();
        generator.flush();
    }
}
