package io.layerfs.lint;

import io.layerfs.LayerLint.Place;
import io.layerfs.LayerPath;
import io.layerfs.Utf8;
import io.layerfs.memory.NameTree;
import io.layerfs.tar.Whiteouts;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Every name that a layer's entries have, whiteouts too, with what the latest entry for it was and where that lies. */
final class PathTable {

    /** What the latest entry for a name was. */
    enum Kind {
        /** None: only names below it were met. */
        IMPLIED,
        /** A directory. */
        DIRECTORY,
        /** A symbolic link, or a hard link to one. */
        SYMLINK,
        /** A hard link to what the layer does not hold. */
        LOWER_LINK,
        /** Any other file. */
        FILE,
        /** The removal of another name. */
        WHITEOUT,
        /** The removal of all that lower layers have in its directory. */
        OPAQUE
    }

    private final NameTree names = new NameTree();
    private Kind[] kinds = new Kind[64];
    private long[] offsets = new long[64];
    private boolean[] filled = new boolean[64];

    PathTable() {
        set(NameTree.ROOT, Kind.DIRECTORY, 0);
    }

    int count() {
        return names.count();
    }

    /** The name's number; -1 where the layer has not had it. */
    int find(int parent, byte[] name) {
        return names.find(parent, name);
    }

    /** Adds a name; where {@code kind} is an entry's, {@code offset} is where that lies, else where what implies it does. */
    int add(int parent, byte[] name, Kind kind, long offset) {
        int number = names.add(parent, name);
        set(number, kind, offset);
        return number;
    }

    void set(int number, Kind kind, long offset) {
        if (number >= kinds.length) {
            int size = number + (number >> 1) + 2;
            kinds = Arrays.copyOf(kinds, size);
            offsets = Arrays.copyOf(offsets, size);
            filled = Arrays.copyOf(filled, size);
        }
        kinds[number] = kind;
        offsets[number] = offset;
    }

    Kind kind(int number) {
        return kinds[number];
    }

    /** Notes that a directory, and so those above it, have an entry of the layer in them that is no whiteout. */
    void fill(int directory) {
        for (int at = directory; !filled[at]; at = names.parent(at)) {
            filled[at] = true;
        }
    }

    boolean isFilled(int number) {
        return filled[number];
    }

    int parent(int number) {
        return names.parent(number);
    }

    byte[] name(int number) {
        return names.name(number);
    }

    /** The number at a path; -1 where the layer has had none. */
    int find(LayerPath path) {
        int at = NameTree.ROOT;
        for (int i = 0; i < path.depth() && at >= 0; i++) {
            at = names.find(at, path.name(i).toBytes());
        }
        return at;
    }

    LayerPath path(int number) {
        StringBuilder text = new StringBuilder();
        for (int at = number; at != NameTree.ROOT; at = names.parent(at)) {
            text.insert(0, "/" + Utf8.decode(names.name(at)));
        }
        return LayerPath.of(text.toString());
    }

    Place place(int number) {
        return new Place(path(number).toString(), offsets[number]);
    }

    /** The marker {@code .wh.NAME} of a name. */
    @Nullable
    Place whiteout(int number) {
        if (number == NameTree.ROOT) {
            return null;
        }
        int marker = names.find(names.parent(number), Whiteouts.marker(names.name(number)));
        return marker < 0 ? null : place(marker);
    }

    /** The opaque marker in a directory. */
    @Nullable
    Place opaque(int number) {
        int marker = names.find(number, Whiteouts.OPAQUE.toBytes());
        return marker < 0 ? null : place(marker);
    }
}
