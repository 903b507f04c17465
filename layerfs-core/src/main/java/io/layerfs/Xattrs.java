package io.layerfs;

import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The extended attributes of a file: values of bytes by full name ({@code user.k}, {@code security.capability}),
 * sorted by name. Names take the string form of {@link Name}. Immutable, safe for use by many threads.
 */
public final class Xattrs {

    /** No attributes. */
    public static final Xattrs NONE = new Xattrs(new TreeMap<>());

    private final SortedMap<String, byte[]> values;

    private Xattrs(SortedMap<String, byte[]> values) {
        this.values = values;
    }

    /** These attributes; the values are copied. */
    public static Xattrs of(Map<String, byte[]> values) {
        if (values.isEmpty()) {
            return NONE;
        }
        TreeMap<String, byte[]> copy = new TreeMap<>();
        values.forEach((name, value) -> copy.put(name, value.clone()));
        return new Xattrs(copy);
    }

    /** The same with {@code name} set to {@code value}, which is copied. */
    public Xattrs with(String name, byte[] value) {
        TreeMap<String, byte[]> copy = new TreeMap<>(values);
        copy.put(name, value.clone());
        return new Xattrs(copy);
    }

    /** The same without {@code name}. */
    public Xattrs without(String name) {
        TreeMap<String, byte[]> copy = new TreeMap<>(values);
        copy.remove(name);
        return copy.isEmpty() ? NONE : new Xattrs(copy);
    }

    /** The names, sorted; cannot be changed. */
    public Set<String> names() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** A copy of the value of {@code name}, or null where it has none. */
    public byte @Nullable [] get(String name) {
        byte[] value = values.get(name);
        return value == null ? null : value.clone();
    }

    /** How many bytes the value of {@code name} has; 0 where it has none. */
    public int size(String name) {
        byte[] value = values.get(name);
        return value == null ? 0 : value.length;
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return values.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Xattrs that)) {
            return false;
        }
        SortedMap<String, byte[]> theirs = that.values;
        return values.keySet().equals(theirs.keySet())
                && values.entrySet().stream().allMatch(e -> Arrays.equals(e.getValue(), theirs.get(e.getKey())));
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (Map.Entry<String, byte[]> e : values.entrySet()) {
            hash = 31 * hash + e.getKey().hashCode() ^ Arrays.hashCode(e.getValue());
        }
        return hash;
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("{");
        values.forEach((name, value) -> out.append(out.length() == 1 ? "" : ", ")
                .append(name)
                .append('=')
                .append(HexFormat.of().formatHex(value)));
        return out.append('}').toString();
    }
}
