package io.layerfs.host;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A directory of the host that is open, and is the one that was seen before, whatever its path means now: a link, or another
 * directory, that somebody puts on the way is noticed, and nothing is read of where it leads. What Java says of a file by its path
 * alone counts if it is of the file that the open directory has by that name. Where there are no such streams, paths are believed.
 */
final class OpenDirectory implements AutoCloseable {

    private final Path path;
    private final DirectoryStream<Path> stream;
    private final @Nullable SecureDirectoryStream<Path> secure;

    private OpenDirectory(Path path, DirectoryStream<Path> stream) {
        this.path = path;
        this.stream = stream;
        this.secure = stream instanceof SecureDirectoryStream<Path> known ? known : null;
    }

    /** Opens what was a directory of this {@link HostStat#key}. */
    static OpenDirectory open(Path path, @Nullable Object key) throws IOException {
        OpenDirectory directory =
                new OpenDirectory(path, path.getFileSystem().provider().newDirectoryStream(path, child -> true));
        boolean same = false;
        try {
            SecureDirectoryStream<Path> secure = directory.secure;
            same = secure == null
                    || key == null
                    || key.equals(secure.getFileAttributeView(BasicFileAttributeView.class)
                            .readAttributes()
                            .fileKey());
            if (!same) {
                throw exchanged(path);
            }
            return directory;
        } finally {
            if (!same) {
                directory.close();
            }
        }
    }

    private static FileSystemException exchanged(Path path) {
        return new FileSystemException(path.toString(), null, "was exchanged for another while it was read");
    }

    /** The paths of what is in it. */
    List<Path> children() throws IOException {
        List<Path> children = new ArrayList<>();
        try {
            stream.forEach(child -> children.add(path.resolve(child.getFileName())));
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        return children;
    }

    /** Refuses a file that is another than the one of this {@link HostStat#key}. */
    void require(Path child, @Nullable Object key) throws IOException {
        if (secure != null && key != null) {
            Object found;
            try {
                found = secure.getFileAttributeView(
                                child.getFileName(), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .readAttributes()
                        .fileKey();
            } catch (FileSystemException e) {
                throw named(child, e);
            }
            if (!key.equals(found)) {
                throw exchanged(child);
            }
        }
    }

    /** The same failure, of the whole path. */
    private static FileSystemException named(Path child, FileSystemException e) {
        String reason = e instanceof NoSuchFileException
                ? "was taken away while it was read"
                : e instanceof AccessDeniedException ? "permission denied" : e.getReason();
        FileSystemException failure = new FileSystemException(child.toString(), null, reason);
        failure.initCause(e);
        return failure;
    }

    /** Opens a file in it to be read, and no link. */
    SeekableByteChannel read(Path child) throws IOException {
        Set<java.nio.file.OpenOption> options = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        if (secure == null) {
            return Files.newByteChannel(child, options);
        }
        try {
            return secure.newByteChannel(child.getFileName(), options);
        } catch (FileSystemException e) {
            throw named(child, e);
        }
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
