package io.layerfs.faults;

import io.layerfs.faults.Faults.Operation;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/** Asks the faults, and then the host; what changed anything is told to the witness. */
final class FaultyProvider extends FileSystemProvider {

    private final FaultyFileSystem fileSystem;
    private final FileSystemProvider real;

    FaultyProvider(FaultyFileSystem fileSystem, FileSystemProvider real) {
        this.fileSystem = fileSystem;
        this.real = real;
    }

    private Path pass(Operation operation, Path path) throws IOException {
        fileSystem.faults().pass(operation, path);
        return FaultyPath.real(path);
    }

    @Override
    public String getScheme() {
        return "faulty";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        Path file = pass(Operation.OPEN, path);
        Witness witness = fileSystem.witness();
        synchronized (witness) {
            boolean isNew = !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
            FileChannel channel = real.newFileChannel(file, options, attributes);
            boolean emptied = options.contains(StandardOpenOption.WRITE)
                    && options.contains(StandardOpenOption.TRUNCATE_EXISTING);
            return new FaultyChannel(channel, path, fileSystem.faults(), witness, witness.opened(file, isNew, emptied));
        }
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path directory, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        DirectoryStream<Path> found =
                real.newDirectoryStream(pass(Operation.LIST, directory), path -> filter.accept(fileSystem.path(path)));
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                Iterator<Path> paths = found.iterator();
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return paths.hasNext();
                    }

                    @Override
                    public Path next() {
                        return fileSystem.path(paths.next());
                    }
                };
            }

            @Override
            public void close() throws IOException {
                found.close();
            }
        };
    }

    @Override
    public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
        Path made = pass(Operation.MAKE, directory);
        synchronized (fileSystem.witness()) {
            real.createDirectory(made, attributes);
            fileSystem.witness().made(made);
        }
    }

    @Override
    public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes) throws IOException {
        real.createSymbolicLink(pass(Operation.MAKE, link), FaultyPath.real(target), attributes);
    }

    @Override
    public void createLink(Path link, Path existing) throws IOException {
        real.createLink(pass(Operation.MAKE, link), FaultyPath.real(existing));
    }

    @Override
    public void delete(Path path) throws IOException {
        Path removed = pass(Operation.DELETE, path);
        synchronized (fileSystem.witness()) {
            real.delete(removed);
            fileSystem.witness().removed(removed);
        }
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        Path from = pass(Operation.RENAME, source);
        synchronized (fileSystem.witness()) {
            real.move(from, FaultyPath.real(target), options);
            fileSystem.witness().moved(from, FaultyPath.real(target));
        }
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
        return real.isSameFile(pass(Operation.LOOK, path), FaultyPath.real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return real.isHidden(FaultyPath.real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return real.getFileStore(FaultyPath.real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        real.checkAccess(pass(Operation.LOOK, path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        return real.getFileAttributeView(FaultyPath.real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        return real.readAttributes(pass(Operation.LOOK, path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        return real.readAttributes(pass(Operation.LOOK, path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        real.setAttribute(pass(Operation.WRITE, path), attribute, value, options);
    }
}
