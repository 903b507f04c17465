package io.layerfs.overlay;

import io.layerfs.Attributes;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.overlay.linux.Fd;
import io.layerfs.overlay.linux.FileStat;
import io.layerfs.overlay.linux.Making;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How owners, devices and whatever else takes a privilege is kept in the files of a layer or an upper. */
interface Ownership {

    /** As it is: this process is root. */
    Ownership REAL = new Ownership() {
        @Override
        public void set(Fd in, String name, FileType type, Attributes attributes) throws IOException {
            Making.ownerAndMode(in, name, type, attributes);
        }

        @Override
        public void makeSpecial(Fd in, String name, Entry.Special entry) throws IOException {
            Making.special(in, name, entry.type(), entry.major(), entry.minor());
        }

        @Override
        public boolean keeps(String xattr) {
            return true;
        }

        @Override
        public Attributes real(FileStat stat, Map<String, byte[]> xattrs, Attributes found) {
            return found;
        }

        @Override
        public Entry.@Nullable Special realSpecial(Map<String, byte[]> xattrs, Attributes real, long inode) {
            return null;
        }
    };

    /** Sets owner and mode. */
    void set(Fd in, String name, FileType type, Attributes attributes) throws IOException;

    /** Makes a special file, or what stands for it. */
    void makeSpecial(Fd in, String name, Entry.Special entry) throws IOException;

    /** Whether an extended attribute can be set as it is. */
    boolean keeps(String xattr);

    /** What a file really has, of which {@code found} and {@code xattrs} were found. */
    Attributes real(FileStat stat, Map<String, byte[]> xattrs, Attributes found);

    /** The special file that a file stands for; null where it is what it seems. */
    Entry.@Nullable Special realSpecial(Map<String, byte[]> xattrs, Attributes real, long inode);
}
