package io.layerfs.erofs;

import io.layerfs.Attributes;
import io.layerfs.Entry;
import io.layerfs.FileType;
import io.layerfs.LayerPath;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.Utf8;
import io.layerfs.View;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A directory of a layer, as its index has it: what {@link ErofsWriter} wrote, read back as a changeset. */
final class ErofsDirectory implements Entry.Directory {

    private final Inodes inodes;
    private final Directories directories;
    private final long nid;
    private final int depth;
    private final Attributes attributes;
    private final boolean opaque;
    private final boolean implicit;

    private ErofsDirectory(Inodes inodes, Directories directories, long nid, int depth) throws IOException {
        if (depth > Erofs.MAX_DEPTH) {
            throw Inodes.damaged(nid, "more than " + Erofs.MAX_DEPTH + " directories deep");
        }
        Map<String, byte[]> stored = inodes.xattrs(nid);
        this.inodes = inodes;
        this.directories = directories;
        this.nid = nid;
        this.depth = depth;
        this.attributes = attributes(inodes.stat(nid), stored);
        this.opaque = stored.containsKey(Erofs.OPAQUE);
        this.implicit = stored.containsKey(Erofs.IMPLICIT);
    }

    static ErofsDirectory root(Inodes inodes, Directories directories) throws IOException {
        return new ErofsDirectory(inodes, directories, directories.root(), 1);
    }

    private static Attributes attributes(Stat stat, Map<String, byte[]> stored) {
        return new Attributes(stat.mode(), stat.uid(), stat.gid(), stat.mtime(), XattrCodec.ofImage(stored));
    }

    @Override
    public Attributes attributes() {
        return attributes;
    }

    @Override
    public boolean opaque() {
        return opaque;
    }

    @Override
    public boolean implicit() {
        return implicit;
    }

    @Override
    public @Nullable Entry child(Name name) throws IOException {
        long inode = directories.lookup(nid, name);
        return inode == View.ABSENT || name.isDot() ? null : entry(inode);
    }

    private Entry entry(long inode) throws IOException {
        Stat stat = inodes.stat(inode);
        if (stat.type() == FileType.DIRECTORY) {
            return new ErofsDirectory(inodes, directories, inode, depth + 1);
        }
        if (stat.type() == FileType.CHARACTER_DEVICE && stat.major() == 0 && stat.minor() == 0) {
            return Entry.Whiteout.INSTANCE;
        }
        Map<String, byte[]> stored = inodes.xattrs(inode);
        byte[] link = stored.get(Erofs.LINK);
        if (link != null) {
            return new Entry.HardLink(target(inode, link));
        }
        Attributes own = attributes(stat, stored);
        return switch (stat.type()) {
            case REGULAR -> new Entry.RegularFile(own, inode, inodes.content(inode));
            case SYMLINK -> new Entry.Symlink(own, inode, Utf8.decode(inodes.symlink(inode)));
            default -> new Entry.Special(own, inode, stat.type(), stat.major(), stat.minor());
        };
    }

    private static LayerPath target(long inode, byte[] link) throws DamagedIndexException {
        try {
            return LayerPath.of(link);
        } catch (IllegalArgumentException e) {
            throw Inodes.damaged(inode, "a link: " + e.getMessage());
        }
    }

    @Override
    public Iterator<Child> children() throws IOException {
        DirectoryCursor cursor = new DirectoryCursor(directories, inodes, nid);
        return new Children(cursor, cursor.next());
    }

    private final class Children implements Iterator<Child> {
        private final DirectoryCursor cursor;
        private View.@Nullable Dirent next;

        Children(DirectoryCursor cursor, View.@Nullable Dirent first) {
            this.cursor = cursor;
            this.next = first;
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public Child next() {
            View.Dirent current = next;
            if (current == null) {
                throw new NoSuchElementException();
            }
            try {
                Child child = new Child(current.name(), entry(current.inode()));
                next = cursor.next();
                return child;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
