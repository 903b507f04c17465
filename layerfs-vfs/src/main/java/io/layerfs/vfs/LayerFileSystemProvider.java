package io.layerfs.vfs;

import io.layerfs.FileType;
import io.layerfs.View;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.LinkOption;
import java.nio.file.NotLinkException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.spi.FileSystemProvider;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The provider of the scheme {@code layerfs}. File systems are made by {@link LayerFileSystems#open}; the JDK finds the
 * provider so that URIs of their paths work.
 */
public final class LayerFileSystemProvider extends FileSystemProvider {

    /** All instances share what is open: the JDK makes one of its own, by the service's name. */
    private static final Map<Long, LayerFileSystem> OPEN = new ConcurrentHashMap<>();

    private static final AtomicLong LAST_ID = new AtomicLong();
    private static final LayerFileSystemProvider INSTANCE = new LayerFileSystemProvider();

    /** For the service loader. */
    public LayerFileSystemProvider() {}

    static LayerFileSystemProvider instance() {
        for (FileSystemProvider provider : FileSystemProvider.installedProviders()) {
            if (provider instanceof LayerFileSystemProvider installed) {
                return installed;
            }
        }
        return INSTANCE;
    }

    FileSystem open(View view) {
        LayerFileSystem fileSystem = new LayerFileSystem(this, LAST_ID.incrementAndGet(), view);
        OPEN.put(fileSystem.id(), fileSystem);
        return fileSystem;
    }

    void forget(long id) {
        OPEN.remove(id);
    }

    @Override
    public String getScheme() {
        return Uris.SCHEME;
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
        throw new UnsupportedOperationException("LayerFileSystems.open makes a file system of a view");
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        LayerFileSystem fileSystem = OPEN.get(Uris.id(uri));
        if (fileSystem == null) {
            throw new FileSystemNotFoundException(uri.toString());
        }
        return fileSystem;
    }

    @Override
    public Path getPath(URI uri) {
        return getFileSystem(uri).getPath(Uris.path(uri));
    }

    private static LayerFileSystem fileSystem(Path path) {
        return NioPath.of(path).getFileSystem();
    }

    private static long inode(Path path, LinkOption... options) throws IOException {
        NioPath own = NioPath.of(path);
        return own.getFileSystem().inode(own, options);
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        ReadOptions.check(options);
        NioPath own = NioPath.of(path);
        LayerFileSystem fileSystem = own.getFileSystem();
        return fileSystem.open(own, fileSystem.inode(own, ReadOptions.links(options)));
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path path, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        NioPath own = NioPath.of(path);
        return DirectoryListing.open(
                own.getFileSystem(), own, own.getFileSystem().walk().directory(own), filter);
    }

    @Override
    public Path readSymbolicLink(Path path) throws IOException {
        long inode = inode(path, LinkOption.NOFOLLOW_LINKS);
        View view = fileSystem(path).view();
        if (view.type(inode) != FileType.SYMLINK) {
            throw new NotLinkException(path.toString());
        }
        return NioPath.parse(fileSystem(path), view.readSymlink(inode));
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
        if (path.equals(other)) {
            return true;
        }
        boolean comparable = other instanceof NioPath && fileSystem(path) == fileSystem(other);
        return comparable && inode(path) == inode(other);
    }

    @Override
    public boolean isHidden(Path path) {
        NioPath name = NioPath.of(path).getFileName();
        return name != null && name.names().length > 0 && name.names()[0].byteAt(0) == '.';
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        inode(path);
        return fileSystem(path).store();
    }

    /** As for root on a file system that is mounted read-only: all can be read, nothing written. */
    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        long inode = inode(path);
        for (AccessMode mode : modes) {
            if (mode == AccessMode.WRITE) {
                throw new ReadOnlyFileSystemException();
            }
            if (mode == AccessMode.EXECUTE && !isExecutable(fileSystem(path).view(), inode)) {
                throw new java.nio.file.AccessDeniedException(path.toString());
            }
        }
    }

    private static boolean isExecutable(View view, long inode) throws IOException {
        return view.type(inode) == FileType.DIRECTORY || (view.stat(inode).mode() & 0111) != 0;
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
            Path path, Class<V> type, LinkOption... options) {
        LayerFileSystem fileSystem = fileSystem(path);
        AttributeViews.Target target = AttributeViews.target(fileSystem, NioPath.of(path), options);
        return type.cast(AttributeViews.of(type, fileSystem, path.toString(), target));
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        if (type != BasicFileAttributes.class && type != PosixFileAttributes.class) {
            throw new UnsupportedOperationException(type.getName());
        }
        return type.cast(NamedAttributes.stat(fileSystem(path), inode(path, options)));
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        LayerFileSystem fileSystem = fileSystem(path);
        AttributeViews.Target target = AttributeViews.target(fileSystem, NioPath.of(path), options);
        return NamedAttributes.read(fileSystem, target, attributes);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void createDirectory(Path path, FileAttribute<?>... attributes) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void createLink(Path link, Path existing) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void delete(Path path) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) {
        throw new ReadOnlyFileSystemException();
    }
}
