package io.layerfs.faults;

import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Set;

/** The host's file system, with faults, and a witness. */
final class FaultyFileSystem extends FileSystem {

    private final FaultyProvider provider;
    private final FileSystem real;
    private final Faults faults;
    private final Witness witness;

    FaultyFileSystem(FileSystem real, Faults faults) {
        this(real, faults, Witness.NONE);
    }

    FaultyFileSystem(FileSystem real, Faults faults, Witness witness) {
        this.real = real;
        this.faults = faults;
        this.witness = witness;
        this.provider = new FaultyProvider(this, real.provider());
    }

    Faults faults() {
        return faults;
    }

    Witness witness() {
        return witness;
    }

    /** The same place, with faults. */
    Path path(Path place) {
        return new FaultyPath(this, place);
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() {}

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public String getSeparator() {
        return real.getSeparator();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return List.of();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return real.supportedFileAttributeViews();
    }

    @Override
    public Path getPath(String first, String... more) {
        return path(real.getPath(first, more));
    }

    @Override
    public PathMatcher getPathMatcher(String pattern) {
        PathMatcher matcher = real.getPathMatcher(pattern);
        return path -> matcher.matches(FaultyPath.real(path));
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        return real.getUserPrincipalLookupService();
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException();
    }
}
