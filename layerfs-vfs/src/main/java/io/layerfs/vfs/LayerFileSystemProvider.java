package io.layerfs.vfs;

import io.layerfs.FileType;
import io.layerfs.View;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.spi.FileSystemProvider;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The provider of the scheme {@code layerfs}. File systems are made by {@link LayerFileSystems#open}; the JDK finds the
 * provider so that URIs of their paths work.
 */
public final class LayerFileSystemProvider extends FileSystemProvider {

    /** All instances share what is open: the JDK makes one of its own, by the service's name. */
    private static final Map<Long, LayerFileSystem> OPEN = new ConcurrentHashMap<>();

    private static final String VIEW = "view";
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
        LayerFileSystem fileSystem;
        do {
            fileSystem = new LayerFileSystem(this, LAST_ID.incrementAndGet(), view);
        } while (OPEN.putIfAbsent(fileSystem.id(), fileSystem) != null);
        return fileSystem;
    }

    void forget(long id) {
        OPEN.remove(id);
    }

    @Override
    public String getScheme() {
        return Uris.SCHEME;
    }

    /**
     * As {@link LayerFileSystems#open}, of the {@link View} that {@code env} holds under {@value #VIEW}. The URI is {@code
     * layerfs://NUMBER/} with a number that no open file system has, or {@code layerfs:/}, and any number will do.
     */
    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
        Objects.requireNonNull(uri);
        if (!(env.get(VIEW) instanceof View view)) {
            throw new IllegalArgumentException(
                    "the environment holds no " + View.class.getName() + " as '" + VIEW + "'");
        }
        if (Uris.isAny(uri)) {
            return open(view);
        }
        LayerFileSystem fileSystem = new LayerFileSystem(this, Uris.id(uri), view);
        if (OPEN.putIfAbsent(fileSystem.id(), fileSystem) != null) {
            throw new FileSystemAlreadyExistsException(uri.toString());
        }
        return fileSystem;
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        return opened(Uris.id(uri), uri);
    }

    private static LayerFileSystem opened(long id, Object url) {
        LayerFileSystem fileSystem = OPEN.get(id);
        if (fileSystem == null) {
            throw new FileSystemNotFoundException(url.toString());
        }
        return fileSystem;
    }

    /** The path that a URL means, whose percent signs are bytes, whether it could be a URI or not. */
    static Path path(URL url) {
        return opened(Uris.id(url.getAuthority(), url), url).getPath(Uris.decoded(url.getPath()));
    }

    @Override
    public Path getPath(URI uri) {
        return getFileSystem(uri).getPath(Uris.path(uri));
    }

    private static LayerFileSystem fileSystem(Path path) {
        return NioPath.of(path).getFileSystem();
    }

    private static Found find(Path path, LinkOption... options) throws IOException {
        NioPath own = NioPath.of(path);
        return own.getFileSystem().find(own, options);
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return open(NioPath.of(path), options, false, attributes);
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        return open(NioPath.of(path), options, true, attributes);
    }

    @Override
    public AsynchronousFileChannel newAsynchronousFileChannel(
            Path path,
            Set<? extends OpenOption> options,
            @Nullable ExecutorService executor,
            FileAttribute<?>... attributes)
            throws IOException {
        NioPath own = NioPath.of(path);
        OpenMode mode = OpenMode.of(options);
        if (mode.appends()) {
            throw new UnsupportedOperationException("APPEND not allowed");
        }
        return own.getFileSystem().openAsynchronous(own, mode, executor, attributes);
    }

    private static FileChannel open(
            NioPath path, Set<? extends OpenOption> options, boolean interruptible, FileAttribute<?>... attributes)
            throws IOException {
        LayerFileSystem fileSystem = path.getFileSystem();
        long root = fileSystem.view().root();
        return fileSystem.open(root, path, OpenMode.of(options), interruptible, attributes);
    }

    @Override
    public InputStream newInputStream(Path path, OpenOption... options) throws IOException {
        NioPath own = NioPath.of(path);
        OpenMode.checkInputStream(options);
        return own.getFileSystem().openStream(own, OpenMode.of(Set.copyOf(Arrays.asList(options))));
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path path, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        NioPath own = NioPath.of(path);
        Objects.requireNonNull(filter);
        return DirectoryListing.open(
                own.getFileSystem(), own, () -> own.getFileSystem().walk().directory(own), filter);
    }

    @Override
    public Path readSymbolicLink(Path path) throws IOException {
        Found found = find(path, LinkOption.NOFOLLOW_LINKS);
        if (found.type() != FileType.SYMLINK) {
            throw new NotLinkException(path.toString());
        }
        String target = found.view().readSymlink(found.inode());
        return LinkTarget.parse(NioPath.of(path), target).spelt(target);
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
        NioPath.of(path).getFileSystem().checkOpen();
        if (path.equals(Objects.requireNonNull(other))) {
            return true;
        }
        boolean comparable = other instanceof NioPath && fileSystem(path) == fileSystem(other);
        return comparable && find(path).inode() == find(other).inode();
    }

    @Override
    public boolean isHidden(Path path) {
        NioPath own = NioPath.of(path);
        own.getFileSystem().checkOpen();
        NioPath name = own.getFileName();
        return name != null && name.names().length > 0 && name.names()[0].byteAt(0) == '.';
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        find(path);
        return fileSystem(path).store();
    }

    /** As for root: all can be read, and written unless the file system is read-only. */
    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        NioPath own = NioPath.of(path);
        for (AccessMode mode : modes) {
            Objects.requireNonNull(mode);
        }
        if (modes.length == 0) {
            if (!own.getFileSystem().exists(own)) {
                throw new Absent(own);
            }
            return;
        }
        Found found = find(path);
        for (AccessMode mode : modes) {
            if (mode == AccessMode.WRITE && fileSystem(path).isReadOnly()) {
                // what access(2) says; Files.isWritable wants an IOException
                throw new FileSystemException(path.toString(), null, "Read-only file system");
            }
            if (mode == AccessMode.EXECUTE && !isExecutable(found)) {
                throw new AccessDeniedException(path.toString());
            }
        }
    }

    /** {@link Files#exists} from Java 20 on, which then has no exception to make for an absent file. */
    public boolean exists(Path path, LinkOption... options) {
        NioPath own = NioPath.of(path);
        try {
            return own.getFileSystem().exists(own, options);
        } catch (IOException e) {
            return false;
        }
    }

    /** What {@link Files#isDirectory} and the like ask from Java 20 on: null for an absent file. */
    public <A extends BasicFileAttributes> @Nullable A readAttributesIfExists(
            Path path, Class<A> type, LinkOption... options) throws IOException {
        checkType(type);
        NioPath own = NioPath.of(path);
        return cast(type, own.getFileSystem().attributes(own, options));
    }

    /** What was asked for, and no more. */
    private static <A extends BasicFileAttributes> @Nullable A cast(Class<A> type, @Nullable StatAttributes found) {
        return found == null || type == BasicFileAttributes.class ? type.cast(found) : type.cast(found.posix());
    }

    private static boolean isExecutable(Found found) throws IOException {
        return found.type() == FileType.DIRECTORY || (found.stat().mode() & 0111) != 0;
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
            Path path, Class<V> type, LinkOption... options) {
        NioPath own = NioPath.of(path);
        LayerFileSystem fileSystem = own.getFileSystem();
        AttributeViews.Target target = AttributeViews.target(fileSystem, own, options);
        return type.cast(AttributeViews.of(type, fileSystem, own, target));
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        checkType(type);
        NioPath own = NioPath.of(path);
        A attributes = cast(type, own.getFileSystem().attributes(own, options));
        if (attributes == null) {
            throw new NoSuchFileException(path.toString());
        }
        return attributes;
    }

    private static void checkType(Class<? extends BasicFileAttributes> type) {
        if (type != BasicFileAttributes.class && type != PosixFileAttributes.class) {
            throw new UnsupportedOperationException(type.getName());
        }
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        LayerFileSystem fileSystem = fileSystem(path);
        AttributeViews.Target target = AttributeViews.target(fileSystem, NioPath.of(path), options);
        return NamedAttributes.read(fileSystem, NioPath.of(path), target, attributes);
    }

    /** Refuses to change a read-only file system; as mkdir(2) has it, what is there already comes first. */
    private static NioPath creatable(Path path) throws IOException {
        NioPath own = NioPath.of(path);
        LayerFileSystem fileSystem = own.getFileSystem();
        if (fileSystem.writableOrNull() == null && isThere(own)) {
            // Files.createDirectories depends on it
            throw new FileAlreadyExistsException(path.toString());
        }
        fileSystem.writable();
        return own;
    }

    private static boolean isThere(NioPath path) {
        try {
            return path.getFileSystem().exists(path, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return false;
        }
    }

    private static NioPath changeable(Path path) {
        NioPath own = NioPath.of(path);
        own.getFileSystem().writable();
        return own;
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        NioPath own = changeable(path);
        LayerFileSystem fileSystem = own.getFileSystem();
        AttributeViews.Target target = AttributeViews.target(fileSystem, own, options);
        NamedAttributes.write(fileSystem, own, target, attribute, value);
    }

    @Override
    public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
        NioPath own = creatable(path);
        new Changes(own.getFileSystem()).createDirectory(own, attributes);
    }

    @Override
    public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes) throws IOException {
        NioPath own = creatable(link);
        new Changes(own.getFileSystem()).createSymbolicLink(own, own.sibling(target), attributes);
    }

    @Override
    public void createLink(Path link, Path existing) throws IOException {
        NioPath own = creatable(link);
        NioPath file = NioPath.of(existing);
        if (file.getFileSystem() != own.getFileSystem()) {
            throw new FileSystemException(link.toString(), existing.toString(), "Invalid cross-device link");
        }
        new Changes(own.getFileSystem()).createLink(own, file);
    }

    @Override
    public void delete(Path path) throws IOException {
        NioPath own = changeable(path);
        new Changes(own.getFileSystem()).delete(own);
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) throws IOException {
        CopyOptions asked = CopyOptions.ofCopy(options);
        new CopyMove(NioPath.of(source), changeable(target)).copy(asked);
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        CopyOptions asked = CopyOptions.ofMove(options);
        new CopyMove(changeable(source), changeable(target)).move(asked);
    }
}
