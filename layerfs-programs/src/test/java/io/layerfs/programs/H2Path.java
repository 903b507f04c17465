package io.layerfs.programs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.h2.store.fs.FilePath;

/** H2's view of files, by paths of any provider: a database is named by {@code path:} and the URI of its path. */
public final class H2Path extends FilePath {

    private static final String SCHEME = "path";

    private final Path path;

    /** For the registration. */
    public H2Path() {
        this(Path.of("/"));
    }

    private H2Path(Path path) {
        this.path = path;
        this.name = SCHEME + ":" + path.toUri();
    }

    /** Makes the scheme known to H2. */
    static void register() {
        FilePath.register(new H2Path());
    }

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public FilePath getPath(String text) {
        return new H2Path(Path.of(URI.create(text.substring(SCHEME.length() + 1))));
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        Set<OpenOption> options = mode.equals("r")
                ? Set.of(StandardOpenOption.READ)
                : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        return FileChannel.open(path, options);
    }

    @Override
    public long size() {
        return attempt(() -> Files.size(path));
    }

    @Override
    public void moveTo(FilePath target, boolean atomically) {
        Path to = ((H2Path) target).path;
        attempt(() -> atomically
                ? Files.move(path, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING)
                : Files.move(path, to));
    }

    @Override
    public boolean createFile() {
        return attempt(() -> {
            try {
                Files.createFile(path);
                return true;
            } catch (FileAlreadyExistsException e) {
                return false;
            }
        });
    }

    @Override
    public void createDirectory() {
        attempt(() -> Files.createDirectories(path));
    }

    @Override
    public void delete() {
        attempt(() -> Files.deleteIfExists(path));
    }

    @Override
    public List<FilePath> newDirectoryStream() {
        return attempt(() -> {
            try (Stream<Path> files = Files.list(path)) {
                return files.<FilePath>map(H2Path::new).toList();
            }
        });
    }

    @Override
    public FilePath toRealPath() {
        return new H2Path(path.toAbsolutePath().normalize());
    }

    @Override
    public FilePath getParent() {
        Path parent = path.getParent();
        return parent == null ? null : new H2Path(parent);
    }

    @Override
    public boolean exists() {
        return Files.exists(path);
    }

    @Override
    public boolean isDirectory() {
        return Files.isDirectory(path);
    }

    @Override
    public boolean isRegularFile() {
        return Files.isRegularFile(path);
    }

    @Override
    public boolean isAbsolute() {
        return true;
    }

    @Override
    public long lastModified() {
        return attempt(() -> Files.getLastModifiedTime(path).toMillis());
    }

    @Override
    public boolean canWrite() {
        return Files.isWritable(path);
    }

    @Override
    public boolean setReadOnly() {
        return false;
    }

    /** What may fail. */
    private interface Attempt<T> {
        T get() throws IOException;
    }

    private static <T> T attempt(Attempt<T> what) {
        try {
            return what.get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
