package io.layerfs.erofs;

import io.layerfs.Content;
import io.layerfs.FileType;
import io.layerfs.Name;
import io.layerfs.Stat;
import io.layerfs.Utf8;
import io.layerfs.View;
import io.layerfs.Xattrs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** What the index of a union shows. An inode number is the one that a kernel mount of the index shows, too. */
final class ErofsView implements View {

    private final Inodes inodes;
    private final Directories directories;

    ErofsView(Inodes inodes, Directories directories) {
        this.inodes = inodes;
        this.directories = directories;
    }

    @Override
    public long root() {
        return directories.root();
    }

    @Override
    public long lookup(long directory, Name name) throws IOException {
        return directories.lookup(directory, name);
    }

    @Override
    public long parent(long directory) throws IOException {
        return directories.parent(directory);
    }

    @Override
    public FileType type(long inode) throws IOException {
        return inodes.type(inode);
    }

    @Override
    public Stat stat(long inode) throws IOException {
        return inodes.stat(inode);
    }

    @Override
    public Xattrs xattrs(long inode) throws IOException {
        return XattrCodec.ofImage(inodes.xattrs(inode));
    }

    @Override
    public String readSymlink(long inode) throws IOException {
        return Utf8.decode(inodes.symlink(inode));
    }

    @Override
    public Content content(long inode) throws IOException {
        return inodes.content(inode);
    }

    @Override
    public Iterator<Dirent> list(long directory) throws IOException {
        return new Listing(new DirectoryCursor(directories, inodes, directory));
    }

    private static final class Listing implements Iterator<Dirent> {
        private final DirectoryCursor cursor;
        private @Nullable Dirent next;

        Listing(DirectoryCursor cursor) throws IOException {
            this.cursor = cursor;
            this.next = cursor.next();
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public Dirent next() {
            Dirent current = next;
            if (current == null) {
                throw new NoSuchElementException();
            }
            try {
                next = cursor.next();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return current;
        }
    }
}
