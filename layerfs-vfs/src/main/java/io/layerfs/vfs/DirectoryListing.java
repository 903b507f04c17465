package io.layerfs.vfs;

import io.layerfs.FileType;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What is in a directory, and what can be done relative to it, wherever it is. */
final class DirectoryListing implements SecureDirectoryStream<Path> {

    private final LayerFileSystem fileSystem;
    private final NioPath path;
    private final long inode;
    private final DirectoryStream.Filter<? super Path> filter;
    private final Closeable hold;
    private final AtomicBoolean iterated = new AtomicBoolean();
    private volatile boolean closed;

    private DirectoryListing(
            LayerFileSystem fileSystem, NioPath path, long inode, Filter<? super Path> filter, Closeable hold) {
        this.fileSystem = fileSystem;
        this.path = path;
        this.inode = inode;
        this.filter = filter;
        this.hold = hold;
    }

    static DirectoryListing open(
            LayerFileSystem fileSystem,
            NioPath path,
            Found.Search<Long> search,
            DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        WritableView writable = fileSystem.writableOrNull();
        return Found.change(search, inode -> {
            Closeable hold = writable == null ? () -> {} : Failures.at(path, null, () -> writable.hold(inode));
            return open(fileSystem, path, inode, filter, hold);
        });
    }

    private static DirectoryListing open(
            LayerFileSystem fileSystem, NioPath path, long inode, Filter<? super Path> filter, Closeable hold)
            throws IOException {
        try {
            if (!fileSystem.isDirectory(inode)) {
                throw new NotDirectoryException(path.toString());
            }
            return fileSystem.register(new DirectoryListing(fileSystem, path, inode, filter, hold));
        } catch (Throwable e) {
            hold.close();
            throw e;
        }
    }

    @Override
    public Iterator<Path> iterator() {
        if (closed) {
            throw new IllegalStateException("Directory stream is closed");
        }
        if (iterated.getAndSet(true)) {
            throw new IllegalStateException("Iterator already obtained");
        }
        try {
            return new Entries(fileSystem.view().list(inode));
        } catch (IOException e) {
            throw new DirectoryIteratorException(e);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            fileSystem.unregister(this);
        } finally {
            hold.close();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedDirectoryStreamException();
        }
    }

    @Override
    public SecureDirectoryStream<Path> newDirectoryStream(Path relative, LinkOption... options) throws IOException {
        NioPath below = path.sibling(relative);
        checkOpen();
        boolean follow = LinkOptions.follow(options);
        Found.Search<Long> search = () -> {
            PathWalk walk = fileSystem.walk();
            long found = walk.directory(inode, below, follow);
            FileType type = walk.view().type(found);
            if (type == FileType.SYMLINK) {
                throw PathWalk.tooManyLinks(below.toString()); // openat(2) with O_NOFOLLOW
            }
            if (type != FileType.DIRECTORY) {
                throw new NotDirectoryException(below.toString());
            }
            return found;
        };
        return open(fileSystem, path.resolve(below), search, p -> true);
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path relative, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        NioPath below = path.sibling(relative);
        checkOpen();
        return fileSystem.open(inode, below, OpenMode.of(options), false, attributes);
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(Class<V> type) {
        return type.cast(AttributeViews.of(type, fileSystem, path, target(null)));
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
            Path relative, Class<V> type, LinkOption... options) {
        NioPath below = path.sibling(relative);
        boolean follow = LinkOptions.follow(options);
        return type.cast(AttributeViews.of(
                type, fileSystem, below, target(new AttributeViews.Walked(fileSystem, inode, below, follow))));
    }

    /** What is found as long as the stream is open: the directory itself, or something relative to it. */
    private AttributeViews.Target target(AttributeViews.@Nullable Target relative) {
        return new AttributeViews.Target() {
            @Override
            public Found find() throws IOException {
                checkOpen();
                return relative == null ? new Found(fileSystem.view(), inode) : relative.find();
            }

            @Override
            public WritableView.Place place() throws IOException {
                checkOpen();
                return relative == null
                        ? new WritableView.Place(fileSystem.view().parent(inode), null, inode)
                        : relative.place();
            }

            @Override
            public void checkNothing() throws IOException {
                find();
            }
        };
    }

    private WritableView.Place toDelete(NioPath below) throws IOException {
        checkOpen();
        fileSystem.writable();
        return fileSystem.walk().presentPlace(inode, below, false);
    }

    @Override
    public void deleteFile(Path relative) throws IOException {
        NioPath below = path.sibling(relative);
        new Changes(fileSystem).deleteFile(below, toDelete(below));
    }

    @Override
    public void deleteDirectory(Path relative) throws IOException {
        NioPath below = path.sibling(relative);
        new Changes(fileSystem).deleteDirectory(below, toDelete(below));
    }

    @Override
    public void move(Path source, SecureDirectoryStream<Path> directory, Path target) throws IOException {
        if (!(Objects.requireNonNull(directory) instanceof DirectoryListing other)) {
            throw new ProviderMismatchException();
        }
        checkOpen();
        other.checkOpen();
        fileSystem.writable();
        NioPath from = path.sibling(source);
        NioPath to = other.path.sibling(target);
        if (other.fileSystem != fileSystem) {
            throw new AtomicMoveNotSupportedException(from.toString(), to.toString(), "Invalid cross-device link");
        }
        new Changes(fileSystem).rename(inode, from, other.inode, to);
    }

    /** Ends early, as the interface has it, when the stream is closed. */
    private final class Entries implements Iterator<Path> {
        private final Iterator<View.Dirent> entries;
        private @Nullable Path next;

        Entries(Iterator<View.Dirent> entries) {
            this.entries = entries;
        }

        @Override
        public boolean hasNext() {
            while (next == null && !closed) {
                NioPath candidate = candidate();
                if (candidate == null) {
                    break;
                }
                next = isAccepted(candidate) ? candidate : null;
            }
            return next != null;
        }

        private @Nullable NioPath candidate() {
            try {
                return entries.hasNext() ? path.resolve(entries.next().name()) : null;
            } catch (UncheckedIOException e) {
                throw new DirectoryIteratorException(e.getCause());
            }
        }

        private boolean isAccepted(Path candidate) {
            try {
                return filter.accept(candidate);
            } catch (IOException e) {
                throw new DirectoryIteratorException(e);
            }
        }

        @Override
        public Path next() {
            Path current = hasNext() ? next : null;
            if (current == null) {
                throw new NoSuchElementException();
            }
            next = null;
            return current;
        }

        @Override
        public void remove() {
            fileSystem.writable();
            throw new UnsupportedOperationException();
        }
    }
}
