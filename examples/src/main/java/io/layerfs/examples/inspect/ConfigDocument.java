package io.layerfs.examples.inspect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A document of an image, for showing: what is not of the kind that one asks for counts as absent. */
final class ConfigDocument {

    private final Map<?, ?> members;

    private ConfigDocument(Map<?, ?> members) {
        this.members = members;
    }

    /** Reads one that the store has accepted. */
    static ConfigDocument parse(byte[] bytes) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(bytes)) {
            parser.nextToken();
            return new ConfigDocument(value(parser) instanceof Map<?, ?> members ? members : Map.of());
        }
    }

    private static Object value(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            Map<String, Object> object = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                object.put(name, value(parser));
            }
            return object;
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            List<Object> array = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                array.add(value(parser));
            }
            return array;
        }
        return parser.getText();
    }

    /** A text, number or truth value, as text; null for none. */
    @Nullable
    String text(String name) {
        return members.get(name) instanceof String text && !text.equals("null") ? text : null;
    }

    ConfigDocument object(String name) {
        return new ConfigDocument(members.get(name) instanceof Map<?, ?> object ? object : Map.of());
    }

    List<ConfigDocument> objects(String name) {
        List<ConfigDocument> objects = new ArrayList<>();
        for (Object item : members.get(name) instanceof List<?> list ? list : List.of()) {
            objects.add(new ConfigDocument(item instanceof Map<?, ?> object ? object : Map.of()));
        }
        return objects;
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Object item : members.get(name) instanceof List<?> list ? list : List.of()) {
            texts.add(item.toString());
        }
        return texts;
    }

    List<String> names() {
        return members.keySet().stream().map(Object::toString).toList();
    }
}
