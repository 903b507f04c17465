package io.layerfs.erofs;

import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.MalformedLayerException;
import io.layerfs.Name;
import io.layerfs.memory.Allowance;
import io.layerfs.memory.Held;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A directory of which not all is written yet: its names, and how far the directories in it are. */
final class OpenDirectory {

    /** A directory in this one, and the slot of its name, which waits for its number. */
    record Below(Entry.Directory directory, int slot) {}

    private final Entry.Directory directory;
    private final DirectoryData data = new DirectoryData();
    private final List<Below> below = new ArrayList<>(0);
    private boolean hasWhiteouts;
    private int begun;
    /** Where in the index the number of each one's {@code ..} lies, which waits for the number of this directory. */
    private int[] parentLinks = {};

    private int nid;
    private int parentLink;

    private final Allowance memory;

    /** One whose directories take from {@code memory}, while it is open. */
    OpenDirectory(Entry.Directory directory, Allowance memory) {
        this.directory = directory;
        this.memory = memory;
    }

    Entry.Directory directory() {
        return directory;
    }

    DirectoryData data() {
        return data;
    }

    boolean hasWhiteouts() {
        return hasWhiteouts;
    }

    void add(Name name, Entry.Directory child) throws MalformedLayerException {
        if (child instanceof Held held) {
            memory.take(held.bytes());
        }
        below.add(new Below(child, data.add(name, 0, FileType.DIRECTORY)));
    }

    void addWhiteout(Name name, int whiteout) {
        data.add(name, whiteout, FileType.CHARACTER_DEVICE);
        hasWhiteouts = true;
    }

    void finishNames() {
        data.finish();
        parentLinks = new int[below.size()];
    }

    /** Takes up the next directory in this one; null behind the last. */
    @Nullable
    Below next() {
        return begun < below.size() ? below.get(begun++) : null;
    }

    /** The name of the one that was taken up last. */
    Name currentName() {
        return data.name(below.get(begun - 1).slot());
    }

    /** Says that this directory is written, as inode {@code number}, with that of its {@code ..} at {@code link}. */
    void place(int number, int link) {
        nid = number;
        parentLink = link;
    }

    /** Says that the one that was taken up last has its place. */
    void placed(OpenDirectory child) {
        data.set(below.get(begun - 1).slot(), child.nid);
        parentLinks[begun - 1] = child.parentLink;
    }

    /** Says that it, and what is in it, is written. */
    void done() {
        memory.close();
    }

    int[] parentLinks() {
        return parentLinks;
    }
}
