package io.layerfs;

import io.layerfs.memory.MemoryDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Says a changeset entry by entry, in code: what a layer adds and what it removes.
 *
 * <p>Directories on the way that are not said are implied. What is said of a path replaces what was said before. Not safe
 * for use by many threads, nor to be used after {@link #build()}.
 */
public final class ChangesetBuilder {

    private final MemoryDirectory root = MemoryDirectory.ofImplicit();
    private long inode;

    /** Says nothing yet. */
    public ChangesetBuilder() {}

    /** Lists a directory; what is said of names in it stays. */
    public ChangesetBuilder directory(String path, Attributes attributes) throws IOException {
        directory(LayerPath.of(path)).list(attributes);
        return this;
    }

    /** Hides everything that lower layers have in a directory. */
    public ChangesetBuilder opaque(String path) throws IOException {
        directory(LayerPath.of(path)).setOpaque(true);
        return this;
    }

    /** Adds a regular file that holds these bytes, which are not copied. */
    public ChangesetBuilder file(String path, Attributes attributes, byte[] content) throws IOException {
        return put(path, new Entry.RegularFile(attributes, ++inode, new Bytes(content)));
    }

    /** Adds a symbolic link. */
    public ChangesetBuilder symlink(String path, Attributes attributes, String target) throws IOException {
        return put(path, new Entry.Symlink(attributes, ++inode, target));
    }

    /** Adds a device, named pipe or socket; the device numbers are 0 for the latter two. */
    public ChangesetBuilder special(String path, Attributes attributes, FileType type, int major, int minor)
            throws IOException {
        return put(path, new Entry.Special(attributes, ++inode, type, major, minor));
    }

    /** Adds a further name for a file: one that was said before, else one that the layers below show. */
    public ChangesetBuilder hardLink(String path, String target) throws IOException {
        LayerPath to = LayerPath.of(target);
        Entry said = root.toChangeset().find(to);
        if (said instanceof Entry.File || said instanceof Entry.HardLink) {
            return put(path, said);
        }
        return put(path, new Entry.HardLink(to));
    }

    /** Removes what lower layers have at a path. */
    public ChangesetBuilder whiteout(String path) throws IOException {
        return put(path, Entry.Whiteout.INSTANCE);
    }

    /** What was said. */
    public Changeset build() {
        return root.toChangeset();
    }

    private ChangesetBuilder put(String path, Entry entry) throws IOException {
        root.put(LayerPath.of(path), entry);
        return this;
    }

    private MemoryDirectory directory(LayerPath path) throws IOException {
        if (root.toChangeset().find(path) instanceof MemoryDirectory said) {
            return said;
        }
        MemoryDirectory directory = MemoryDirectory.ofImplicit();
        root.put(path, directory);
        return directory;
    }

    @SuppressWarnings("ArrayRecordComponent") // read, never compared
    private record Bytes(byte[] bytes) implements Content {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public int read(long position, ByteBuffer target) {
            if (position >= bytes.length) {
                return target.hasRemaining() ? -1 : 0;
            }
            int count = (int) Math.min(target.remaining(), bytes.length - position);
            target.put(bytes, (int) position, count);
            return count;
        }
    }
}
