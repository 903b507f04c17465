package io.layerfs.registry;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The header fields of an answer, in its order (RFC 9112, 5). */
record Headers(List<Field> fields) {

    private static final int MAX_HEAD = 256 << 10;

    /** One field. */
    record Field(String name, String value) {}

    /** The first value of a field, whose name has no case; null where there is none. */
    @Nullable
    String first(String name) {
        for (Field field : fields) {
            if (field.name().equalsIgnoreCase(name)) {
                return field.value();
            }
        }
        return null;
    }

    /** All values of a field. */
    List<String> all(String name) {
        return fields.stream()
                .filter(f -> f.name().equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    /** Reads fields up to the empty line; a line that is no field is passed over, as clients do. */
    static Headers read(InputStream in) throws IOException {
        List<Field> fields = new ArrayList<>();
        int size = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            size += line.length();
            if (size > MAX_HEAD) {
                throw new RegistryException("an answer whose head has more than " + MAX_HEAD + " bytes");
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.add(new Field(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip()));
            }
        }
        return new Headers(fields);
    }

    /** A line without its end, each byte as a character. */
    static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended before the answer did");
            }
            if (line.length() == MAX_HEAD) {
                throw new RegistryException("an answer with a line of more than " + MAX_HEAD + " bytes");
            }
            line.append((char) b);
        }
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }
}
