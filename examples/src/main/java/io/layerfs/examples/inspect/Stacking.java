package io.layerfs.examples.inspect;

import io.layerfs.Changeset;
import io.layerfs.Content;
import io.layerfs.Entry;
import io.layerfs.LayerPath;
import io.layerfs.Name;
import io.layerfs.examples.inspect.Change.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts layers on top of each other, base first, and keeps what each one did.
 *
 * <p>Bytes count where they are stored: a file of several names once, at the first; a link to a lower layer's file not at all.
 * Bytes are wasted when no name for them is left. A directory that is listed as it was is no change. Costs some 200 bytes for
 * each path and change, in memory; files of the same size in place of each other are read, to see whether they differ.
 */
final class Stacking {

    private final PathNode root = new PathNode(null, Name.of("."), 0);
    private final List<PathNode> nodes = new ArrayList<>(List.of(root));
    private final List<List<Change>> layers = new ArrayList<>();
    private final Map<Long, Stored> files = new HashMap<>();
    private List<Change> changes = new ArrayList<>();

    /** All names, each behind the directory that it is in. */
    List<PathNode> nodes() {
        return nodes;
    }

    /** What each layer did, in the order of {@link LayerPath}. */
    List<List<Change>> layers() {
        return layers;
    }

    void add(Changeset layer) throws IOException {
        changes = new ArrayList<>();
        layers.add(changes);
        files.clear();
        Map<LayerPath, State> linked = new HashMap<>();
        layer.walk((path, entry) -> {
            if (entry instanceof Entry.HardLink link) {
                linked.put(link.target(), state(link.target()));
            }
        });
        add(root, layer.root(), linked, false);
    }

    /** What was seen at a link's target before this layer. */
    private record State(@Nullable Stored stored, Entry.@Nullable Node seen) {}

    private State state(LayerPath path) {
        PathNode node = root;
        for (Name name : path.names()) {
            node = node == null ? null : node.child(name);
        }
        return node == null || node.change == null ? new State(null, null) : new State(node.change.stored, node.seen);
    }

    private int top() {
        return layers.size() - 1;
    }

    private void add(PathNode node, Entry entry, Map<LayerPath, State> linked, boolean opaque) throws IOException {
        if (entry instanceof Entry.Directory directory) {
            addDirectory(node, directory, linked, opaque);
        } else if (entry instanceof Entry.Whiteout) {
            if (node.seen != null) {
                long before = remove(node);
                keep(new Change(node, top(), Kind.REMOVED, 0, before, null), null);
            }
        } else if (entry instanceof Entry.HardLink link) {
            State target = linked.getOrDefault(link.target(), new State(null, null));
            if (target.seen() != null) {
                put(node, target.seen(), target.stored(), 0);
            }
        } else if (entry instanceof Entry.File file) {
            long size = file instanceof Entry.RegularFile regular
                    ? regular.content().size()
                    : 0;
            Stored known = files.get(file.inode());
            Stored stored = known == null ? new Stored(top(), size) : known;
            files.put(file.inode(), stored);
            put(node, file, stored, known == null ? size : 0);
        }
    }

    private void put(PathNode node, Entry.Node file, @Nullable Stored stored, long size) throws IOException {
        Entry.Node below = node.seen;
        Kind kind = below == null ? Kind.ADDED : sameBytes(below, file) ? Kind.METADATA : Kind.CHANGED;
        long before = below == null ? 0 : remove(node);
        keep(new Change(node, top(), kind, size, before, stored), file);
    }

    private void addDirectory(PathNode node, Entry.Directory directory, Map<LayerPath, State> linked, boolean below)
            throws IOException {
        if (below && node.seen != null && isHollow(directory)) {
            changes.add(new Change(node, top(), Kind.REMOVED, 0, remove(node), null));
            return;
        }
        boolean merges = node.seen instanceof Entry.Directory;
        boolean opaque = merges && (below || directory.opaque());
        if (opaque) {
            for (PathNode child : node.children()) {
                if (child.seen != null && directory.child(child.name) == null) {
                    changes.add(new Change(child, top(), Kind.REMOVED, 0, remove(child), null));
                }
            }
        }
        if (node.parent == null) {
            node.seen = directory;
        } else if (!merges && !isHollow(directory)) {
            boolean replaces = node.seen != null;
            long before = remove(node);
            keep(new Change(node, top(), replaces ? Kind.CHANGED : Kind.ADDED, 0, before, null), directory);
        } else if (merges && !directory.implicit() && !sameAttributes(node, directory)) {
            keep(new Change(node, top(), Kind.METADATA, 0, 0, null), directory);
        }
        for (Iterator<Entry.Child> i = directory.children(); i.hasNext(); ) {
            Entry.Child child = i.next();
            PathNode at = node.child(child.name());
            if (at == null && !(child.entry() instanceof Entry.Whiteout)) {
                at = new PathNode(node, child.name(), nodes.size());
                nodes.add(at);
                node.put(at);
            }
            if (at != null) {
                add(at, child.entry(), linked, opaque);
            }
        }
    }

    private static boolean sameAttributes(PathNode node, Entry.Directory directory) {
        return node.seen != null && node.seen.attributes().equals(directory.attributes());
    }

    /** Whether a directory shows nothing: it is implied, and all in it are removals. */
    private static boolean isHollow(Entry.Directory directory) throws IOException {
        boolean hollow = directory.implicit();
        for (Iterator<Entry.Child> i = directory.children(); hollow && i.hasNext(); ) {
            Entry entry = i.next().entry();
            hollow = entry instanceof Entry.Whiteout || (entry instanceof Entry.Directory d && isHollow(d));
        }
        return hollow;
    }

    private void keep(Change change, Entry.@Nullable Node seen) {
        Change before = change.node.change;
        if (before != null && before.hiddenBy < 0) {
            before.hiddenBy = change.layer;
        }
        change.directory = seen instanceof Entry.Directory;
        change.node.seen = seen;
        change.node.change = change;
        if (change.stored != null) {
            change.stored.names++;
        }
        changes.add(change);
    }

    /** Takes away what is seen at a name and below; answers how many bytes that were. */
    private long remove(PathNode node) {
        if (node.seen == null) {
            return 0;
        }
        long bytes = 0;
        Change change = node.change;
        if (change != null) {
            change.hiddenBy = top();
            if (change.stored != null) {
                change.stored.names--;
                change.stored.hiddenBy = top();
                bytes = change.size;
            }
        }
        node.seen = null;
        for (PathNode child : node.children()) {
            bytes += remove(child);
        }
        return bytes;
    }

    private static boolean sameBytes(Entry.Node below, Entry.Node file) throws IOException {
        if (below instanceof Entry.RegularFile one && file instanceof Entry.RegularFile other) {
            return one.content().size() == other.content().size()
                    && Content.mismatch(one.content(), other.content()) < 0;
        }
        return below instanceof Entry.Symlink one
                && file instanceof Entry.Symlink other
                && one.target().equals(other.target());
    }
}
