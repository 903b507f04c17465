package io.layerfs.vfs;

import io.layerfs.FileType;
import io.layerfs.View;
import io.layerfs.WritableView;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One view as a file system. */
final class LayerFileSystem extends FileSystem {

    static final Set<String> VIEWS = Set.of("basic", "posix", "owner", "unix", "user", "xattr");

    private final LayerFileSystemProvider provider;
    private final long id;
    private final View view;
    private final LookupCache lookups = new LookupCache();
    private final LayerFileStore store;
    private final FileLocks locks;
    /** Roomy, so that threads that open and close at once do so in different lines of the processor's caches. */
    private final Set<Closeable> resources = ConcurrentHashMap.newKeySet(1 << 10);

    private volatile boolean open = true;

    LayerFileSystem(LayerFileSystemProvider provider, long id, View view) {
        this.provider = provider;
        this.id = id;
        this.view = view;
        this.locks = FileLocks.of(view);
        this.store = new LayerFileStore(this);
    }

    /** Its number in URIs. */
    long id() {
        return id;
    }

    /** What it shows at this moment, for one operation; refuses when the file system is closed. */
    View view() {
        checkOpen();
        return view instanceof WritableView writable ? writable.present() : view;
    }

    /** Finds files in what is shown at this moment. */
    PathWalk walk() {
        return new PathWalk(view());
    }

    LayerFileStore store() {
        checkOpen();
        return store;
    }

    /** Refuses when the file system is closed. */
    void checkOpen() {
        if (!open) {
            throw new ClosedFileSystemException();
        }
    }

    /** What a path means, which must be there. */
    Found find(NioPath path, LinkOption... options) throws IOException {
        Found found = lookups.find(this, path, LinkOptions.follow(options));
        if (found.isAbsent()) {
            throw new NoSuchFileException(path.toString());
        }
        return found;
    }

    /** Whether a path means anything. */
    boolean exists(NioPath path, LinkOption... options) throws IOException {
        return lookups.exists(this, path, LinkOptions.follow(options));
    }

    /** The attributes of what a path means; null where it means nothing. */
    @Nullable
    StatAttributes attributes(NioPath path, LinkOption... options) throws IOException {
        return lookups.attributes(this, path, LinkOptions.follow(options));
    }

    boolean isWritable() {
        return view instanceof WritableView;
    }

    boolean isDirectory(long inode) throws IOException {
        return view().type(inode) == FileType.DIRECTORY;
    }

    /** The view, to be written; null where it cannot be. */
    @Nullable
    WritableView writableOrNull() {
        checkOpen();
        return view instanceof WritableView writable ? writable : null;
    }

    /** The view, to be written; refuses where it cannot be. */
    WritableView writable() {
        WritableView writable = writableOrNull();
        if (writable == null) {
            throw new ReadOnlyFileSystemException();
        }
        return writable;
    }

    FileLocks locks() {
        return locks;
    }

    /** Opens a file by a path that starts in {@code directory}. */
    LayerFileChannel open(
            long directory, NioPath path, OpenMode mode, boolean interruptible, FileAttribute<?>... attributes)
            throws IOException {
        OpenedFile file = new Opening(this, directory, path, mode).open(attributes);
        return register(new LayerFileChannel(this, file, mode, interruptible));
    }

    /** Opens a file whose operations are done by {@code executor}; null for threads of this provider's own. */
    LayerAsynchronousChannel openAsynchronous(
            NioPath path, OpenMode mode, @Nullable ExecutorService executor, FileAttribute<?>... attributes)
            throws IOException {
        OpenedFile file = new Opening(this, view().root(), path, mode).open(attributes);
        return register(new LayerAsynchronousChannel(this, file, mode, executor));
    }

    /** Opens a file for reading from its start. */
    LayerInputStream openStream(NioPath path, OpenMode mode) throws IOException {
        OpenedFile file = new Opening(this, view().root(), path, mode).open();
        return register(new LayerInputStream(this, file));
    }

    /** Has {@code resource} closed with the file system. */
    <T extends Closeable> T register(T resource) throws IOException {
        resources.add(resource);
        if (!open) {
            resource.close();
            throw new ClosedFileSystemException();
        }
        return resource;
    }

    void unregister(Closeable resource) {
        resources.remove(resource);
    }

    /** How many channels and streams are open. */
    int resources() {
        return resources.size();
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() throws IOException {
        open = false;
        provider.forget(id);
        Throwable failure = null;
        for (Closeable resource : resources) {
            try {
                resource.close();
            } catch (IOException | RuntimeException | Error e) {
                failure = failure == null ? e : failure; // nothing is made here, since there may be no memory
            }
        }
        resources.clear();
        if (failure instanceof IOException e) {
            throw e;
        } else if (failure instanceof RuntimeException e) {
            throw e;
        } else if (failure instanceof Error e) {
            throw e;
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isReadOnly() {
        return !isWritable();
    }

    @Override
    public String getSeparator() {
        return "/";
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        checkOpen();
        return List.of(new NioPath(this, true));
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return List.of(store());
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return VIEWS;
    }

    @Override
    public Path getPath(String first, String... more) {
        StringBuilder text = new StringBuilder(first);
        for (String part : more) {
            if (!part.isEmpty()) {
                text.append(text.length() > 0 ? "/" : "").append(part);
            }
        }
        return NioPath.parse(this, text.toString());
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        int colon = syntaxAndPattern.indexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("not of the form syntax:pattern: " + syntaxAndPattern);
        }
        String syntax = syntaxAndPattern.substring(0, colon);
        String input = syntaxAndPattern.substring(colon + 1);
        Pattern pattern;
        if (syntax.equalsIgnoreCase("glob")) {
            // a name may hold a line's end, which ** is to match as any other character
            pattern = Pattern.compile(Glob.toRegex(input), Pattern.DOTALL);
        } else if (syntax.equalsIgnoreCase("regex")) {
            pattern = Pattern.compile(input);
        } else {
            throw new UnsupportedOperationException("syntax '" + syntax + "', which is neither glob nor regex");
        }
        return path -> pattern.matcher(path.toString()).matches();
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        checkOpen();
        return NumericPrincipal.LOOKUP;
    }

    @Override
    public WatchService newWatchService() throws IOException {
        WritableView watched = writableOrNull();
        if (watched == null) {
            throw new UnsupportedOperationException("what is seen of an image never changes");
        }
        return register(new LayerWatchService(this, watched));
    }
}
