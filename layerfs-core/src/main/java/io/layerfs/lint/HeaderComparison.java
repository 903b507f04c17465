package io.layerfs.lint;

import io.layerfs.LayerComparison.Aspect;
import io.layerfs.LayerComparison.Field;
import io.layerfs.Utf8;
import io.layerfs.tar.RawHeader;
import io.layerfs.tar.TarEntry;
import io.layerfs.tar.TarField;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How two entries' headers differ where they mean the same. What is a consequence of a different meaning (another time, and so
 * another mtime field) is left out.
 */
final class HeaderComparison {

    private final Set<Aspect> meant = EnumSet.noneOf(Aspect.class);
    private final List<Field> fields = new ArrayList<>();

    private HeaderComparison(List<Field> known) {
        known.forEach(field -> meant.add(field.aspect()));
    }

    /**
     * The differences.
     *
     * @param known what is known to differ in meaning
     */
    static List<Field> fields(Tar first, TarEntry one, Tar second, TarEntry other, List<Field> known)
            throws IOException {
        HeaderComparison comparison = new HeaderComparison(known);
        comparison.compare(RawHeader.read(first.blob(), one.offset()), RawHeader.read(second.blob(), other.offset()));
        return comparison.fields;
    }

    private void compare(List<RawHeader> first, List<RawHeader> second) {
        RawHeader one = first.get(first.size() - 1);
        RawHeader other = second.get(second.size() - 1);
        add("layout", one.layout(), other.layout());
        add("extension headers", types(first), types(second));
        for (TarField field : TarField.values()) {
            Aspect aspect = aspect(field.toString());
            boolean said = aspect != null && meant.contains(aspect);
            boolean follows = field == TarField.CHECKSUM
                    || (field == TarField.MAGIC && !one.layout().equals(other.layout()))
                    || (field == TarField.TYPE && meant.contains(Aspect.TYPE));
            if (!said && !follows && !Arrays.equals(one.bytes(field), other.bytes(field))) {
                add("header field " + field, trimmed(one.bytes(field)), trimmed(other.bytes(field)));
            }
        }
        compareRecords(records(first), records(second));
    }

    private void compareRecords(Map<String, String> first, Map<String, String> second) {
        Set<String> keywords = new LinkedHashSet<>(first.keySet());
        keywords.addAll(second.keySet());
        for (String keyword : keywords) {
            Aspect aspect = keyword.startsWith("SCHILY.xattr.") ? Aspect.XATTRS : aspect(keyword);
            if (aspect == null || !meant.contains(aspect)) {
                add("PAX record " + keyword, first.getOrDefault(keyword, ""), second.getOrDefault(keyword, ""));
            }
        }
        if (fields.isEmpty() && !List.copyOf(first.keySet()).equals(List.copyOf(second.keySet()))) {
            add("order of PAX records", String.join(" ", first.keySet()), String.join(" ", second.keySet()));
        }
    }

    private void add(String field, String one, String other) {
        if (!one.equals(other)) {
            fields.add(new Field(Aspect.FORMAT, field, one, other));
        }
    }

    /** What a field or record says, where that is compared as such. */
    private static @Nullable Aspect aspect(String field) {
        return switch (field) {
            case "name", "prefix", "path" -> Aspect.SPELLING;
            case "link name", "linkpath" -> Aspect.LINK_TARGET;
            case "mode" -> Aspect.MODE;
            case "uid", "gid" -> Aspect.OWNER;
            case "size" -> Aspect.CONTENT;
            case "mtime" -> Aspect.TIME;
            case "devmajor", "devminor" -> Aspect.DEVICE;
            default -> null;
        };
    }

    private static String types(List<RawHeader> headers) {
        StringBuilder types = new StringBuilder();
        for (RawHeader header : headers) {
            if (header.isExtension()) {
                types.append(types.length() == 0 ? "" : " ").append(header.type());
            }
        }
        return types.toString();
    }

    private static Map<String, String> records(List<RawHeader> headers) {
        Map<String, String> records = new LinkedHashMap<>();
        for (RawHeader header : headers) {
            header.records().forEach(record -> records.put(record.keyword(), Utf8.printable(record.value())));
        }
        return records;
    }

    /** Without the NULs at its end. */
    private static String trimmed(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return Utf8.printable(Arrays.copyOf(bytes, end));
    }
}
