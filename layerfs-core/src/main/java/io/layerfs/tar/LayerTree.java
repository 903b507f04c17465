package io.layerfs.tar;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.LayerPath;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import io.layerfs.Utf8;
import io.layerfs.memory.MemoryDirectory;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A layer's changeset while its entries come in, in any order that a tar may have.
 *
 * <p>Two phases, so that order does not matter: entries go into the tree as they come, removals are kept until
 * {@link #finish}, when what the layer itself has is known.
 */
final class LayerTree {

    private final MemoryDirectory root = MemoryDirectory.ofImplicit();
    private final Changeset changeset = root.toChangeset();
    private final Map<LayerPath, Entry.File> hidden = new HashMap<>();
    private final List<LowerLink> lowerLinks = new ArrayList<>();
    /** The paths, as text: there may be a million. */
    private final List<byte[]> whiteouts = new ArrayList<>();

    private final List<byte[]> opaques = new ArrayList<>();

    /** A hard link to what was not in the layer when the link came by. */
    private record LowerLink(LayerPath path, LayerPath target) {}

    void putDirectory(LayerPath path, Attributes attributes) {
        directory(path).list(attributes);
    }

    void putFile(LayerPath path, Entry.File file) {
        directory(path.parent()).put(path.lastName(), file);
    }

    /** Keeps a file that has no place in the tree, but may be a link's target. */
    void hide(LayerPath path, Entry.File file) {
        hidden.put(path, file);
    }

    void whiteout(LayerPath path) {
        whiteouts.add(Utf8.encode(path.toString()));
    }

    void opaque(LayerPath directory) {
        opaques.add(Utf8.encode(directory.toString()));
    }

    /** Puts one more name for {@code target}: a file of this layer, or what it is linked to, else one of the layers below. */
    void putLink(LayerPath path, LayerPath target) throws IOException {
        Entry present = hidden.containsKey(target) ? hidden.get(target) : changeset.find(target);
        if (present instanceof Entry.File file) {
            putFile(path, file);
            return;
        }
        if (present instanceof Entry.HardLink other) {
            putLowerLink(path, other.target());
            return;
        }
        if (present instanceof Entry.Directory directory && !directory.implicit()) {
            throw new MalformedLayerException("a hard link to '" + target + "', which is a directory");
        }
        if (target.equals(path)) {
            throw new MalformedLayerException("a hard link to itself");
        }
        putLowerLink(path, target);
    }

    private void putLowerLink(LayerPath path, LayerPath target) {
        lowerLinks.add(new LowerLink(path, target));
        directory(path.parent()).put(path.lastName(), new Entry.HardLink(target));
    }

    /** The directory at {@code path}, implied where it is not there, or where something else is. */
    private MemoryDirectory directory(LayerPath path) {
        MemoryDirectory directory = root;
        for (Name name : path.names()) {
            Entry present = directory.child(name);
            if (present instanceof MemoryDirectory below) {
                directory = below;
            } else {
                MemoryDirectory implied = MemoryDirectory.ofImplicit();
                directory.put(name, implied);
                directory = implied;
            }
        }
        return directory;
    }

    /** Settles links and removals; nothing may be added afterwards. */
    Changeset finish() throws IOException {
        for (LowerLink link : lowerLinks) {
            Entry present = changeset.find(link.target());
            if (present != null && changeset.find(link.path()) instanceof Entry.HardLink) {
                throw new MalformedLayerException("'" + link.path() + "' is a hard link to '" + link.target()
                        + "', which the layer has only behind it");
            }
        }
        for (byte[] path : whiteouts) {
            remove(LayerPath.of(path));
        }
        for (byte[] path : opaques) {
            MemoryDirectory directory = removableFrom(LayerPath.of(path));
            if (directory != null) {
                directory.setOpaque(true);
            }
        }
        return changeset;
    }

    private void remove(LayerPath path) {
        MemoryDirectory parent = removableFrom(path.parent());
        if (parent == null) {
            return;
        }
        Entry present = parent.child(path.lastName());
        if (present == null || isHollow(present)) {
            parent.put(path.lastName(), Entry.Whiteout.INSTANCE);
        } else if (present instanceof MemoryDirectory directory) {
            directory.setOpaque(true);
            if (directory.implicit()) {
                // the directory below, whose attributes it would take, is removed
                directory.list(Attributes.IMPLICIT_DIRECTORY);
            }
        }
    }

    /** The directory in which a removal can act, implied where need be; null where the layer itself has no room for one. */
    private @Nullable MemoryDirectory removableFrom(LayerPath path) {
        MemoryDirectory directory = root;
        for (Name name : path.names()) {
            Entry present = directory.child(name);
            if (present == null) {
                present = MemoryDirectory.ofImplicit();
                directory.put(name, present);
            }
            if (!(present instanceof MemoryDirectory below)) {
                return null;
            }
            directory = below;
        }
        return directory;
    }

    /** Whether a removal made this directory: there is nothing in it but other removals. */
    private static boolean isHollow(Entry entry) {
        Deque<Entry> open = new ArrayDeque<>();
        open.push(entry);
        while (!open.isEmpty()) {
            if (!(open.pop() instanceof MemoryDirectory directory) || !directory.implicit()) {
                return false;
            }
            for (Iterator<Entry.Child> i = directory.children(); i.hasNext(); ) {
                Entry child = i.next().entry();
                if (!(child instanceof Entry.Whiteout)) {
                    open.push(child);
                }
            }
        }
        return true;
    }
}
