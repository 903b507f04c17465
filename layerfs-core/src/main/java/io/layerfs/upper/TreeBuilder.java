package io.layerfs.upper;

import io.layerfs.Attributes;
import io.layerfs.Changeset;
import io.layerfs.Entry;
import io.layerfs.Name;
import io.layerfs.View;
import io.layerfs.tar.LayerLimits;
import io.layerfs.union.Difference;
import java.io.IOException;
import java.nio.file.FileSystemException;

/**
 * Builds the tree that an upper of another kind shows over a view, name by name, so that what was changed in it is found as
 * it is for a {@link UpperView}: the same tree gives the same changeset, whoever keeps it. For one thread.
 */
public final class TreeBuilder {

    private final View below;
    private final EntryNodes nodes = new EntryNodes();
    private Tree tree;

    /** Nothing is changed yet. */
    public TreeBuilder(View below) {
        this.below = below;
        this.tree = Tree.over(below);
    }

    /** Sets the attributes of the root. */
    public void root(Attributes attributes) {
        long root = below.root();
        tree = tree.with(root, new Node.Directory(EntryNodes.meta(attributes), 2, root, true, NameMap.EMPTY));
    }

    /** Whoever keeps the upper took the name, though a layer cannot have it. */
    private void newName(long directory, Name name, long inode) throws IOException {
        if (!LayerLimits.isPossible(name)) {
            throw new FileSystemException(
                    name.toString(),
                    null,
                    "no layer can hold a name that starts with '.wh.', which removes another one");
        }
        name(directory, name, inode);
    }

    private void name(long directory, Name name, long inode) {
        Node.Directory holder = (Node.Directory) java.util.Objects.requireNonNull(
                tree.nodes().get(directory), "a directory is said before what is in it");
        tree = tree.with(directory, holder.withNames(holder.names().put(name, inode)));
    }

    /** A name that the view below has is gone. */
    public void hide(long directory, Name name) {
        name(directory, name, View.ABSENT);
    }

    /**
     * A directory.
     *
     * @param lower the inode of the directory of the view below whose names show through; {@link View#ABSENT} for none
     * @return its inode
     */
    public long directory(long parent, Name name, Attributes attributes, long lower) throws IOException {
        if (new Depths(tree).isDeepest(parent)) {
            throw new FileSystemException(
                    name.toString(), null, "more than " + LayerLimits.DEPTH + " directories one in the other");
        }
        boolean merged = lower != View.ABSENT;
        long inode = merged ? lower : tree.next();
        Meta meta = EntryNodes.meta(attributes);
        tree = tree.with(inode, new Node.Directory(meta, 2, parent, merged, NameMap.EMPTY));
        newName(parent, name, inode);
        return inode;
    }

    /** A new file that has so many names in all, of which this is the first that is said; answers its inode. */
    public long file(long directory, Name name, Entry.File file, int links) throws IOException {
        long inode = tree.next();
        tree = tree.with(inode, nodes.node(file, links, null));
        newName(directory, name, inode);
        return inode;
    }

    /** A file of the view below that has several names there is now this one, with so many names, wherever they are. */
    public void changed(long inode, Entry.File file, int links) {
        tree = tree.with(inode, nodes.node(file, links, new Node.Origin(below.root(), Name.of("."))));
    }

    /** A further name of a file. */
    public void link(long directory, Name name, long inode) throws IOException {
        newName(directory, name, inode);
    }

    /** What was changed. */
    public Changeset changes() throws IOException {
        return Difference.between(below, tree, Touched.of(tree));
    }

    /** What is seen. */
    public View view() {
        return tree;
    }
}
