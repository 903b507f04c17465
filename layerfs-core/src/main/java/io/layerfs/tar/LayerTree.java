package io.layerfs.tar;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.LayerPath;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import io.layerfs.Utf8;
import io.layerfs.memory.Allowance;
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

    private final Allowance memory;
    private final MemoryDirectory root = MemoryDirectory.ofImplicit();
    private final Changeset changeset = root.toChangeset();
    /** By their paths, as text, as all paths that are kept here: there may be a million. */
    private final Map<String, Entry.File> hidden = new HashMap<>();

    /** Hard links to what was not in the layer when the link came by. */
    private final List<byte[]> lowerLinks = new ArrayList<>();

    private final List<byte[]> whiteouts = new ArrayList<>();

    private final List<byte[]> opaques = new ArrayList<>();

    /** An empty one; what it keeps is taken from {@code memory}. */
    LayerTree(Allowance memory) {
        this.memory = memory;
    }

    void putDirectory(LayerPath path, Attributes attributes) throws MalformedLayerException {
        directory(path).list(attributes);
    }

    void putFile(LayerPath path, Entry.File file) throws MalformedLayerException {
        put(directory(path.parent()), path.lastName(), file);
    }

    private void put(MemoryDirectory directory, Name name, Entry entry) throws MalformedLayerException {
        int before = directory.size();
        directory.put(name, entry);
        if (directory.size() > before) {
            memory.take(Cost.ofName(name.length()));
        }
        if (entry instanceof Entry.Directory) {
            memory.take(Cost.ofDirectory());
        }
    }

    /** Keeps a file that has no place in the tree, but may be a link's target. */
    void hide(LayerPath path, Entry.File file) throws MalformedLayerException {
        String text = path.toString();
        memory.take(Cost.ofPath(2 * text.length()));
        hidden.put(text, file);
    }

    void whiteout(LayerPath path) throws MalformedLayerException {
        whiteouts.add(kept(path));
    }

    void opaque(LayerPath directory) throws MalformedLayerException {
        opaques.add(kept(directory));
    }

    private byte[] kept(LayerPath path) throws MalformedLayerException {
        byte[] text = Utf8.encode(path.toString());
        memory.take(Cost.ofPath(text.length));
        return text;
    }

    /** Puts one more name for {@code target}: a file of this layer, or what it is linked to, else one of the layers below. */
    void putLink(LayerPath path, LayerPath target) throws IOException {
        Entry present = hidden.isEmpty() ? null : hidden.get(target.toString());
        present = present == null ? changeset.find(target) : present;
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

    private void putLowerLink(LayerPath path, LayerPath target) throws MalformedLayerException {
        lowerLinks.add(kept(path));
        kept(target);
        put(directory(path.parent()), path.lastName(), new Entry.HardLink(target));
    }

    /** The directory at {@code path}, implied where it is not there, or where something else is. */
    private MemoryDirectory directory(LayerPath path) throws MalformedLayerException {
        MemoryDirectory directory = root;
        for (Name name : path.names()) {
            Entry present = directory.child(name);
            if (present instanceof MemoryDirectory below) {
                directory = below;
            } else {
                MemoryDirectory implied = MemoryDirectory.ofImplicit();
                put(directory, name, implied);
                directory = implied;
            }
        }
        return directory;
    }

    /** Settles links and removals; nothing may be added afterwards. */
    Changeset finish() throws IOException {
        for (byte[] path : lowerLinks) {
            if (changeset.find(LayerPath.of(path)) instanceof Entry.HardLink link
                    && changeset.find(link.target()) != null) {
                throw new MalformedLayerException("'" + Utf8.printable(path) + "' is a hard link to '" + link.target()
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

    private void remove(LayerPath path) throws MalformedLayerException {
        MemoryDirectory parent = removableFrom(path.parent());
        if (parent == null) {
            return;
        }
        Entry present = parent.child(path.lastName());
        if (present == null || isHollow(present)) {
            put(parent, path.lastName(), Entry.Whiteout.INSTANCE);
        } else if (present instanceof MemoryDirectory directory) {
            directory.setOpaque(true);
            if (directory.implicit()) {
                // the directory below, whose attributes it would take, is removed
                directory.list(Attributes.IMPLICIT_DIRECTORY);
            }
        }
    }

    /** The directory in which a removal can act, implied where need be; null where the layer itself has no room for one. */
    private @Nullable MemoryDirectory removableFrom(LayerPath path) throws MalformedLayerException {
        MemoryDirectory directory = root;
        for (Name name : path.names()) {
            Entry present = directory.child(name);
            if (present == null) {
                present = MemoryDirectory.ofImplicit();
                put(directory, name, present);
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
