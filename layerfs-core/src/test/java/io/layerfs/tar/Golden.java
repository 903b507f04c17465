package io.layerfs.tar;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.layerfs.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What Go's archive/tar lists: one JSON object a line, nested objects as keys with a slash. */
final class Golden {

    private static final JsonFactory JSON = new JsonFactory();

    private Golden() {}

    /** The entries, without the headers that Go shows as entries and without the last line, which counts. */
    static List<Map<String, String>> entries(Path file) throws IOException {
        List<Map<String, String>> entries = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            Map<String, String> fields = fields(line);
            String type = fields.getOrDefault("type", "none");
            if (!type.equals("none") && !type.equals("g") && !type.equals("X")) {
                entries.add(fields);
            }
        }
        return entries;
    }

    private static Map<String, String> fields(String line) throws IOException {
        Map<String, String> fields = new TreeMap<>();
        String outer = "";
        try (JsonParser json = JSON.createParser(line)) {
            json.nextToken();
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.START_OBJECT) {
                    outer = json.currentName() + "/";
                } else if (token == JsonToken.END_OBJECT) {
                    outer = "";
                } else if (token.isScalarValue()) {
                    fields.put(outer + json.currentName(), json.getText());
                }
            }
        }
        return fields;
    }

    /** The bytes of a string as Go's %q prints it. */
    static byte[] unquoted(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 1; i < text.length() - 1; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c != '\\') {
                out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            char kind = text.charAt(i++);
            int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
            if (digits == 0) {
                out.write(
                        "abtnvfr".indexOf(kind) < 0 ? kind : "\u0007\b\t\n\u000b\f\r".charAt("abtnvfr".indexOf(kind)));
                continue;
            }
            int code = Integer.parseInt(text.substring(i, i + digits), 16);
            i += digits;
            if (kind == 'x') {
                out.write(code);
            } else {
                out.writeBytes(Utf8.encode(Character.toString(code)));
            }
        }
        return out.toByteArray();
    }
}
