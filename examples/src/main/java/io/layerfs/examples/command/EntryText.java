package io.layerfs.examples.command;

import io.layerfs.Entry;
import io.layerfs.examples.terminal.Terminal;

/** What a layer's entry is, in words. */
final class EntryText {

    private EntryText() {}

    /** The kind alone: {@code opaque directory}. */
    static String kind(Entry entry) {
        if (entry instanceof Entry.Whiteout) {
            return "whiteout";
        }
        if (entry instanceof Entry.HardLink) {
            return "hard link";
        }
        if (entry instanceof Entry.Directory directory) {
            return directory.opaque() ? "opaque directory" : directory.implicit() ? "implied directory" : "directory";
        }
        return FileRow.describe(((Entry.Node) entry).type());
    }

    /** The kind, and what it is made of: {@code symbolic link -> busybox}. */
    static String describe(Entry entry, Terminal terminal) {
        if (entry instanceof Entry.RegularFile file) {
            return kind(entry) + " of " + file.content().size() + " bytes";
        }
        if (entry instanceof Entry.Symlink link) {
            return kind(entry) + " -> " + terminal.show(link.target());
        }
        if (entry instanceof Entry.HardLink link) {
            return kind(entry) + " to /" + terminal.show(link.target().toString()) + " of a lower layer";
        }
        if (entry instanceof Entry.Special special && special.type().isDevice()) {
            return kind(entry) + " " + special.major() + ", " + special.minor();
        }
        return kind(entry);
    }
}
