package io.layerfs.union;

import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.LayerPath;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The union rule: a pure function from a stack of changesets to the tree that is seen.
 *
 * <p>For each name, read from the top layer down (image-spec, layer.md; kernel, overlayfs.rst):
 *
 * <ul>
 *   <li>a whiteout ends the search; so does a file, which is seen if no directory was met above it;
 *   <li>a directory is seen, merged with the directories met below it, down to and including the first opaque one;
 *   <li>attributes are those of the topmost directory that its layer lists (not merely implies);
 *   <li>a directory that its layer implies, and that holds nothing but removals, shows nothing and hides no file.
 * </ul>
 *
 * <p>Symbolic links are never followed: a directory hides a link of the same name below it. A changeset is not read
 * until the result is asked for what it holds.
 */
public final class Union {

    /** Where the layer's number stands in an inode number of the union; the layer's own number is below. */
    private static final int LAYER_SHIFT = 40;

    /** How many layers are looked at for links to layers below; more take longer than anyone waits. */
    private static final long MAX_STEPS = 100_000_000;

    private final List<Changeset> baseFirst;
    private final AtomicLong steps = new AtomicLong();
    private volatile @Nullable Below last;

    /** What the layers below one show. */
    private record Below(int layer, MergedDirectory root) {}

    private Union(List<Changeset> baseFirst) {
        this.baseFirst = baseFirst;
    }

    /**
     * What is seen of a stack of changesets: a changeset without whiteouts, opaque directories or links to lower layers.
     *
     * @param baseFirst the lowest layer first; none gives an empty tree
     */
    public static Changeset merge(List<Changeset> baseFirst) {
        return new Changeset(new Union(List.copyOf(baseFirst)).root(baseFirst.size()));
    }

    /** What is seen of one name, given what each layer says of it, top first; null for nothing. */
    Entry.@Nullable Node decide(List<Said> topFirst) throws IOException {
        Said chosen = choose(topFirst);
        if (chosen == null) {
            return null;
        }
        return chosen.entry() instanceof MergedDirectory directory ? directory : file(chosen.layer(), chosen.entry());
    }

    /** The same, where a link to a layer below is itself. */
    private @Nullable Said choose(List<Said> topFirst) throws IOException {
        MergedDirectory.Builder directory = new MergedDirectory.Builder(this);
        boolean shown = false;
        for (Said said : topFirst) {
            if (said.entry() instanceof Entry.Directory layers) {
                shown = shown || !isHollow(layers);
                if (!directory.add(said.layer(), layers)) {
                    break;
                }
            } else {
                if (!shown && !(said.entry() instanceof Entry.Whiteout)) {
                    return said;
                }
                break;
            }
        }
        return shown ? new Said(0, directory.build()) : null;
    }

    /** What one layer, counted from the base, says of some name. */
    record Said(int layer, Entry entry) {}

    /** Whether a layer implies this directory and it holds nothing but removals: then it shows nothing. */
    public static boolean isHollow(Entry.Directory directory) throws IOException {
        Deque<Entry.Directory> open = new ArrayDeque<>();
        open.push(directory);
        while (!open.isEmpty()) {
            Entry.Directory current = open.pop();
            if (!current.implicit()) {
                return false;
            }
            for (var i = current.children(); i.hasNext(); ) {
                Entry entry = i.next().entry();
                if (entry instanceof Entry.Directory below) {
                    open.push(below);
                } else if (!(entry instanceof Entry.Whiteout)) {
                    return false;
                }
            }
        }
        return true;
    }

    private Entry.File file(int layer, Entry entry) throws IOException {
        if (entry instanceof Entry.RegularFile f) {
            return new Entry.RegularFile(f.attributes(), qualify(layer, f.inode()), f.content());
        }
        if (entry instanceof Entry.Symlink s) {
            return new Entry.Symlink(s.attributes(), qualify(layer, s.inode()), s.target());
        }
        if (entry instanceof Entry.Special s) {
            return new Entry.Special(s.attributes(), qualify(layer, s.inode()), s.type(), s.major(), s.minor());
        }
        return linked(layer, ((Entry.HardLink) entry).target());
    }

    /** The file that a link means, which may be a link of a layer below, and so on: there may be as many as layers. */
    private Entry.File linked(int layer, LayerPath target) throws IOException {
        Said seen = find(layer, target);
        while (seen != null && seen.entry() instanceof Entry.HardLink next) {
            seen = find(seen.layer(), next.target());
        }
        if (seen != null && seen.entry() instanceof Entry.File) {
            return file(seen.layer(), seen.entry());
        }
        throw new MalformedLayerException("layer " + layer + " (base is 0): a hard link to " + target + ", which is "
                + (seen == null ? "nowhere in the layers below" : "a directory in the layers below"));
    }

    /** What the layers below {@code layer} show at a path; null for nothing. */
    private @Nullable Said find(int layer, LayerPath path) throws IOException {
        Said found = new Said(0, root(layer));
        for (Name name : path.names()) {
            if (found == null || !(found.entry() instanceof MergedDirectory directory)) {
                return null;
            }
            if (steps.addAndGet(directory.layers()) > MAX_STEPS) {
                throw new MalformedLayerException("layer " + layer + " (base is 0): with its hard link to " + path
                        + ", links to layers below take more than " + MAX_STEPS + " steps through layers");
            }
            found = choose(directory.said(name));
        }
        return found;
    }

    /** The root that the layers below {@code layer} show. */
    private MergedDirectory root(int layer) {
        Below known = last;
        if (known != null && known.layer == layer) {
            return known.root;
        }
        MergedDirectory.Builder root = new MergedDirectory.Builder(this);
        steps.addAndGet(layer);
        for (int i = layer - 1; i >= 0; i--) {
            if (!root.add(i, baseFirst.get(i).root())) {
                break;
            }
        }
        Below made = new Below(layer, root.build());
        last = made;
        return made.root;
    }

    private static long qualify(int layer, long inode) {
        if (inode >>> LAYER_SHIFT != 0) {
            throw new IllegalArgumentException("inode number out of range: " + inode);
        }
        return (long) layer << LAYER_SHIFT | inode;
    }
}
