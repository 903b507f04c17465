package io.layerfs.erofs;

import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.LayerPath;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import io.layerfs.memory.Allowance;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Writes a tree, each directory asked once for what it holds: first the files in it, side by side, then the directories in
 * it with all that is below them, then itself. So nearly everything is written in the order in which it lies in the index.
 *
 * <p>The root is the exception: it has its place at the front, because the superblock has 16 bits for its number.
 *
 * <p>In memory are the names of one directory and of those that it lies in.
 */
final class TreeWriter {

    private final DirectoryWriter directories;
    private final FileWriter files;
    private final boolean isLayer;
    private final Allowance memory;
    private final Deque<OpenDirectory> open = new ArrayDeque<>();

    /**
     * For the tree of a layer, or for one without whiteouts and links to layers below.
     *
     * @param memory from which the directories are taken that are known and yet to be written
     */
    TreeWriter(DirectoryWriter directories, FileWriter files, boolean isLayer, Allowance memory) {
        this.directories = directories;
        this.files = files;
        this.isLayer = isLayer;
        this.memory = memory;
    }

    /** Writes the whole tree; answers the root's number. */
    int write(Entry.Directory root) throws IOException {
        long reserved = directories.reserveRoot(root);
        begin(root);
        while (true) {
            OpenDirectory current = open.element();
            OpenDirectory.Below next = current.next();
            if (next != null) {
                begin(next.directory());
            } else if (open.size() > 1) {
                end(current);
            } else {
                files.finish();
                return directories.writeRoot(current, reserved);
            }
        }
    }

    private void begin(Entry.Directory directory) throws IOException {
        OpenDirectory begun = new OpenDirectory(directory, memory.part());
        open.push(begun);
        if (open.size() > Erofs.MAX_DEPTH) {
            throw in(path(), new MalformedLayerException("more than " + Erofs.MAX_DEPTH + " directories deep"));
        }
        for (Iterator<Entry.Child> i = directory.children(); i.hasNext(); ) {
            Entry.Child child = i.next();
            try {
                add(begun, child.name(), child.entry());
            } catch (MalformedLayerException e) {
                throw in(path().resolve(child.name()), e);
            }
        }
        begun.finishNames();
    }

    private void add(OpenDirectory parent, Name name, Entry entry) throws IOException {
        if (name.length() > Erofs.MAX_NAME) {
            throw new MalformedLayerException(
                    "a name of " + name.length() + " bytes; " + Erofs.MAX_NAME + " are possible");
        }
        if (entry instanceof Entry.Directory directory) {
            parent.add(name, directory);
        } else if (entry instanceof Entry.File file) {
            parent.data().add(name, files.write(file), file.type());
        } else if (!isLayer) {
            throw new MalformedLayerException("a whiteout, or a link to a layer below, in a tree that has none below");
        } else if (entry instanceof Entry.HardLink link) {
            parent.data().add(name, files.writeLink(link.target()), FileType.REGULAR);
        } else if (!parent.directory().opaque()) {
            // in an opaque one it would hide nothing, and overlayfs would list it
            parent.addWhiteout(name, files.writeWhiteout());
        }
    }

    private void end(OpenDirectory done) throws IOException {
        try {
            directories.write(done);
        } catch (MalformedLayerException e) {
            throw in(path(), e);
        }
        open.pop();
        done.done();
        open.element().placed(done);
    }

    /** The path of the directory that is being written. */
    private LayerPath path() {
        LayerPath path = LayerPath.ROOT;
        for (Iterator<OpenDirectory> i = open.descendingIterator(); i.hasNext(); ) {
            OpenDirectory at = i.next();
            if (i.hasNext()) {
                path = path.resolve(at.currentName());
            }
        }
        return path;
    }

    private static MalformedLayerException in(LayerPath path, MalformedLayerException e) {
        return new MalformedLayerException("entry '" + path + "': " + e.getMessage(), e);
    }
}
