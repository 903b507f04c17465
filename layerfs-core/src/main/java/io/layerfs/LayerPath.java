package io.layerfs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The path of an entry, from the root of a layer or an image: zero or more {@link Name names}, none of them {@code .}
 * or {@code ..}. The root has none.
 *
 * <p>Ordered name by name, so that a directory comes before what it holds and that before the directory's next
 * sibling. Immutable, safe for use by many threads.
 */
public final class LayerPath implements Comparable<LayerPath> {

    /** The root, which has no names. */
    public static final LayerPath ROOT = new LayerPath(new Name[0]);

    private final Name[] names;

    private LayerPath(Name[] names) {
        this.names = names;
    }

    /**
     * The path that {@code text} spells, in any of the spellings that mean the same: {@code a/b}, {@code /a/b},
     * {@code ./a//b/}, {@code a/./b}. The string form of names is that of {@link Name}.
     *
     * @throws IllegalArgumentException where a component is {@code ..}, or holds NUL
     */
    public static LayerPath of(String text) {
        return of(Utf8.encode(text));
    }

    /**
     * The path that these bytes spell, as {@link #of(String)}.
     *
     * @throws IllegalArgumentException where a component is {@code ..}, or holds NUL
     */
    public static LayerPath of(byte[] bytes) {
        List<Name> names = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == '/') {
                if (i > start && !(i == start + 1 && bytes[start] == '.')) {
                    names.add(checked(Name.of(Arrays.copyOfRange(bytes, start, i)), bytes));
                }
                start = i + 1;
            }
        }
        return names.isEmpty() ? ROOT : new LayerPath(names.toArray(new Name[0]));
    }

    private static Name checked(Name name, byte[] bytes) {
        if (name.isDot()) {
            throw new IllegalArgumentException("'..' in the path " + Utf8.printable(bytes));
        }
        return name;
    }

    /** How many names it has; 0 for the root. */
    public int depth() {
        return names.length;
    }

    /** Its names, outermost first; cannot be changed. */
    public List<Name> names() {
        return Collections.unmodifiableList(Arrays.asList(names));
    }

    /** The name at {@code index}, 0 being the outermost. */
    public Name name(int index) {
        return names[index];
    }

    /**
     * The last name.
     *
     * @throws IllegalStateException for the root
     */
    public Name lastName() {
        if (names.length == 0) {
            throw new IllegalStateException("the root has no name");
        }
        return names[names.length - 1];
    }

    /**
     * The path without its last name.
     *
     * @throws IllegalStateException for the root
     */
    public LayerPath parent() {
        if (names.length == 0) {
            throw new IllegalStateException("the root has no parent");
        }
        return names.length == 1 ? ROOT : new LayerPath(Arrays.copyOf(names, names.length - 1));
    }

    /**
     * This path and {@code name} behind it.
     *
     * @throws IllegalArgumentException for {@code .} and {@code ..}
     */
    public LayerPath resolve(Name name) {
        if (name.isDot()) {
            throw new IllegalArgumentException("'" + name + "' names no entry");
        }
        Name[] longer = Arrays.copyOf(names, names.length + 1);
        longer[names.length] = name;
        return new LayerPath(longer);
    }

    /** Whether {@code prefix} is this path or one of its ancestors. */
    public boolean startsWith(LayerPath prefix) {
        int n = prefix.names.length;
        return names.length >= n && Arrays.equals(names, 0, n, prefix.names, 0, n);
    }

    @Override
    public int compareTo(LayerPath other) {
        return Arrays.compare(names, other.names);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LayerPath that && Arrays.equals(names, that.names);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(names);
    }

    /** The names with {@code /} between them, none in front; {@code .} for the root. */
    @Override
    public String toString() {
        if (names.length == 0) {
            return ".";
        }
        StringBuilder out = new StringBuilder();
        for (Name name : names) {
            (out.length() == 0 ? out : out.append('/')).append(name);
        }
        return out.toString();
    }
}
