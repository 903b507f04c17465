package io.layerfs;

import java.io.IOException;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What a layer says of one name: that there is a file of some kind, or, with a whiteout, that what lower layers have
 * there is gone. Source: OCI image-spec, layer.md.
 */
public sealed interface Entry {

    /** An entry that shows a file: every kind but {@link Whiteout} and {@link HardLink}. */
    sealed interface Node extends Entry {

        /** Owner, permissions, time, extended attributes. */
        Attributes attributes();

        /** The kind of file. */
        FileType type();
    }

    /** A node other than a directory: one that may have several names. */
    sealed interface File extends Node {

        /** The file's number: within one changeset, names with the same number are hard links to one file. */
        long inode();
    }

    /**
     * A directory and what the layer says of the names in it.
     *
     * <p>Stacked on a directory of a lower layer, its attributes replace the lower one's and the names merge, unless it
     * is {@linkplain #opaque() opaque}, or {@linkplain #implicit() implicit}.
     */
    non-sealed interface Directory extends Node {

        /** Whether it hides everything that lower layers have in this directory. */
        boolean opaque();

        /**
         * Whether the layer does not list it, only entries below it: then a lower layer's attributes stay, and
         * {@link Attributes#IMPLICIT_DIRECTORY} holds where there is none.
         */
        boolean implicit();

        /** What the layer says of {@code name} in this directory; null for nothing. */
        @Nullable
        Entry child(Name name) throws IOException;

        /** What the layer says of the names in this directory, in the order of {@link Name}. */
        Iterator<Child> children() throws IOException;

        @Override
        default FileType type() {
            return FileType.DIRECTORY;
        }
    }

    /** A name in a directory and what the layer says of it. */
    record Child(Name name, Entry entry) {}

    /** A regular file. */
    record RegularFile(Attributes attributes, long inode, Content content) implements File {
        @Override
        public FileType type() {
            return FileType.REGULAR;
        }
    }

    /** A symbolic link; the target takes the string form of {@link Name}, and is any text. */
    record Symlink(Attributes attributes, long inode, String target) implements File {
        @Override
        public FileType type() {
            return FileType.SYMLINK;
        }
    }

    /** A device, named pipe or socket; the device numbers are 0 for the latter two. */
    record Special(Attributes attributes, long inode, FileType type, int major, int minor) implements File {}

    /**
     * A further name for a file that the layer itself does not hold: the one that the layers below show at
     * {@code target}. Only changesets have it; the union puts the file itself in its place.
     */
    record HardLink(LayerPath target) implements Entry {}

    /** The removal of a name that lower layers have. */
    record Whiteout() implements Entry {
        /** The one whiteout there needs to be. */
        public static final Whiteout INSTANCE = new Whiteout();
    }
}
